package io.heartwheel.reactor;

import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A duty cycle accepts more than its limit only while nothing else waits.
 */
class SolitudeTest
{
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int LIMIT = 2;

    private final List<TestPeer> peers = new ArrayList<>();
    private HeartbeatServer server;
    private long nowNs = 1;
    private long stepNs;

    private void start(final long maxParkNs)
    {
        server = new HeartbeatServer(new ServerContext()
            .bindAddress(new InetSocketAddress("127.0.0.1", 0)).listener(new RecordingListener())
            .cadence(new Cadence(1_000 * MS, 500 * MS, 3)).lingerNs(0)
            .nanoClock(() -> nowNs += stepNs)
            .maxParkNs(maxParkNs).acceptLimit(LIMIT).expiryLimit(1));
        // The first slots are looked at first at the very beginning of time, and then an idle time later.
        nowNs += 10 * MS;
    }

    @AfterEach
    void close() throws IOException
    {
        server.close();
        for (final TestPeer peer : peers)
        {
            peer.close();
        }
    }

    private void connect(final int count) throws IOException
    {
        for (int i = 0; i < count; i++)
        {
            peers.add(new TestPeer(server.localAddress()));
        }
    }

    private long openedInACycle()
    {
        final long before = server.metrics().count(Counter.OPENED);
        server.doWork();
        return server.metrics().count(Counter.OPENED) - before;
    }

    @Test
    void shouldAcceptAllWhileNothingElseWaits() throws IOException
    {
        start(MS);
        connect(200);
        assertEquals(200, openedInACycle());
        assertEquals(0, server.metrics().count(Counter.CUT_OFFS));
    }

    @Test
    void shouldHoldTheLimitWhileAPeerSpeaks() throws IOException
    {
        start(MS);
        connect(1);
        assertEquals(1, openedInACycle());
        connect(9);
        final ByteBuffer ping = ByteBuffer.allocate(Frame.HEADER_LENGTH);
        Frame.putHeader(ping, Frame.PING, 1, 0);
        peers.get(0).sendRaw(ping.array());

        assertEquals(LIMIT, openedInACycle());
        assertEquals(1, server.metrics().count(Counter.CUT_OFFS));
        assertEquals(7, openedInACycle());
    }

    @Test
    void shouldHoldTheLimitWhileADeadlineWaits() throws IOException
    {
        start(MS);
        connect(3);
        assertEquals(3, openedInACycle());
        for (int i = 0; i < 11; i++)
        {
            nowNs += 90 * MS;
            server.doWork();
        }
        connect(9);
        nowNs += 90 * MS;

        assertEquals(LIMIT, openedInACycle(), "three are to be probed, and one is looked at in a cycle");
    }

    @Test
    void shouldHoldTheLimitWhereTheHostHasOtherWork() throws IOException
    {
        start(0);
        connect(9);
        assertEquals(LIMIT, openedInACycle());
    }

    @Test
    void shouldStopAfterAFewMilliseconds() throws IOException
    {
        start(MS);
        connect(200);
        // Two looks at the clock are within the time, and the third is not.
        stepNs = Solitude.MAX_NS * 2 / 5;
        assertEquals(LIMIT + 2 * Solitude.STEP, openedInACycle());
        assertEquals(1, server.metrics().count(Counter.CUT_OFFS));
    }
}
