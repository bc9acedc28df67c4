package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.reactor.Insides;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.AfterEach;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/**
 * A server with real sockets and virtual time, and peers that want to be let in.
 */
abstract class AdmissionRig
{
    static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    final RecordingListener listener = new RecordingListener();
    InvokedServer server;

    @AfterEach
    final void after()
    {
        server.close();
    }

    final ServerContext context()
    {
        return new ServerContext().listener(listener).cadence(Cadence.STANDARD).lingerNs(0);
    }

    final TestPeer start(final ServerContext ctx) throws IOException
    {
        server = new InvokedServer(ctx);
        return server.connect();
    }

    final long count(final CloseReason reason)
    {
        return server.server.metrics().closedCount(reason.ordinal());
    }

    final void awaitTurnedAway(final TestPeer peer, final CloseReason reason, final String text) throws IOException
    {
        server.awaitTrue(() -> 1 == count(reason));
        assertEquals(1, server.server.metrics().turnedAwayCount(reason.ordinal()));
        assertEquals(0, server.server.metrics().endedCount(reason.ordinal()), "none that was let in");
        final TestPeer.Received bye = peer.read(Frame.BYE);
        assertEquals(reason.code(), bye.byeReason());
        assertEquals(text, bye.byeText());
        assertNull(peer.read());
        assertEquals(List.of(), listener.opened());
        assertEquals(List.of(), listener.closed());
        server.awaitTrue(() -> 0 == Insides.slots(server.server));
    }

    final void assertHelloComes(final TestPeer peer) throws IOException
    {
        server.awaitTrue(() -> 1 == Insides.slots(server.server));
        assertEquals(Frame.HELLO, peer.read().type());
        assertEquals(List.of(), listener.opened());
    }

    static byte[] data(final String text)
    {
        final byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        final ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER_LENGTH + payload.length);
        Frame.putHeader(frame, Frame.DATA, 0, payload.length);
        return frame.put(payload).array();
    }

    static byte[] concat(final byte[]... parts)
    {
        final ByteBuffer all = ByteBuffer.allocate(4096);
        for (final byte[] part : parts)
        {
            all.put(part);
        }
        final byte[] bytes = new byte[all.flip().remaining()];
        all.get(bytes);
        return bytes;
    }
}
