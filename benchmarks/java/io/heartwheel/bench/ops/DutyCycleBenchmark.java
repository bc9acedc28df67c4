package io.heartwheel.bench.ops;

import io.heartwheel.bench.servers.BenchServer;
import io.heartwheel.bench.servers.HeartwheelServer;
import io.heartwheel.bench.servers.PlainNioServer;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Frame;
import org.agrona.CloseHelper;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Measures one heartbeat of a duty cycle, which reads a PING from each of a few hundred loopback sockets and answers
 * it. The baseline is a plain java.nio loop that does the same. The work of the clients is not timed.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DutyCycleBenchmark
{
    private static final int CONNECTIONS = 300;

    /**
     * A server and its clients, of which each has sent a PING before every duty cycle.
     */
    public abstract static class Crowd
    {
        private final List<SocketChannel> clients = new ArrayList<>();
        private final ByteBuffer ping = ByteBuffer.allocateDirect(Frame.HEADER_LENGTH);
        private final ByteBuffer in = ByteBuffer.allocateDirect(1024);
        private long due;

        abstract BenchServer server();

        abstract void doWork() throws Exception;

        final void connectAll() throws Exception
        {
            due = server().heartbeats();
            for (int i = 0; i < CONNECTIONS; i++)
            {
                final SocketChannel client = SocketChannel.open(server().address());
                client.setOption(StandardSocketOptions.TCP_NODELAY, true);
                clients.add(client);
            }
            while (server().opened() < CONNECTIONS)
            {
                doWork();
            }
        }

        final void readAndPing() throws IOException
        {
            for (final SocketChannel client : clients)
            {
                // The HELLO at first, then the PONG: each client has been sent one or the other.
                client.read(in.clear());
                Frame.putHeader(ping.clear(), Frame.PING, 1, 0);
                client.write(ping.flip());
            }
            due += CONNECTIONS;
        }

        final long serveAll() throws Exception
        {
            while (server().heartbeats() < due)
            {
                doWork();
            }
            return due;
        }

        final void closeAll()
        {
            server().close();
            CloseHelper.quietCloseAll(clients);
        }
    }

    /**
     * Ours, in the thread of the benchmark.
     */
    @State(Scope.Thread)
    public static class Ours extends Crowd
    {
        private HeartwheelServer server;

        @Override
        BenchServer server()
        {
            return server;
        }

        @Override
        void doWork()
        {
            server.doWork();
        }

        /**
         * Connect all.
         *
         * @throws Exception if that failed.
         */
        @Setup(Level.Trial)
        public void setUp() throws Exception
        {
            server = HeartwheelServer.invoked(Cadence.STANDARD);
            connectAll();
        }

        /**
         * Have every client send a PING.
         *
         * @throws IOException if that failed.
         */
        @Setup(Level.Invocation)
        public void ping() throws IOException
        {
            readAndPing();
        }

        /** Close all. */
        @TearDown(Level.Trial)
        public void tearDown()
        {
            closeAll();
        }
    }

    /**
     * The plain loop, in the thread of the benchmark.
     */
    @State(Scope.Thread)
    public static class PlainNio extends Crowd
    {
        private PlainNioServer server;

        @Override
        BenchServer server()
        {
            return server;
        }

        @Override
        void doWork() throws IOException
        {
            server.doWork(0);
        }

        /**
         * Connect all.
         *
         * @throws Exception if that failed.
         */
        @Setup(Level.Trial)
        public void setUp() throws Exception
        {
            server = new PlainNioServer(Cadence.STANDARD);
            connectAll();
        }

        /**
         * Have every client send a PING.
         *
         * @throws IOException if that failed.
         */
        @Setup(Level.Invocation)
        public void ping() throws IOException
        {
            readAndPing();
        }

        /** Close all. */
        @TearDown(Level.Trial)
        public void tearDown()
        {
            closeAll();
        }
    }

    /**
     * A duty cycle of ours.
     *
     * @param ours server and clients.
     * @return heartbeats served until now.
     * @throws Exception if it failed.
     */
    @Benchmark
    @OperationsPerInvocation(CONNECTIONS)
    public long dutyCycle(final Ours ours) throws Exception
    {
        return ours.serveAll();
    }

    /**
     * The same of the plain loop.
     *
     * @param plain server and clients.
     * @return heartbeats served until now.
     * @throws Exception if it failed.
     */
    @Benchmark
    @OperationsPerInvocation(CONNECTIONS)
    public long dutyCyclePlainNio(final PlainNio plain) throws Exception
    {
        return plain.serveAll();
    }
}
