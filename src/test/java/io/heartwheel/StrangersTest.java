package io.heartwheel;

import io.heartwheel.admission.CidrList;
import io.heartwheel.reactor.Insides;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.TestKeyStores;
import io.heartwheel.support.TestPeer;
import io.heartwheel.tls.TlsSettings;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Peers of another protocol that came to the wrong port, and peers that only checked whether a server listens.
 */
class StrangersTest extends AdmissionRig
{
    private static final CidrList LOOPBACK = CidrList.parse("127.0.0.0/8");
    private static final byte[] CLIENT_HELLO = {0x16, 3, 1, 2, 0, 1, 0, 1, (byte)0xfc, 3, 3};

    private ServerContext tlsContext()
    {
        return context().tls(new TlsSettings(TestKeyStores.keyStore("server"), TestKeyStores.PASSWORD));
    }

    private static byte[] bytes(final String text)
    {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private void assertNamed(final TestPeer peer, final String text) throws IOException
    {
        server.awaitTrue(() -> 1 == count(CloseReason.PROTOCOL_ERROR));
        assertEquals(text, peer.read(Frame.BYE).byeText());
    }

    @ParameterizedTest
    @CsvSource({
        "'PROXY TCP4 203.0.113.7 127.0.0.1 5555 7400\r\n', 'a PROXY header, but 127.0.0.1 is not in heartwheel.proxy'",
        "'GET / HTTP/1.1\r\n\r\n', an HTTP request",
        "SSH-2.0-OpenSSH_9.6, SSH"})
    void shouldNameAtOnceWhatIsSpokenInsteadByteByByteAsWell(final String said, final String text)
        throws IOException, InterruptedException
    {
        try (TestPeer peer = start(context().proxies(CidrList.parse("10.0.0.0/8"))))
        {
            peer.sendRaw(bytes(said));
            assertNamed(peer, text);
        }
        try (TestPeer peer = server.connect())
        {
            for (int i = 0; i < 4; i++)
            {
                assertEquals(1, count(CloseReason.PROTOCOL_ERROR));
                final long reads = server.reads();
                peer.sendRaw((byte)said.charAt(i));
                server.awaitRead(reads);
            }
            server.awaitTrue(() -> 2 == count(CloseReason.PROTOCOL_ERROR));
            assertEquals(text, peer.read(Frame.BYE).byeText());
        }
        assertEquals(List.of(), listener.messages());
    }

    @Test
    void shouldNameAProxyHeaderOfVersion2AndTls() throws IOException
    {
        try (TestPeer peer = start(context()))
        {
            peer.sendRaw((byte)0x0D, (byte)0x0A, (byte)0x0D, (byte)0x0A, (byte)0, (byte)0x0D, (byte)0x0A);
            assertNamed(peer, "a PROXY header, but 127.0.0.1 is not in heartwheel.proxy");
        }
        try (TestPeer peer = server.connect())
        {
            peer.sendRaw(CLIENT_HELLO);
            server.awaitTrue(() -> 2 == count(CloseReason.PROTOCOL_ERROR));
            assertEquals("a TLS handshake, but heartwheel.tls.keystore is off", peer.read(Frame.BYE).byeText());
        }
    }

    @Test
    void shouldNotLetInWhoSpeaksSomethingElseWhereAFirstByteIsAskedFor() throws IOException
    {
        try (TestPeer peer = start(context().firstRequired(true)))
        {
            peer.sendRaw(bytes("GET / HTTP/1.1\r\n\r\n"));
            awaitTurnedAway(peer, CloseReason.PROTOCOL_ERROR, "an HTTP request");
        }
    }

    @Test
    void shouldNameASecondProxyHeader() throws IOException
    {
        try (TestPeer peer = start(context().proxies(LOOPBACK)))
        {
            peer.sendRaw(bytes("PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\nPROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n"));
            assertNamed(peer, "a second PROXY header");
        }
    }

    @Test
    void shouldPassOverFramesOfUnknownTypesAsEver() throws IOException
    {
        try (TestPeer peer = start(context()))
        {
            peer.sendRaw(concat(new byte[]{0x50, 0x52, 0, 3, 1, 2, 3}, data("hi"), new byte[]{0x16, 9, 0, 0}));
            server.awaitTrue(() -> 1 == listener.messages().size());
            // What another protocol begins with is a frame as any other later in the stream.
            peer.sendRaw(bytes("SSH-"));
            peer.sendRaw(new byte[('H' << 8) + '-']);
            peer.sendRaw(data("on"));
            server.awaitTrue(() -> 2 == listener.messages().size());
            assertEquals(List.of("hi", "on"), listener.messages());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'PROXY TCP4 203.0.113.7 127.0.0.1 5555 7400\r\n', 'a PROXY header, but 127.0.0.1 is not in heartwheel.proxy'",
        "'GET / HTTP/1.1\r\n\r\n', an HTTP request without TLS",
        "frame, a frame without TLS"})
    void shouldNameItWhereTlsIsSpokenToo(final String said, final String text) throws IOException
    {
        try (TestPeer peer = start(tlsContext()))
        {
            peer.sendRaw("frame".equals(said) ? data("a heartbeat without TLS") : bytes(said));
            server.awaitTrue(() -> 1 == count(CloseReason.PROTOCOL_ERROR));
            assertEquals(text, server.server.refusals().get(0).detail());
        }
    }

    @Test
    void shouldTellWhoWasNotLetInNewestFirst() throws IOException
    {
        try (TestPeer peer = start(context().denied(LOOPBACK)))
        {
            awaitTurnedAway(peer, CloseReason.REFUSED, "address denied");
            final Refusal refusal = server.server.refusals().get(0);
            assertEquals("127.0.0.1:" + peer.localPort(), refusal.address());
            assertEquals(CloseReason.REFUSED, refusal.reason());
            assertEquals("address denied", refusal.detail());
            assertTrue(Math.abs(System.currentTimeMillis() - refusal.epochMs()) < 60_000);
        }
        for (int i = 0; i < Insides.REFUSALS_KEPT; i++)
        {
            final int refused = i + 2;
            try (TestPeer peer = server.connect())
            {
                server.awaitTrue(() -> refused == count(CloseReason.REFUSED));
                assertEquals("127.0.0.1:" + peer.localPort(), server.server.refusals().get(0).address());
            }
        }
        assertEquals(Insides.REFUSALS_KEPT, server.server.refusals().size());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTellWhoOnlyLookedFromWhoIsLost(final boolean isReset) throws IOException
    {
        try (TestPeer peer = start(context().stallNs(SECOND_NS)))
        {
            server.awaitTrue(() -> 1 == listener.opened().size());
            server.advance(SECOND_NS - 5_000_000);
            leave(peer, isReset);
            server.awaitTrue(() -> 1 == listener.closed().size());
        }
        try (TestPeer tooLate = server.connect())
        {
            server.awaitTrue(() -> 2 == listener.opened().size());
            server.advance(SECOND_NS);
            leave(tooLate, isReset);
            server.awaitTrue(() -> 2 == listener.closed().size());
        }
        try (TestPeer spoke = server.connect())
        {
            final long reads = server.reads();
            spoke.sendRaw((byte)1);
            server.awaitRead(reads);
            leave(spoke, isReset);
            server.awaitTrue(() -> 3 == listener.closed().size());
        }
        final CloseReason lost = isReset ? CloseReason.PEER_RESET : CloseReason.PEER_CLOSED;
        assertEquals(List.of(CloseReason.NEVER_SPOKE, lost, lost), listener.reasons());
    }

    private static void leave(final TestPeer peer, final boolean isReset) throws IOException
    {
        if (isReset)
        {
            peer.reset();
        }
        else
        {
            peer.shutdownOutput();
        }
    }

    @Test
    void shouldTellWhoOnlyLookedBeforeItIsLetInAsWell() throws IOException, InterruptedException
    {
        try (TestPeer peer = start(tlsContext().proxies(LOOPBACK)))
        {
            server.awaitTrue(() -> 1 == Insides.slots(server.server));
            peer.shutdownOutput();
            server.awaitTrue(() -> 1 == count(CloseReason.NEVER_SPOKE));
        }
        try (TestPeer peer = server.connect())
        {
            peer.sendRaw(bytes("PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n"));
            InvokedServer.letBytesArrive();
            server.doWork();
            peer.shutdownOutput();
            server.awaitTrue(() -> 2 == count(CloseReason.NEVER_SPOKE));
        }
        try (TestPeer peer = server.connect())
        {
            peer.sendRaw(concat(bytes("PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n"), CLIENT_HELLO));
            InvokedServer.letBytesArrive();
            server.doWork();
            peer.shutdownOutput();
            server.awaitTrue(() -> 1 == count(CloseReason.PEER_CLOSED));
        }
        assertEquals(List.of(), listener.opened());
    }

    private TestPeer connectAndSpeak() throws IOException
    {
        final TestPeer peer = server.connect();
        final long reads = server.reads();
        peer.send(Frame.PING, 1);
        server.awaitRead(reads);
        peer.read(Frame.PONG);
        return peer;
    }

    @Test
    void shouldTellFinFromRstFromBye() throws IOException
    {
        start(context()).close();
        server.awaitTrue(() -> 1 == listener.closed().size());
        connectAndSpeak().close();
        server.awaitTrue(() -> 2 == listener.closed().size());
        connectAndSpeak().reset();
        server.awaitTrue(() -> 3 == listener.closed().size());
        try (TestPeer peer = server.connect())
        {
            peer.send(Frame.BYE, 0, Frame.byePayload(CloseReason.LOCAL_CLOSE.code(), "going home"));
            server.awaitTrue(() -> 4 == listener.closed().size());
        }

        assertEquals(List.of(CloseReason.NEVER_SPOKE, CloseReason.PEER_CLOSED, CloseReason.PEER_RESET,
            CloseReason.PEER_LEFT), listener.reasons());
        assertEquals("LOCAL_CLOSE: going home", listener.closed().get(3).detail());
    }

    @Test
    void shouldCountGoodbyesAndLooksAsNoLosses()
    {
        server = new InvokedServer(context());
        assertFalse(CloseReason.PEER_LEFT.isLoss());
        assertFalse(CloseReason.NEVER_SPOKE.isLoss());
        assertTrue(CloseReason.PEER_CLOSED.isLoss());
        assertTrue(CloseReason.PEER_RESET.isLoss());
        assertNull(server.server.refusals().stream().findAny().orElse(null));
    }
}
