package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingIdentityListener;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;
import io.heartwheel.wire.Identity;
import org.agrona.concurrent.AgentTerminationException;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Who a peer is, by whatever says so, and who is told of it when.
 */
class HeartbeatServerIdentityTest extends AdmissionRig
{
    private final RecordingIdentityListener identities = new RecordingIdentityListener();

    private ServerContext named()
    {
        return context().identities(identities);
    }

    private void awaitOpen()
    {
        server.awaitTrue(() -> 1 == listener.opened().size());
    }

    private Connection connection()
    {
        return listener.opened().get(0);
    }

    private void awaitLines(final String... lines)
    {
        server.awaitTrue(() -> identities.lines().size() >= lines.length);
        server.doWork();
        assertEquals(List.of(lines), identities.lines());
    }

    @Test
    void shouldTellOfAnIdentityThatACredentialGivesAndThatItIsGone() throws IOException
    {
        final List<AdmissionRequest> requests = new ArrayList<>();
        try (TestPeer peer = start(named().credentialCheck((request, credential) -> requests.add(request))))
        {
            peer.sendRaw(data("secret"));
            server.awaitTrue(() -> 1 == requests.size());
            requests.get(0).admit("a user", "alice/phone");
            awaitLines("alice/phone open");
            assertEquals("alice/phone", connection().identity());
            assertEquals("a user", connection().attachment());
            peer.shutdownOutput();
            awaitLines("alice/phone open", "alice/phone gone PEER_CLOSED");
        }
    }

    @Test
    void shouldNotAnswerACredentialByWhatIsNoIdentity() throws IOException
    {
        final List<AdmissionRequest> requests = new ArrayList<>();
        try (TestPeer peer = start(named().credentialCheck((request, credential) -> requests.add(request))))
        {
            peer.sendRaw(data("secret"));
            server.awaitTrue(() -> 1 == requests.size());
            final IllegalArgumentException ex = assertThrows(
                IllegalArgumentException.class, () -> requests.get(0).admit(null, "alice/phone/old"));
            assertEquals("identity \"alice/phone/old\" is neither user nor user/device", ex.getMessage());
            server.doWork();
            assertEquals(List.of(), listener.opened());
            requests.get(0).admit(null, "alice");
            awaitLines("alice open");
            assertNull(connection().attachment());
        }
    }

    @Test
    void shouldRefuseAPeerWhoseCheckGivesWhatIsNoIdentity() throws IOException
    {
        try (TestPeer peer = start(named().credentialCheck((request, credential) -> request.admit(null, ""))))
        {
            peer.sendRaw(data("secret"));
            awaitTurnedAway(peer, CloseReason.REFUSED, "credential check failed");
            assertEquals("identity \"\" is empty", server.errors.get(0).getMessage());
            assertEquals(List.of(), identities.lines());
        }
    }

    @Test
    void shouldInviteAnIdentityByHelloAndBelieveTheFirst() throws IOException
    {
        try (TestPeer peer = start(named().helloIdentity(true)))
        {
            awaitOpen();
            final Hello hello = peer.read().hello();
            assertTrue(hello.has(Hello.IDENTITY));
            assertNull(connection().identity());
            final Cadence cadence = connection().cadence();

            peer.send(Frame.HELLO, 0, Identity.helloPayload("alice"));
            awaitLines("alice open");
            peer.send(Frame.HELLO, 0, Identity.helloPayload("mallory"));
            peer.send(Frame.PING, 7);
            server.awaitTrue(() -> server.server.metrics().count(Counter.FRAMES_IN) == 3);
            assertEquals(Frame.PONG, peer.readAnswer().type(), "no HELLO answers a HELLO that asks for nothing");
            awaitLines("alice open");
            assertEquals("alice", connection().identity());
            assertEquals(cadence, connection().cadence());
        }
    }

    @Test
    void shouldNotBelieveAHelloUnlessToldTo() throws IOException
    {
        try (TestPeer peer = start(named()))
        {
            awaitOpen();
            assertEquals(0, peer.read().hello().flags());
            peer.send(Frame.HELLO, 0, Identity.helloPayload("alice"));
            server.awaitTrue(() -> 1 == server.server.metrics().count(Counter.FRAMES_IN));
            assertNull(connection().identity());
            assertTrue(connection().isOpen());
            assertEquals(List.of(), identities.lines());
        }
    }

    @Test
    void shouldBelieveACredentialMoreThanAHelloThatCameBefore() throws IOException
    {
        try (TestPeer peer = start(named().helloIdentity(true).credentialCheck(
            (request, credential) -> request.admit(null, "alice"))))
        {
            peer.send(Frame.HELLO, 0, Identity.helloPayload("mallory"));
            peer.sendRaw(data("secret"));
            awaitLines("alice open");
        }
    }

    @Test
    void shouldKeepAnIdentityThatHelloSaidBeforeAPeerIsLetIn() throws IOException
    {
        try (TestPeer peer = start(named().helloIdentity(true).credentialCheck(
            (request, credential) -> request.admit("a user"))))
        {
            peer.send(Frame.HELLO, 0, Identity.helloPayload("alice"));
            server.awaitTrue(() -> 1 == server.server.metrics().count(Counter.FRAMES_IN));
            assertEquals(List.of(), identities.lines(), "it is not let in");
            peer.sendRaw(data("secret"));
            awaitLines("alice open");
        }
    }

    @Test
    void shouldNotTellOfAPeerThatIsNamedAndNotLetIn() throws IOException
    {
        try (TestPeer peer = start(named().helloIdentity(true).credentialCheck(
            (request, credential) -> request.refuse("no"))))
        {
            peer.send(Frame.HELLO, 0, Identity.helloPayload("alice"));
            peer.sendRaw(data("secret"));
            server.awaitTrue(() -> 1 == count(CloseReason.REFUSED));
            server.doWork();
            assertEquals(List.of(), identities.lines());
        }
    }

    @Test
    void shouldTakeTheWordOfTheHostOnce() throws IOException
    {
        try (TestPeer peer = start(named()))
        {
            awaitOpen();
            assertEquals(Frame.HELLO, peer.read().type());
            connection().identity("alice");
            assertEquals(List.of("alice open"), identities.lines());
            connection().identity("alice");
            assertEquals(List.of("alice open"), identities.lines());
            assertEquals("identity \"bob\" of a connection that has \"alice\"",
                assertThrows(IllegalStateException.class, () -> connection().identity("bob")).getMessage());
            assertThrows(IllegalArgumentException.class, () -> connection().identity("/"));
            connection().close();
            awaitLines("alice open", "alice gone LOCAL_CLOSE");
            assertEquals("alice", connection().identity());
        }
    }

    @Test
    void shouldNotNameAConnectionThatHasEnded() throws IOException
    {
        try (TestPeer peer = start(named()))
        {
            awaitOpen();
            peer.shutdownOutput();
            server.awaitTrue(() -> 1 == listener.closed().size());
            connection().identity("alice");
            assertNull(connection().identity());
            assertEquals(List.of(), identities.lines());
        }
    }

    @Test
    void shouldNotBeNamedByAnotherThread() throws IOException, InterruptedException
    {
        try (TestPeer peer = start(named()))
        {
            awaitOpen();
            assertNotNull(peer.read());
            final AtomicReference<Throwable> thrown = new AtomicReference<>();
            final Thread other = new Thread(() ->
            {
                try
                {
                    connection().identity("alice");
                }
                catch (final IllegalStateException ex)
                {
                    thrown.set(ex);
                }
            });
            other.start();
            other.join();
            assertNotNull(thrown.get());
            assertNull(connection().identity());
        }
    }

    @Test
    void shouldTellBetweenOpenAndClosed() throws IOException
    {
        final List<String> calls = new ArrayList<>();
        server = new InvokedServer(new ServerContext().lingerNs(0).cadence(Cadence.STANDARD)
            .listener(new RecordingListener()
            {
                @Override
                public synchronized void onOpen(final Connection connection)
                {
                    calls.add("open");
                    connection.identity("alice");
                    calls.add("named");
                }

                @Override
                public synchronized void onClosed(final Connection connection, final CloseReason reason)
                {
                    calls.add("closed");
                }
            })
            .identities(new IdentityListener()
            {
                @Override
                public void onIdentified(final Connection connection, final long openedNs)
                {
                    calls.add("identified");
                }

                @Override
                public void onGone(final Connection connection)
                {
                    calls.add("gone");
                }
            }));
        try (TestPeer peer = server.connect())
        {
            server.awaitTrue(() -> calls.contains("named"));
            peer.shutdownOutput();
            server.awaitTrue(() -> calls.contains("closed"));
            assertEquals(List.of("open", "identified", "named", "gone", "closed"), calls);
        }
    }

    @Test
    void shouldTellThatAllAreGoneWhenTheServerEnds() throws IOException
    {
        try (TestPeer peer = start(named()))
        {
            awaitOpen();
            assertNotNull(peer.read());
            connection().identity("alice");
            server.close();
            assertEquals(List.of("alice open", "alice gone SHUTDOWN"), identities.lines());
            server.close();
            assertEquals(2, identities.lines().size());
        }
    }

    @Test
    void shouldTellThatAllAreGoneWhenTheReactorEndsByItself() throws IOException
    {
        server = new InvokedServer(named().listener(new RecordingListener()
        {
            @Override
            public synchronized void onOpen(final Connection connection)
            {
                connection.identity("u" + (2 - identities.lines().size()));
            }

            @Override
            public synchronized void onMessage(final Connection connection, final ByteBuffer payload)
            {
                throw new AgentTerminationException("on purpose");
            }
        }));
        try (TestPeer first = server.connect(); TestPeer second = server.connect())
        {
            server.awaitTrue(() -> 2 == identities.lines().size());
            assertEquals(Frame.HELLO, second.read().type());
            first.sendRaw(data("end"));
            assertThrows(AgentTerminationException.class, () -> server.awaitTrue(() -> false));
            assertEquals(Set.of("u2 open", "u1 open", "u2 gone SHUTDOWN", "u1 gone SHUTDOWN"),
                Set.copyOf(identities.lines()));
            assertEquals(4, identities.lines().size());
        }
    }

    @Test
    void shouldGoOnWithAConnectionWhoseIdentityListenerFails() throws IOException
    {
        final RecordingIdentityListener failing = new RecordingIdentityListener()
        {
            @Override
            public synchronized void onIdentified(final Connection connection, final long openedNs)
            {
                super.onIdentified(connection, openedNs);
                throw new IllegalStateException("identified");
            }

            @Override
            public synchronized void onGone(final Connection connection)
            {
                super.onGone(connection);
                throw new IllegalStateException("gone");
            }
        };
        try (TestPeer peer = start(context().identities(failing)))
        {
            awaitOpen();
            assertNotNull(peer.read());
            connection().identity("alice");
            assertTrue(connection().isOpen());
            connection().close();
            server.awaitTrue(() -> 1 == listener.closed().size());
            assertEquals(List.of("alice open", "alice gone LOCAL_CLOSE"), failing.lines());
            assertEquals(List.of("identified", "gone"), server.errors.stream().map(Throwable::getMessage).toList());
            assertEquals(2, server.server.metrics().count(Counter.LISTENER_FAILURES));
        }
    }
}
