package io.heartwheel;

import io.heartwheel.metrics.Counter;
import io.heartwheel.support.TestPeer;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A port with several protocols.
 */
class SharedPortTest extends ProtocolRig
{
    @Test
    void shouldTellProtocolsApartByTheirFirstBytes() throws IOException
    {
        final LineProtocol lines = passive();
        try (TestPeer own = startWith(Protocol.HEARTWHEEL, lines); TestPeer line = server.connect();
            TestPeer mute = server.connect())
        {
            own.sendRaw((byte)1, (byte)7, (byte)0, (byte)0);
            line.sendRaw(ascii("hello\n"));
            server.awaitTrue(() -> 2 == listener.opened().size());
            assertEquals(4, own.read().type(), "HELLO");
            assertEquals(7, own.read().token());
            server.awaitTrue(() -> 1 == listener.messages().size());
            assertEquals(List.of("heartwheel", "line"),
                listener.opened().stream().map(Connection::protocol).sorted().toList());
            assertTrue(mute.isOpenFor(20), "and nothing was said to it");

            server.advance(SECOND_NS + 5_000_000);
            assertEquals(4, mute.read().type(), "HELLO");
            assertEquals(3, listener.opened().size());
            assertFalse(server.server.metrics().count(Counter.CLOSED) > 0);
        }
    }

    @Test
    void shouldWaitForMoreBytesThatTellAProtocol() throws IOException
    {
        final ScriptedProtocol first = new ScriptedProtocol((in, out) -> in.position(in.limit()));
        first.greeting = Protocol.Greeting.MORE;
        try (TestPeer peer = startWith(first, Protocol.HEARTWHEEL))
        {
            peer.sendRaw(ascii("a"));
            server.awaitRead(0);
            server.advance(2 * SECOND_NS);
            assertEquals(0, server.server.metrics().count(Counter.OPENED));
            first.greeting = Protocol.Greeting.NOT_MINE;
            peer.sendRaw(ascii("b"));
            server.awaitTrue(() -> 1 == count(CloseReason.PROTOCOL_ERROR));
            assertEquals("begins with 61 62, which is of no protocol here",
                server.server.refusals().get(0).detail());
            assertEquals("", peer.readText(1));
        }
    }

    @Test
    void shouldLimitTheTimeToShowAProtocolWhereNoneIsOurs() throws IOException
    {
        try (TestPeer peer = startWith(passive(), asking()))
        {
            server.doWork();
            server.advance(10 * SECOND_NS - 10_000_000);
            assertEquals(0, server.server.metrics().count(Counter.CLOSED));
            server.advance(20_000_000);
            assertEquals(1, count(CloseReason.HANDSHAKE_TIMEOUT));
            assertEquals("", peer.readText(1));
        }
    }
}
