package io.heartwheel;

import io.heartwheel.admission.CidrList;
import io.heartwheel.metrics.Counter;
import io.heartwheel.support.TestKeyStores;
import io.heartwheel.support.TestPeer;
import io.heartwheel.tls.TlsSettings;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Each of several reactors lets peers in by the same steps, whichever of them accepted the connection.
 */
class ReactorsAdmissionTest extends ReactorsRig
{
    private static final CidrList LOOPBACK = CidrList.parse("127.0.0.0/8");

    @ParameterizedTest
    @EnumSource(value = AcceptSockets.class, names = {"ONE", "EACH"})
    void shouldSpeakTlsOnEachReactor(final AcceptSockets sockets) throws IOException
    {
        launch(context(2).acceptSockets(sockets)
            .tls(new TlsSettings(TestKeyStores.keyStore("server"), TestKeyStores.PASSWORD)));
        final Set<Integer> reactors = new HashSet<>();
        // By the hash alone, 40 connections are at one reactor in one of 5e11 runs.
        for (int i = 0; i < 40; i++)
        {
            peers.add(tls());
            peers.get(i).send(Frame.DATA, 0, (byte)('a' + i % 26));
            final int count = i + 1;
            awaitTrue(() -> count == listener.messages().size());
        }
        listener.opened().forEach((each) ->
        {
            assertTrue(each.tlsSession().getCipherSuite().startsWith("TLS_"), each::toString);
            reactors.add(each.reactor());
        });
        assertEquals(Set.of(0, 1), reactors);
        assertTrue(server.reloadTls());
        for (int i = 0; i < server.reactors(); i++)
        {
            assertTrue(server.metrics(i).count(Counter.TLS_NOT_AFTER_S) > 0, "reactor " + i);
        }
    }

    private TestPeer tls() throws IOException
    {
        return new TestPeer(TlsServerRig.connect(
            new Socket(server.localAddress().getAddress(), server.localAddress().getPort())));
    }

    @ParameterizedTest
    @EnumSource(value = AcceptSockets.class, names = {"ONE", "EACH"})
    void shouldCountTheAddressesOfProxyHeadersInSum(final AcceptSockets sockets) throws IOException
    {
        launch(context(3).acceptSockets(sockets).proxies(LOOPBACK).maxPerAddress(4));
        for (int i = 0; i < 4; i++)
        {
            assertEquals(Frame.HELLO, proxied("192.0.2.7").read().type());
        }
        final TestPeer.Received bye = proxied("192.0.2.7").read(Frame.BYE);
        assertTrue(bye.byeText().startsWith("there are 4 connections of this address already"), bye.byeText());
        assertEquals(Frame.HELLO, proxied("192.0.2.8").read().type());
        awaitTrue(() -> 5 == listener.opened().size());
        assertEquals(Set.of("192.0.2.7", "192.0.2.8"), Set.copyOf(
            listener.opened().stream().map((each) -> each.remoteAddress().getHostString()).toList()));
        awaitTrue(() -> 1 == server.refusals().size());
    }

    private TestPeer proxied(final String address) throws IOException
    {
        final TestPeer peer = new TestPeer(server.localAddress());
        peers.add(peer);
        peer.sendRaw(("PROXY TCP4 " + address + " 198.51.100.1 4711 443\r\n").getBytes(StandardCharsets.US_ASCII));
        return peer;
    }

    @Test
    void shouldAnswerACredentialOnTheThreadOfAnotherReactor() throws IOException
    {
        final List<AdmissionRequest> requests = Collections.synchronizedList(new ArrayList<>());
        launch(context(2).acceptSockets(AcceptSockets.ONE).credentialCheck((request, credential) ->
        {
            requests.add(request);
            if (2 == requests.size())
            {
                // The first is of the other reactor, as connections go to that with fewest.
                requests.get(0).admit("first");
                request.admit("second");
            }
        }));
        for (int i = 0; i < 2; i++)
        {
            final int count = i + 1;
            final TestPeer peer = new TestPeer(server.localAddress());
            peers.add(peer);
            assertEquals(Frame.HELLO, peer.read().type());
            peer.send(Frame.DATA, 0, (byte)'s');
            awaitTrue(() -> count == requests.size());
        }
        awaitTrue(() -> 2 == listener.opened().size());
        listener.opened().forEach((each) ->
        {
            assertEquals(each.id() == requests.get(0).connectionId() ? "first" : "second", each.attachment());
            assertEquals(Connection.reactorOf(each.id()), each.reactor());
        });
        assertEquals(Set.of(0, 1), Set.copyOf(listener.opened().stream().map(Connection::reactor).toList()));
        assertEquals(List.of(), errors);
    }
}
