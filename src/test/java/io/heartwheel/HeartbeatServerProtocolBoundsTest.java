package io.heartwheel;

import io.heartwheel.metrics.Counter;
import io.heartwheel.support.TestPeer;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What peers of other protocols send, and what protocols do, stays within the bounds for all.
 */
class HeartbeatServerProtocolBoundsTest extends ProtocolRig
{
    @Test
    void shouldNotBelieveALength() throws IOException
    {
        final Protocol protocol =
            new LengthFieldProtocol(new LengthFieldProtocol.Context().length(8).adjustment(100));
        for (final String field : List.of("\0\0\0\0\0\1\0\0", "\177\377\377\377\377\377\377\377",
            "\377\377\377\377\377\377\377\377", "\0\0\0\0\0\0\100\0"))
        {
            try (TestPeer peer = startWith(protocol))
            {
                peer.sendRaw(ascii(field));
                server.awaitTrue(() -> 1 == count(CloseReason.PROTOCOL_ERROR));
                assertEquals(0, server.server.metrics().count(Counter.HELD_BYTES));
                server.close();
            }
        }
    }

    @Test
    void shouldEndAPeerWhoseMessageIsNotWholeInTime() throws IOException
    {
        try (TestPeer peer = start(context().cadence(CADENCE).frameTimeoutNs(SECOND_NS).protocols(passive())))
        {
            opened();
            peer.sendRaw(ascii("whole\nhal"));
            server.awaitTrue(() -> 1 == listener.messages().size());
            server.advance(SECOND_NS / 2);
            peer.sendRaw(ascii("f"));
            server.awaitRead(1);
            server.advance(SECOND_NS / 2 - 5_000_000);
            assertEquals(List.of(), listener.closed());
            server.advance(10_000_000);
            assertEnded(CloseReason.PROTOCOL_ERROR, "frame not complete after 1s");
        }
    }

    @Test
    void shouldGiveEachMessageItsOwnTime() throws IOException
    {
        try (TestPeer peer = start(context().cadence(CADENCE).frameTimeoutNs(SECOND_NS).protocols(passive())))
        {
            opened();
            for (int i = 1; i <= 4; i++)
            {
                peer.sendRaw(ascii(i + "\n" + i));
                final int heard = i;
                server.awaitTrue(() -> heard == listener.messages().size());
                server.advance(SECOND_NS - 20_000_000);
            }
            assertEquals(List.of("1", "12", "23", "34"), listener.messages());
            assertEquals(List.of(), listener.closed());
        }
    }

    @Test
    void shouldTimeAndCountWhatADecoderKeepsItself() throws IOException
    {
        final ScriptedProtocol fragments = new ScriptedProtocol((in, out) -> in.position(in.limit()));
        final int[] held = {500};
        fragments.state = (Protocol.Partial)() -> held[0];
        try (TestPeer peer = start(context().cadence(CADENCE).frameTimeoutNs(SECOND_NS).protocols(fragments)))
        {
            opened();
            peer.sendRaw(ascii("f"));
            server.awaitRead(0);
            assertTrue(server.server.metrics().count(Counter.HELD_BYTES) >= 500);
            server.advance(SECOND_NS / 2);
            peer.sendRaw(ascii("g"));
            server.awaitRead(1);
            server.advance(SECOND_NS / 2 + 5_000_000);
            assertEnded(CloseReason.PROTOCOL_ERROR, "frame not complete after 1s");
        }
        server.close();
        held[0] = 100_000;
        try (TestPeer peer = startWith(fragments))
        {
            peer.sendRaw(ascii("f"));
            server.awaitTrue(() -> 1 == count(CloseReason.PROTOCOL_ERROR));
        }
    }

    @Test
    void shouldEndOnlyTheConnectionWhoseDecoderFails() throws IOException
    {
        final List<ScriptedProtocol> bad = List.of(
            new ScriptedProtocol((in, out) ->
            {
                if ('x' == in.get(in.position()))
                {
                    throw new IllegalStateException("on purpose");
                }
                in.get();
                out.message(0, 1);
            }),
            new ScriptedProtocol((in, out) -> out.message(0, 1)),
            new ScriptedProtocol((in, out) ->
            {
                in.get();
                while ('x' == in.get(0))
                {
                    out.answered();
                }
            }),
            new ScriptedProtocol((in, out) ->
            {
                out.message(0, 1);
                out.message(in.position(), in.limit());
            }),
            new ScriptedProtocol((in, out) -> in.position(in.limit() + 1)),
            new ScriptedProtocol((in, out) -> out.reply(ByteBuffer.allocate(1_025))),
            new ScriptedProtocol((in, out) -> out.refuse(CloseReason.PEER_SILENT, "")));
        for (final ScriptedProtocol protocol : bad)
        {
            try (TestPeer peer = startWith(protocol); TestPeer other = server.connect())
            {
                server.awaitTrue(() -> 2 == server.server.metrics().count(Counter.OPENED));
                peer.sendRaw(ascii("x"));
                server.awaitTrue(() -> 1 == count(CloseReason.PROTOCOL_FAILED));
                assertEquals("!", peer.readText(2));
                assertEquals(1, server.errors.size());
                assertTrue(other.isOpenFor(5));
                assertEquals(1, server.server.metrics().count(Counter.CLOSED));
            }
            server.close();
        }
    }

    @Test
    void shouldEndAPeerOfWhomTooMuchIsKept() throws IOException
    {
        final ScriptedProtocol patient = new ScriptedProtocol((in, out) -> {});
        try (TestPeer peer = start(context().cadence(CADENCE).maxMessageLength(1_000).protocols(patient)))
        {
            opened();
            peer.sendRaw(new byte[2_024]);
            server.awaitRead(0);
            server.doWork();
            assertEquals(List.of(), listener.closed());
            peer.sendRaw(new byte[1]);
            assertEnded(
                CloseReason.PROTOCOL_ERROR, "message not complete after 2025 bytes, at most 2024 kept");
        }
    }

    @Test
    void shouldRefuseAMessageThatIsTooLong() throws IOException
    {
        try (TestPeer peer = start(context().maxMessageLength(10).protocols(passive())))
        {
            peer.sendRaw(ascii("0123456789\n0123456789a\n"));
            assertEnded(CloseReason.PROTOCOL_ERROR, "message of 11 bytes, at most 10 accepted");
            assertEquals(List.of("0123456789"), listener.messages());
        }
    }

    @Test
    void shouldHoldFloodsToTheRates() throws IOException
    {
        try (TestPeer peer = start(context().controlRate(10).rateBurstNs(SECOND_NS).protocols(asking())))
        {
            opened();
            peer.sendRaw(ascii("ping\n".repeat(200)));
            server.awaitTrue(() -> 1 == count(CloseReason.FLOODING));
        }
    }
}
