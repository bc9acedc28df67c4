package io.heartwheel;

import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * How a server with several reactors ends: as a whole.
 */
class ReactorsEndTest extends ReactorsRig
{
    @Test
    void shouldEndAsAWholeByTheErrorOfOneReactor() throws Exception
    {
        launch(context(3).acceptSockets(AcceptSockets.ONE));
        connect(6);
        final InetSocketAddress address = server.localAddress();
        final IllegalStateException error = new IllegalStateException("planted");
        Doors.reactorOf(server, 1).fail(error);
        Doors.reactorOf(server, 1).wakeup();

        final ExecutionException ended =
            assertThrows(ExecutionException.class, () -> server.ended().get(5, TimeUnit.SECONDS));
        assertSame(error, ended.getCause());
        assertEquals(6, listener.closed().size());
        int told = 0;
        for (final TestPeer peer : peers)
        {
            final TestPeer.Received bye = peer.read(Frame.BYE);
            told += null != bye && CloseReason.SHUTDOWN.code() == bye.byeReason() ? 1 : 0;
        }
        assertEquals(4, told, "those of the other two reactors are told");
        assertThrows(IOException.class, () -> new TestPeer(address).close());
    }

    @Test
    void shouldEndAsAWholeIfACallbackAsksOneReactorToEnd() throws Exception
    {
        launch(context(2).acceptSockets(AcceptSockets.ONE).listener(new RecordingListener()
        {
            @Override
            public void onMessage(final Connection connection, final ByteBuffer payload)
            {
                throw new AgentTerminationException();
            }
        }));
        for (int i = 0; i < 4; i++)
        {
            peers.add(new TestPeer(server.localAddress()));
        }
        peers.get(0).send(Frame.DATA, 0, (byte)'a');
        server.ended().get(5, TimeUnit.SECONDS);
    }

    @Test
    void shouldCloseFromACallbackWithoutWaiting() throws Exception
    {
        launch(context(2).acceptSockets(AcceptSockets.ONE).listener(new RecordingListener()
        {
            @Override
            public void onMessage(final Connection connection, final ByteBuffer payload)
            {
                server.close();
            }
        }));
        for (int i = 0; i < 4; i++)
        {
            peers.add(new TestPeer(server.localAddress()));
        }
        // Both at one time: neither may wait for the other.
        peers.get(0).send(Frame.DATA, 0, (byte)'a');
        peers.get(1).send(Frame.DATA, 0, (byte)'a');
        server.ended().get(5, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(value = AcceptSockets.class, names = {"ONE", "EACH"})
    void shouldDrainAllReactors(final AcceptSockets sockets) throws Exception
    {
        launch(context(3).acceptSockets(sockets));
        connect(9);
        // No reactor is without a connection, or it would end at once.
        server.drain(Duration.ofMillis(100)).get(5, TimeUnit.SECONDS);
        for (final TestPeer peer : peers)
        {
            assertEquals(CloseReason.SHUTDOWN.code(), peer.read(Frame.BYE).byeReason());
        }
        assertEquals(9, listener.closed().size());
        assertThrows(ExecutionException.class, () -> server.connections().get(1, TimeUnit.SECONDS));
    }

    @Test
    void shouldShowTheConnectionsThatAreLeftWhenAReactorHasDrained() throws Exception
    {
        launch(context(2).acceptSockets(AcceptSockets.ONE));
        connect(1);
        server.drain(Duration.ofSeconds(20));
        // The reactor without a connection has drained at once. The only peer of the other leaves first of all.
        peers.get(0).read(Frame.BYE);
        final List<ConnectionView> views = server.connections().handle((all, ex) -> null == ex ? all : null)
            .get(5, TimeUnit.SECONDS);
        assertTrue(null == views || views.size() <= 1);
    }

    @Test
    void shouldBeRunByAHostAsOneAgentForEachReactor() throws Exception
    {
        server = new HeartbeatServer(context(2).acceptSockets(AcceptSockets.ONE));
        assertTrue(assertThrows(IllegalStateException.class, server::doWork).getMessage().startsWith("there are 2"));
        final List<AgentRunner> runners = new ArrayList<>();
        for (final Agent agent : server.agents())
        {
            runners.add(new AgentRunner(NoOpIdleStrategy.INSTANCE, errors::add, null, agent));
            AgentRunner.startOnThread(runners.get(runners.size() - 1));
        }
        connect(4);
        assertEquals(2, server.metrics(1).openCount());
        // The end of one is the end of all.
        runners.get(0).close();
        server.ended().get(5, TimeUnit.SECONDS);
        runners.get(1).close();
        assertEquals(4, listener.closed().size());
        assertEquals(List.of(), errors);
    }

    @Test
    void shouldCloseWhatNobodyRan() throws Exception
    {
        server = new HeartbeatServer(context(3));
        final InetSocketAddress address = server.localAddress();
        server.close();
        assertTrue(server.ended().isDone());
        assertFalse(server.ended().isCompletedExceptionally());
        assertThrows(IOException.class, () -> new TestPeer(address).close());
    }
}
