package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A peer is let in or refused by its first message, whether that is answered at once or later.
 */
class HeartbeatServerCredentialTest extends AdmissionRig
{
    private final List<AdmissionRequest> requests = new ArrayList<>();
    private final List<String> credentials = new ArrayList<>();

    private TestPeer startWithCredentials() throws IOException
    {
        return start(context().credentialCheck((request, credential) ->
        {
            requests.add(request);
            credentials.add(StandardCharsets.UTF_8.decode(credential).toString());
        }));
    }

    @Test
    void shouldLetInByACredentialAndGiveWhoItIs() throws IOException
    {
        try (TestPeer peer = startWithCredentials())
        {
            assertHelloComes(peer);
            peer.sendRaw(data("secret"));
            server.awaitTrue(() -> 1 == requests.size());
            assertEquals(List.of("secret"), credentials);
            assertEquals(List.of(), listener.opened());

            requests.get(0).admit("alice");
            server.awaitTrue(() -> 1 == listener.opened().size());
            assertEquals("alice", listener.opened().get(0).attachment());
            assertEquals(requests.get(0).connectionId(), listener.opened().get(0).id());
            peer.sendRaw(data("hello"));
            server.awaitTrue(() -> 1 == listener.messages().size());
            assertEquals(List.of("hello"), listener.messages());
        }
    }

    @Test
    void shouldHoldWhatCameBehindTheCredentialUntilItIsAnswered() throws IOException, InterruptedException
    {
        try (TestPeer peer = startWithCredentials())
        {
            assertHelloComes(peer);
            final byte[] rest = data("three");
            peer.sendRaw(concat(data("secret"), data("one"), data("two"), new byte[]{rest[0], rest[1]}));
            server.awaitTrue(() -> 1 == requests.size());
            peer.sendRaw(Arrays.copyOfRange(rest, 2, rest.length));
            InvokedServer.letBytesArrive();
            server.doWork();
            assertEquals(List.of(), listener.messages());

            final Thread other = new Thread(() -> requests.get(0).admit());
            other.start();
            other.join();
            server.awaitTrue(() -> 3 == listener.messages().size());
            assertEquals(List.of("one", "two", "three"), listener.messages());
        }
    }

    @Test
    void shouldHandleWhatFollowsAtOnceWhenTheAnswerComesAtOnce() throws IOException
    {
        try (TestPeer peer = start(context().credentialCheck((request, credential) -> request.admit())))
        {
            peer.sendRaw(concat(data("secret"), data("one"), data("two")));
            server.awaitTrue(() -> 2 == listener.messages().size());
            assertEquals(List.of("one", "two"), listener.messages());
        }
    }

    @Test
    void shouldTakeACredentialThatComesInParts() throws IOException
    {
        try (TestPeer peer = startWithCredentials())
        {
            for (final byte each : concat(data("secret"), data("one")))
            {
                final long reads = server.reads();
                peer.sendRaw(each);
                if (requests.isEmpty())
                {
                    server.awaitRead(reads);
                }
            }
            requests.get(0).admit();
            server.awaitTrue(() -> 1 == listener.messages().size());
            assertEquals(List.of("secret"), credentials);
        }
    }

    @Test
    void shouldRefuseByCredentialWithBye() throws IOException
    {
        try (TestPeer peer = startWithCredentials())
        {
            peer.sendRaw(data("wrong"));
            server.awaitTrue(() -> 1 == requests.size());
            requests.get(0).refuse("unknown key");
            requests.get(0).admit();

            awaitTurnedAway(peer, CloseReason.REFUSED, "unknown key");
        }
    }

    @Test
    void shouldSendAwayWhoseCredentialIsNotAnswered() throws IOException
    {
        try (TestPeer peer = startWithCredentials())
        {
            peer.sendRaw(data("secret"));
            server.awaitTrue(() -> 1 == requests.size());
            peer.sendRaw(data("more"));
            server.advance(10 * SECOND_NS + 10_000_000);
            assertEquals(1, requests.size());

            awaitTurnedAway(peer, CloseReason.HANDSHAKE_TIMEOUT, "its credential was not answered");
            requests.get(0).admit();
            server.doWork();
            assertEquals(List.of(), listener.opened());
        }
    }

    @Test
    void shouldRefuseWhomTheCredentialCheckFailsAt() throws IOException
    {
        try (TestPeer peer = start(context().credentialCheck((request, credential) ->
        {
            throw new IllegalStateException("expected");
        })))
        {
            peer.sendRaw(data("secret"));
            awaitTurnedAway(peer, CloseReason.REFUSED, "credential check failed");
            assertEquals("expected", server.errors.get(0).getMessage());
        }
    }

    @Test
    void shouldHoldToTheCadenceThatWasAskedForBeforeItWasLetIn() throws IOException
    {
        try (TestPeer peer = startWithCredentials())
        {
            peer.send(new Hello(2, 7_000, 3_000));
            peer.send(Frame.PING, 9);
            assertHelloComes(peer);
            server.awaitTrue(() -> server.server.metrics().count(Counter.FRAMES_IN) >= 2);
            assertEquals(9, peer.read(Frame.PONG).token());
            peer.sendRaw(data("secret"));
            server.awaitTrue(() -> 1 == requests.size());
            requests.get(0).admit();
            server.awaitTrue(() -> 1 == listener.opened().size());
            server.doWork();

            assertEquals(new Cadence(7 * SECOND_NS, 3 * SECOND_NS, 2), listener.opened().get(0).cadence());
            assertEquals(7_000, peer.read(Frame.HELLO).hello().idleMs());
        }
    }

    @Test
    void shouldNotTellTheListenerOfWhoLeavesBeforeItWasLetIn() throws IOException
    {
        try (TestPeer peer = startWithCredentials())
        {
            assertHelloComes(peer);
        }
        server.awaitTrue(() -> 1 == count(CloseReason.NEVER_SPOKE));
        assertEquals(List.of(), listener.opened());
        assertEquals(List.of(), listener.closed());
        assertEquals(0, server.server.metrics().openCount());
    }
}
