package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A device that lost its power comes back while the server still has its old connection.
 */
class HeartbeatServerGhostTest extends AdmissionRig
{
    private static final long TICK_NS = SECOND_NS / 100;
    private static final Cadence CADENCE = new Cadence(10 * SECOND_NS, SECOND_NS, 4);
    private static final String REFUSAL = "there are 1 connections of this address already";
    private static final String ASKED = REFUSAL + ", the most silent of which is asked whether it lives";

    private TestPeer startWithOne() throws IOException
    {
        final TestPeer ghost = start(context().cadence(CADENCE).maxPerAddress(1));
        server.awaitTrue(() -> 1 == listener.opened().size());
        // The probe that sets its phase may come at any time of the idle time.
        server.advance(10 * SECOND_NS);
        ghost.send(Frame.PONG, 0);
        server.awaitRead(0);
        return ghost;
    }

    private void assertRefused(final String text) throws IOException
    {
        try (TestPeer peer = server.connect())
        {
            final long before = count(CloseReason.REFUSED);
            server.awaitTrue(() -> before + 1 == count(CloseReason.REFUSED));
            assertEquals(text, peer.read(Frame.BYE).byeText());
        }
    }

    @Test
    void shouldLetADeviceBackInAfterOneIntervalThoughItsGhostIsThere() throws IOException
    {
        try (TestPeer ghost = startWithOne())
        {
            server.advance(2 * SECOND_NS);
            assertRefused(ASKED);
            server.advance(SECOND_NS / 2);
            assertRefused(ASKED);
            server.advance(SECOND_NS / 2 - TICK_NS);
            assertEquals(List.of(), listener.closed(), "it has its interval, however often others ask");
            server.advance(2 * TICK_NS);
            assertEquals(List.of(CloseReason.PEER_SILENT), listener.reasons());
            assertEquals(", asked since another of its address came",
                listener.closed().get(0).detail().replaceFirst("silent for [0-9]+ ms", ""));
            try (TestPeer back = server.connect())
            {
                server.awaitTrue(() -> 2 == listener.opened().size());
                assertEquals(Frame.HELLO, back.read().type());
            }
            assertEquals(Frame.HELLO, ghost.read().type());
        }
    }

    @Test
    void shouldNotGiveUpALivingPeerForAnother() throws IOException
    {
        try (TestPeer peer = startWithOne())
        {
            assertEquals(Frame.HELLO, peer.read().type());
            for (int i = 0; i < 20; i++)
            {
                server.advance(SECOND_NS + TICK_NS);
                assertRefused(ASKED);
                final long reads = server.reads();
                peer.send(Frame.PONG, peer.read(Frame.PING).token());
                server.awaitRead(reads);
            }
            server.advance(SECOND_NS);
            assertEquals(List.of(), listener.closed());
        }
    }

    @Test
    void shouldNotAskWhoWasHeardWithinItsInterval() throws IOException
    {
        try (TestPeer peer = startWithOne())
        {
            server.advance(SECOND_NS - TICK_NS);
            final int probes = listener.probes();
            assertRefused(REFUSAL);
            assertEquals(probes, listener.probes());
            assertEquals(Frame.HELLO, peer.read().type());
        }
    }
}
