package io.heartwheel.bench;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ConnectionListener;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.Measure;
import org.HdrHistogram.Histogram;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Ours, with every setting but the cadence and the address at its default.
 */
final class HeartwheelServer implements BenchServer
{
    private final HeartbeatServer server;

    private HeartwheelServer(final HeartbeatServer server)
    {
        this.server = server;
    }

    /**
     * On a thread of its own.
     */
    static HeartwheelServer launch(final Cadence cadence)
    {
        return new HeartwheelServer(HeartbeatServer.launch(context(cadence)));
    }

    /**
     * For a caller that runs the duty cycle, which never waits.
     */
    static HeartwheelServer invoked(final Cadence cadence)
    {
        return new HeartwheelServer(new HeartbeatServer(context(cadence).maxParkNs(0).lingerNs(0)));
    }

    private static HeartbeatServer.Context context(final Cadence cadence)
    {
        return new HeartbeatServer.Context()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .cadence(cadence)
            .listener(new Nothing());
    }

    int doWork()
    {
        return server.doWork();
    }

    @Override
    public InetSocketAddress address()
    {
        return server.localAddress();
    }

    @Override
    public long heartbeats()
    {
        return server.metrics().count(Counter.HEARD);
    }

    @Override
    public long opened()
    {
        return server.metrics().count(Counter.OPENED);
    }

    @Override
    public long stalls()
    {
        return server.metrics().count(Counter.STALLS);
    }

    @Override
    public Histogram latenessNs()
    {
        return server.metrics().histogram(Measure.LATENESS);
    }

    @Override
    public void close()
    {
        server.close();
    }

    private static final class Nothing implements ConnectionListener
    {
        @Override
        public void onOpen(final Connection connection)
        {
        }

        @Override
        public void onMessage(final Connection connection, final ByteBuffer payload)
        {
        }

        @Override
        public void onClosed(final Connection connection, final CloseReason reason)
        {
        }
    }
}
