package io.heartwheel.bench.reactors;

import io.heartwheel.AcceptSockets;
import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ConnectionListener;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.bench.harness.BenchCommand;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.Measure;
import io.heartwheel.metrics.Metrics;
import io.heartwheel.wire.Frame;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Blocks one of several reactors in its listener, and looks at the others: no living client may be closed, and the
 * verdicts of the others may come no later than before. Some fall silent before that, as the first verdicts of a JVM
 * come late. It tells how evenly the connections came as well. Clients and server are one process, so the file
 * descriptors of one process are for both ends.
 */
@Command(
    name = "StallOfOne",
    description = "Blocks one of several reactors in its listener, and tells whether the others notice.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class StallOfOne extends BenchCommand
{
    private static final Cadence CADENCE = new Cadence(TimeUnit.SECONDS.toNanos(4), TimeUnit.SECONDS.toNanos(1), 0);
    private static final long BEAT_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long CONNECT_LIMIT_NS = TimeUnit.MINUTES.toNanos(2);
    private static final int TO_RESULT_MS = 6_000;
    /** Of a second, in each of which as many clients have their turn. */
    private static final int TURNS = 100;
    private static final int WRONG = 1;

    @Option(names = {"-n", "--connections"}, defaultValue = "9000",
        description = "number of clients (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--reactors", defaultValue = "2", description = "of the server (default: ${DEFAULT-VALUE})")
    private int reactors;

    @Option(names = "--silent", defaultValue = "250",
        description = "clients of each reactor that fall silent at once (default: ${DEFAULT-VALUE})")
    private int silent;

    @Option(names = "--stall", paramLabel = "MS", defaultValue = "6000",
        description = "time that the listener of reactor 0 blocks (default: ${DEFAULT-VALUE})")
    private long stallMs;

    @Option(names = "--earlier", defaultValue = "2",
        description = "times that as many fall silent before it is measured (default: ${DEFAULT-VALUE})")
    private int earlier;

    @Option(names = "--rehearsal", paramLabel = "MS", defaultValue = "1000",
        description = "heartwheel.rehearsal, which serve has too (default: ${DEFAULT-VALUE})")
    private long rehearsalMs;

    @Option(names = "--burst",
        description = "all clients speak at the same moment of each second, not spread over it")
    private boolean isBurst;

    @Option(names = "--sockets", defaultValue = "EACH",
        description = "EACH or ONE, as heartwheel.accept.sockets (default: ${DEFAULT-VALUE})")
    private AcceptSockets sockets;

    private final ByteBuffer ping = ByteBuffer.allocateDirect(Frame.HEADER_LENGTH);
    private final ByteBuffer waste = ByteBuffer.allocateDirect(1 << 12);
    private final Map<Integer, SocketChannel> living = new LinkedHashMap<>();
    private final Map<Integer, Connection> opened = new ConcurrentHashMap<>();
    private final Map<Integer, CloseReason> closed = new ConcurrentHashMap<>();
    /** Times that some of each reactor fell silent. */
    private int deaths;

    private final class Listener implements ConnectionListener
    {
        @Override
        public void onOpen(final Connection connection)
        {
            opened.put(connection.remoteAddress().getPort(), connection);
        }

        @Override
        public void onMessage(final Connection connection, final ByteBuffer payload)
        {
            try
            {
                Thread.sleep(stallMs);
            }
            catch (final InterruptedException ex)
            {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void onClosed(final Connection connection, final CloseReason reason)
        {
            closed.put(connection.remoteAddress().getPort(), reason);
        }
    }

    public static void main(final String[] args)
    {
        System.exit(new CommandLine(new StallOfOne()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        Frame.putHeader(ping, Frame.PING, 1, 0);
        try (HeartbeatServer server = HeartbeatServer.launch(new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .cadence(CADENCE).reactors(reactors).acceptSockets(sockets)
            .rehearsalNs(TimeUnit.MILLISECONDS.toNanos(rehearsalMs)).listener(new Listener())))
        {
            System.out.println(server.socketsText());
            connect(server);
            for (int i = 0; i < reactors; i++)
            {
                System.out.printf("reactor %d: %,d connections%n", i, server.metrics(i).openCount());
            }
            beat(TimeUnit.SECONDS.toMillis(3));
            Histogram[] since = lateness(server);
            for (int i = 0; i < earlier; i++)
            {
                since = dieAndTell("earlier, " + (i + 1), server, since, TO_RESULT_MS);
            }
            final Histogram[] before = dieAndTell("before", server, since, TO_RESULT_MS);
            block();
            beat(500);
            dieAndTell("with reactor 0 blocked for " + stallMs + " ms", server, before, TO_RESULT_MS + stallMs);
            return judge(server);
        }
        finally
        {
            for (final SocketChannel channel : living.values())
            {
                channel.close();
            }
        }
    }

    private void connect(final HeartbeatServer server) throws IOException, InterruptedException
    {
        final long endNs = System.nanoTime() + CONNECT_LIMIT_NS;
        for (int i = 0; i < connections; i++)
        {
            final SocketChannel channel = SocketChannel.open();
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.connect(server.localAddress());
            channel.configureBlocking(false);
            living.put(((InetSocketAddress)channel.getLocalAddress()).getPort(), channel);
            if (0 == i % 1_000)
            {
                beatOnce(1, 0);
            }
        }
        while (opened.size() < connections && System.nanoTime() - endNs < 0)
        {
            Thread.sleep(10);
        }
    }

    /** So many of each reactor are heard no more. */
    private void fallSilent()
    {
        for (int i = 0; i < reactors; i++)
        {
            int left = silent;
            for (final Map.Entry<Integer, Connection> each : opened.entrySet())
            {
                if (left > 0 && i == each.getValue().reactor() && null != living.remove(each.getKey()))
                {
                    --left;
                }
            }
        }
    }

    /** A message to a connection of reactor 0, of which the listener sleeps. */
    private void block() throws IOException
    {
        final Connection any = opened.values().stream()
            .filter((each) -> 0 == each.reactor() && living.containsKey(each.remoteAddress().getPort()))
            .findFirst().orElseThrow();
        final ByteBuffer message = ByteBuffer.allocate(Frame.HEADER_LENGTH + 1);
        Frame.putHeader(message, Frame.DATA, 0, 1);
        living.get(any.remoteAddress().getPort()).write(message.rewind());
    }

    /** Some fall silent, and it is told how late their verdicts came. */
    private Histogram[] dieAndTell(
        final String when, final HeartbeatServer server, final Histogram[] since, final long ms)
        throws IOException, InterruptedException
    {
        fallSilent();
        deaths++;
        beat(ms);
        final Histogram[] now = lateness(server);
        for (int i = 0; i < reactors; i++)
        {
            final Metrics metrics = server.metrics(i);
            final Histogram lateness = now[i].copy();
            lateness.subtract(since[i]);
            System.out.printf("%s: reactor %d: %,d open, %,d verdicts, lateness p50 %.1f p99 %.1f max %.1f ms, " +
                "%d stalls until now, longest %.0f ms%n", when, i, metrics.openCount(), lateness.getTotalCount(),
                lateness.getValueAtPercentile(50) / 1e6, lateness.getValueAtPercentile(99) / 1e6,
                lateness.getMaxValue() / 1e6, metrics.count(Counter.STALLS),
                metrics.count(Counter.LONGEST_STALL_NS) / 1e6);
        }
        return now;
    }

    /** Each living client speaks once a second. */
    private void beat(final long ms) throws IOException, InterruptedException
    {
        final int turns = isBurst ? 1 : TURNS;
        final long startNs = System.nanoTime();
        for (long i = 0; i < ms * turns / 1_000; i++)
        {
            beatOnce(turns, (int)(i % turns));
            TimeUnit.NANOSECONDS.sleep(Math.max(0, startNs + (i + 1) * BEAT_NS / turns - System.nanoTime()));
        }
    }

    private void beatOnce(final int turns, final int turn) throws IOException
    {
        int index = 0;
        for (final SocketChannel channel : living.values())
        {
            if (index++ % turns == turn)
            {
                beat(channel);
            }
        }
    }

    private void beat(final SocketChannel channel) throws IOException
    {
        try
        {
            channel.read(waste.clear());
            channel.write(ping.rewind());
        }
        catch (final IOException ex)
        {
            // The server has closed it, which the verdict below counts.
            channel.close();
        }
    }

    private Histogram[] lateness(final HeartbeatServer server)
    {
        final Histogram[] lateness = new Histogram[reactors];
        for (int i = 0; i < reactors; i++)
        {
            lateness[i] = server.metrics(i).histogram(Measure.LATENESS);
        }
        return lateness;
    }

    private int judge(final HeartbeatServer server)
    {
        final List<Integer> wronged = new ArrayList<>(living.keySet());
        wronged.retainAll(closed.keySet());
        final long missing = (long)deaths * silent * reactors - closed.size() + wronged.size();
        long stallsOfOthers = 0;
        for (int i = 1; i < reactors; i++)
        {
            stallsOfOthers += server.metrics(i).count(Counter.STALLS);
        }
        System.out.printf("living clients closed: %d; silent clients not found: %d; stalls of the others: %d%n",
            wronged.size(), missing, stallsOfOthers);
        return wronged.isEmpty() && 0 == missing && 0 == stallsOfOthers ? 0 : WRONG;
    }
}
