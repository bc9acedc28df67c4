package io.heartwheel;

import io.heartwheel.metrics.Counter;
import io.heartwheel.support.RecordingIdentityListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Identity;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What a fleet needs of a connection that another one replaces: an end with its reason, and when it opened.
 */
class HeartbeatServerTakeoverTest extends AdmissionRig
{
    private static final long STALL_NS = TimeUnit.SECONDS.toNanos(10);

    private final RecordingIdentityListener identities = new RecordingIdentityListener();

    private TestPeer startNamed() throws IOException
    {
        final TestPeer peer = start(context().identities(identities));
        server.awaitTrue(() -> 1 == listener.opened().size());
        assertEquals(Frame.HELLO, peer.read().type());
        return peer;
    }

    private Connection connection()
    {
        return listener.opened().get(0);
    }

    @Test
    void shouldBeTakenOverByAnyThread() throws IOException, InterruptedException
    {
        try (TestPeer peer = startNamed())
        {
            connection().identity("alice");
            final Thread other = new Thread(() -> identities.identified().get(0).close(CloseReason.TAKEN_OVER));
            other.start();
            other.join();
            server.awaitTrue(() -> 1 == listener.closed().size());
            assertEquals(List.of("alice open", "alice gone TAKEN_OVER"), identities.lines());
            final TestPeer.Received bye = peer.read(Frame.BYE);
            assertEquals(18, bye.byeReason());
            assertEquals("", bye.byeText());
            assertEquals(List.of(CloseReason.TAKEN_OVER), listener.reasons());
            assertEquals(1, count(CloseReason.TAKEN_OVER));
            assertFalse(CloseReason.TAKEN_OVER.isLoss());
        }
    }

    /** The example of the page on admission. */
    @Test
    void shouldKeepTheNewerConnectionOfAnIdentity() throws IOException
    {
        final ServerContext ctx = context().helloIdentity(true);
        ctx.identities(new IdentityListener()
        {
            private final Map<String, Connection> connections = new ConcurrentHashMap<>();

            @Override
            public void onIdentified(final Connection connection, final long openedNs)
            {
                final Connection older = connections.put(connection.identity(), connection);
                if (null != older)
                {
                    older.close(CloseReason.TAKEN_OVER);
                }
            }

            @Override
            public void onGone(final Connection connection)
            {
                connections.remove(connection.identity(), connection); // not what has taken over
            }
        });
        try (TestPeer first = start(ctx); TestPeer second = server.connect(); TestPeer third = server.connect())
        {
            for (final TestPeer peer : List.of(first, second, third))
            {
                final long reads = server.reads();
                peer.send(Frame.HELLO, 0, Identity.helloPayload("alice"));
                server.awaitRead(reads);
            }
            assertEquals(18, first.read(Frame.BYE).byeReason());
            assertEquals(18, second.read(Frame.BYE).byeReason());
            server.awaitTrue(() -> 2 == listener.closed().size());
            third.send(Frame.PING, 1);
            server.awaitTrue(() -> 4 == server.server.metrics().count(Counter.FRAMES_IN));
            assertEquals(1, third.read(Frame.PONG).token());
        }
    }

    @Test
    void shouldCloseOnlyForReasonsOfTheApplication() throws IOException
    {
        try (TestPeer peer = startNamed())
        {
            for (final CloseReason reason : CloseReason.values())
            {
                if (!List.of(CloseReason.LOCAL_CLOSE, CloseReason.SHUTDOWN, CloseReason.REFUSED,
                    CloseReason.TAKEN_OVER).contains(reason))
                {
                    assertEquals("reason=" + reason + " is not for the application to give", assertThrows(
                        IllegalArgumentException.class, () -> connection().close(reason)).getMessage());
                }
            }
            assertTrue(connection().isOpen());
            connection().close(CloseReason.REFUSED);
            connection().close(CloseReason.TAKEN_OVER);
            server.awaitTrue(() -> 1 == listener.closed().size());
            assertEquals(List.of(CloseReason.REFUSED), listener.reasons());
            assertNotNull(peer.read(Frame.BYE));
        }
    }

    @Test
    void shouldTellWhenItWasOpenedThoughItIsNamedAfterAStall() throws IOException
    {
        try (TestPeer peer = startNamed())
        {
            final long acceptedNs = server.clock.nanoTime();
            server.clock.advance(STALL_NS);
            server.doWork();
            peer.send(Frame.PING, 1);
            connection().identity("alice");
            assertEquals(List.of(acceptedNs), identities.openedNs());
        }
    }

    @Test
    void shouldNotNameAPeerThatGaveUpDuringAStall() throws IOException
    {
        start(context().helloIdentity(true).identities(identities));
        try (TestPeer waiting = hello("waiting"))
        {
            hello("given up").close();
            server.clock.advance(STALL_NS);
            server.awaitTrue(() -> 1 == identities.openedNs().size());
            assertEquals(List.of("waiting open"), identities.lines());
            assertEquals(List.of(server.clock.nanoTime()), identities.openedNs());
            server.clock.advance(1);
            server.awaitTrue(() -> 1 == listener.closed().size());
            try (TestPeer newcomer = hello("newcomer"))
            {
                server.awaitTrue(() -> 2 == identities.openedNs().size());
                assertEquals(List.of("waiting open", "newcomer open"), identities.lines());
                assertNotNull(waiting.read(Frame.HELLO));
                assertNotNull(newcomer.read(Frame.HELLO));
            }
        }
    }

    private TestPeer hello(final String identity) throws IOException
    {
        final TestPeer peer = server.connect();
        peer.send(Frame.HELLO, 0, Identity.helloPayload(identity));
        return peer;
    }
}
