package io.heartwheel.simulation;

import io.heartwheel.AdmissionRequest;
import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ConnectionListener;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.reactor.Insides;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A peer that is let in by an answer of another thread.
 */
class AnswerTest implements ConnectionListener
{
    private static final long MS = 1_000_000;
    private static final long IDLE_NS = 300 * MS;
    private static final long ANSWER_NS = 20 * MS;
    private static final long TICK_NS = 1 << 20;

    private final VirtualTime time = new VirtualTime(0);
    private final SimulatedNetwork network = new SimulatedNetwork(time, 1);
    private long openedNs;
    private long closedNs;
    private CloseReason reason;

    @Test
    void shouldCountSilenceFromTheAnswerAndNotFromTheEndOfThePark() throws IOException
    {
        final HeartbeatServer server = new HeartbeatServer(Insides.parker(new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .cadence(Cadence.passive(IDLE_NS))
            .tickNs(TICK_NS)
            .maxParkNs(200 * MS)
            .credentialCheck(this::onCredential)
            .selectorProvider(network)
            .nanoClock(time)
            .listener(this), time::advance));
        final SimulatedSocketChannel peer = network.openRemote(new SplittableRandom(1));
        peer.configureBlocking(false);
        peer.connect(server.localAddress());
        time.after(10 * MS, () -> enter(peer));

        while (0 == closedNs && time.elapsedNs() < 2_000 * MS)
        {
            server.doWork();
        }

        server.close();
        assertEquals(CloseReason.PEER_SILENT, reason);
        assertTrue(closedNs - openedNs >= IDLE_NS, () -> "condemned after " + (closedNs - openedNs));
        assertTrue(closedNs - openedNs <= IDLE_NS + 3 * TICK_NS, () -> "condemned after " + (closedNs - openedNs));
    }

    private void enter(final SimulatedSocketChannel peer)
    {
        try
        {
            peer.finishConnect();
            final ByteBuffer credential = ByteBuffer.allocate(Frame.HEADER_LENGTH + 1);
            Frame.putHeader(credential, Frame.DATA, 0, 1);
            peer.write(credential.rewind());
        }
        catch (final IOException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    private void onCredential(final AdmissionRequest request, final ByteBuffer credential)
    {
        time.after(ANSWER_NS, request::admit);
    }

    @Override
    public void onOpen(final Connection connection)
    {
        openedNs = time.elapsedNs();
    }

    @Override
    public void onMessage(final Connection connection, final ByteBuffer payload)
    {
        // None comes.
    }

    @Override
    public void onClosed(final Connection connection, final CloseReason why)
    {
        closedNs = time.elapsedNs();
        reason = why;
    }
}
