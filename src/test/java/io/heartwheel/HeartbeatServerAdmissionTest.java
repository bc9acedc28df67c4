package io.heartwheel;

import io.heartwheel.admission.CidrList;
import io.heartwheel.reactor.Insides;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A peer is let in or refused by its address, or for having spoken; a refused peer is told so.
 */
class HeartbeatServerAdmissionTest extends AdmissionRig
{
    private static final CidrList LOOPBACK = CidrList.parse("127.0.0.0/8");

    @Test
    void shouldRefuseAnAddressThatIsDenied() throws IOException
    {
        try (TestPeer peer = start(context().denied(LOOPBACK)))
        {
            awaitTurnedAway(peer, CloseReason.REFUSED, "address denied");
        }
    }

    @Test
    void shouldRefuseAnAddressThatIsNotAllowed() throws IOException
    {
        try (TestPeer peer = start(context().allowed(CidrList.parse("10.0.0.0/8"))))
        {
            awaitTurnedAway(peer, CloseReason.REFUSED, "address not allowed");
        }
    }

    @Test
    void shouldAskTheHostOfEachAddress() throws IOException
    {
        try (TestPeer peer = start(context().addressCheck((address) -> "not " + address.getHostString())))
        {
            awaitTurnedAway(peer, CloseReason.REFUSED, "not 127.0.0.1");
        }
    }

    @Test
    void shouldRefuseWhomTheCheckOfTheHostFailsAt() throws IOException
    {
        try (TestPeer peer = start(context().addressCheck((address) ->
        {
            throw new IllegalStateException("expected");
        })))
        {
            awaitTurnedAway(peer, CloseReason.REFUSED, "address check failed");
            assertEquals("expected", server.errors.get(0).getMessage());
        }
    }

    @Test
    void shouldCountConnectionsByAddress() throws IOException
    {
        final TestPeer first = start(context().maxPerAddress(2));
        try (TestPeer second = server.connect())
        {
            second.send(Frame.PING, 1);
            server.awaitTrue(() -> 2 == listener.opened().size());
            try (TestPeer third = server.connect())
            {
                server.awaitTrue(() -> 1 == count(CloseReason.REFUSED));
                assertEquals("there are 2 connections of this address already", third.read().byeText());
            }
            first.close();
            server.awaitTrue(() -> 1 == listener.closed().size());
            try (TestPeer fourth = server.connect())
            {
                server.awaitTrue(() -> 3 == listener.opened().size());
                assertEquals(Frame.HELLO, fourth.read().type());
            }
        }
    }

    @Test
    void shouldSendAwayWhoSaysNothingInTime() throws IOException
    {
        try (TestPeer peer = start(context().firstRequired(true).handshakeTimeoutNs(3 * SECOND_NS)))
        {
            assertHelloComes(peer);
            server.advance(3 * SECOND_NS - 10_000_000);
            assertEquals(0, count(CloseReason.HANDSHAKE_TIMEOUT));
            server.advance(20_000_000);

            awaitTurnedAway(peer, CloseReason.HANDSHAKE_TIMEOUT, "nothing said that lets it in");
        }
    }

    @Test
    void shouldNotBlameAPeerThatWaitsForUs() throws IOException
    {
        try (TestPeer peer = start(context().firstRequired(true).handshakeTimeoutNs(3 * SECOND_NS)))
        {
            assertHelloComes(peer);
            Insides.setOurs(server.server, true);
            server.advance(9 * SECOND_NS);
            assertEquals(0, count(CloseReason.HANDSHAKE_TIMEOUT));
            Insides.setOurs(server.server, false);
            server.advance(SECOND_NS / 5);

            awaitTurnedAway(peer, CloseReason.HANDSHAKE_TIMEOUT, "nothing said that lets it in");
        }
    }

    @Test
    void shouldLetInWhoSaysAnything() throws IOException
    {
        try (TestPeer peer = start(context().firstRequired(true).handshakeTimeoutNs(3 * SECOND_NS)))
        {
            assertHelloComes(peer);
            peer.sendRaw(data("hi"));
            server.awaitTrue(() -> !listener.messages().isEmpty());
            server.advance(10 * SECOND_NS);

            assertEquals(1, listener.opened().size());
            assertEquals(List.of("hi"), listener.messages());
            assertEquals(List.of(), listener.closed());
        }
    }

    @Test
    void shouldHandNothingOnOfWhomTheListenerClosesAtOnce() throws IOException
    {
        final RecordingListener closing = new RecordingListener()
        {
            @Override
            public synchronized void onOpen(final Connection connection)
            {
                connection.close();
            }
        };
        try (TestPeer peer = start(context().firstRequired(true).listener(closing)))
        {
            peer.sendRaw(data("hi"));
            server.awaitTrue(() -> 1 == closing.closed().size());
            assertEquals(List.of(), closing.messages());
            assertEquals(List.of(CloseReason.LOCAL_CLOSE), closing.reasons());
        }
    }

    @Test
    void shouldHearAtTheLastLookWhoSpokeInTime() throws IOException, InterruptedException
    {
        try (TestPeer peer = start(context().firstRequired(true).handshakeTimeoutNs(3 * SECOND_NS).stallNs(SECOND_NS)))
        {
            assertHelloComes(peer);
            server.advance(3 * SECOND_NS - 10_000_000);
            peer.send(Frame.PING, 1);
            InvokedServer.letBytesArrive();
            server.advance(SECOND_NS);

            assertEquals(1, listener.opened().size());
        }
    }

    @Test
    void shouldTakeTheAddressOfAProxyHeaderOfVersion1() throws IOException
    {
        try (TestPeer peer = start(context().proxies(LOOPBACK)))
        {
            peer.sendRaw(concat("PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n".getBytes(StandardCharsets.US_ASCII),
                data("hi")));
            server.awaitTrue(() -> 1 == listener.messages().size());

            assertEquals("192.0.2.7", listener.opened().get(0).remoteAddress().getHostString());
            assertEquals(4711, listener.opened().get(0).remoteAddress().getPort());
            assertEquals(Frame.HELLO, peer.read().type());
        }
    }

    @Test
    void shouldSkipTheRestOfALongProxyHeader() throws IOException, InterruptedException
    {
        final byte[] header = HexFormat.of().parseHex(
            "0d0a0d0a000d0a515549540a" + "21112717" + "c0000207" + "c6336401" + "1267" + "01bb");
        try (TestPeer peer = start(context().proxies(LOOPBACK)))
        {
            peer.sendRaw(header);
            peer.sendRaw(new byte[5_000]);
            server.awaitTrue(() -> 1 == Insides.slots(server.server));
            peer.sendRaw(new byte[0x2717 - 12 - 5_000 - 1]);
            InvokedServer.letBytesArrive();
            server.doWork();
            assertEquals(List.of(), listener.opened());
            peer.sendRaw(concat(new byte[1], data("hello")));
            server.awaitTrue(() -> 1 == listener.messages().size());
            assertEquals(new InetSocketAddress("192.0.2.7", 4711), listener.opened().get(0).remoteAddress());
        }
    }

    @Test
    void shouldJudgeAndCountTheAddressThatTheProxyTells() throws IOException
    {
        try (TestPeer peer = start(context().proxies(LOOPBACK).denied(CidrList.parse("192.0.2.0/24"))))
        {
            peer.sendRaw("PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n".getBytes(StandardCharsets.US_ASCII));
            awaitTurnedAway(peer, CloseReason.REFUSED, "address denied");
        }
    }

    @Test
    void shouldTakeNoProxyHeaderByteByByteAmiss() throws IOException, InterruptedException
    {
        try (TestPeer peer = start(context().proxies(LOOPBACK)))
        {
            for (final byte each : "PROXY TCP6 2001:db8::1 ::1 1 2\r\n".getBytes(StandardCharsets.US_ASCII))
            {
                peer.sendRaw(each);
                InvokedServer.letBytesArrive();
                server.doWork();
            }
            server.awaitTrue(() -> 1 == listener.opened().size());
            assertEquals("2001:db8:0:0:0:0:0:1", listener.opened().get(0).remoteAddress().getHostString());
        }
    }

    @Test
    void shouldSendAProxyAwayThatSpeaksAnythingElse() throws IOException
    {
        try (TestPeer peer = start(context().proxies(LOOPBACK)))
        {
            peer.send(Frame.PING, 0);
            server.awaitTrue(() -> 1 == count(CloseReason.PROTOCOL_ERROR));
            assertEquals(CloseReason.PROTOCOL_ERROR.code(), peer.read(Frame.BYE).byeReason());
            assertEquals(List.of(), listener.opened());
        }
    }

    @Test
    void shouldSendAProxyAwayWhoseHeaderDoesNotComeInTime() throws IOException
    {
        try (TestPeer peer = start(context().proxies(LOOPBACK)))
        {
            server.awaitTrue(() -> 1 == Insides.slots(server.server));
            server.advance(10 * SECOND_NS + 10_000_000);
            awaitTurnedAway(peer, CloseReason.HANDSHAKE_TIMEOUT, "no PROXY header");
        }
    }

    @Test
    void shouldSendAProxyAwayThatDribblesItsHeader() throws IOException
    {
        try (TestPeer peer = start(context().proxies(LOOPBACK)))
        {
            server.awaitTrue(() -> 1 == Insides.slots(server.server));
            final byte[] header = "PROXY TCP4 192.0.2.7 198.51.100.1 4711 443".getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 20; i++)
            {
                peer.sendRaw(header[i]);
                server.advance(SECOND_NS / 2);
            }
            server.advance(SECOND_NS / 100);
            awaitTurnedAway(peer, CloseReason.HANDSHAKE_TIMEOUT, "no PROXY header");
        }
    }

    @Test
    void shouldLetTheProxyItselfInWithoutAnAddress() throws IOException
    {
        try (TestPeer peer = start(context().proxies(LOOPBACK).denied(LOOPBACK)))
        {
            peer.sendRaw(concat(new byte[]{0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A},
                new byte[]{0x20, 0, 0, 0}));
            server.awaitTrue(() -> 1 == listener.opened().size());
            assertTrue(listener.opened().get(0).remoteAddress().getAddress().isLoopbackAddress());
        }
    }
}
