package io.heartwheel;

import io.heartwheel.metrics.Counter;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.CompositeAgent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The end of a server whose duty cycle is run by its host.
 */
@Timeout(20)
class HostedServerTest
{
    private static ServerContext context()
    {
        return new ServerContext().bindAddress(new InetSocketAddress("127.0.0.1", 0)).lingerNs(0)
            .listener(new RecordingListener());
    }

    @Test
    void shouldLeaveTheOtherAgentsOfItsHostAloneWhenItHasDrained() throws Exception
    {
        final HeartbeatServer server = new HeartbeatServer(context().maxParkNs(0));
        final int[] worked = {0};
        final Agent other = new Agent()
        {
            @Override
            public int doWork()
            {
                return ++worked[0];
            }

            @Override
            public String roleName()
            {
                return "other";
            }
        };
        final CompositeAgent agents = new CompositeAgent(server, other);
        agents.onStart();
        final CompletableFuture<Void> drained = server.drain(Duration.ZERO);
        for (int i = 0; i < 10; i++)
        {
            agents.doWork();
        }
        assertEquals(10, worked[0]);
        drained.get(1, TimeUnit.SECONDS);
        agents.onClose();
    }

    @Test
    void shouldAskAServerThatAHostRunsToEndAndWaitForIt() throws Exception
    {
        final List<Thread> closedOn = Collections.synchronizedList(new ArrayList<>());
        final HeartbeatServer server = new HeartbeatServer(context().listener(new RecordingListener()
        {
            @Override
            public void onClosed(final Connection connection, final CloseReason reason)
            {
                closedOn.add(Thread.currentThread());
            }
        }));
        final Thread host = new Thread(() ->
        {
            while (!server.ended().isDone())
            {
                server.doWork();
            }
        });
        host.start();
        try (TestPeer peer = new TestPeer(server.localAddress()))
        {
            peer.read(Frame.HELLO);
            server.close();
        }
        assertTrue(server.ended().isDone());
        assertEquals(List.of(host), closedOn);
        host.join();
    }

    @Test
    void shouldCloseAtOnceAServerWhoseHostIsGone() throws Exception
    {
        final HeartbeatServer server = new HeartbeatServer(context().maxParkNs(0));
        final Thread host = new Thread(server::doWork);
        host.start();
        host.join();
        FaultsTest.assertClosesAtOnce(server);
        assertTrue(server.ended().isDone());
    }

    @Test
    void shouldNotWaitForEverForAHostThatDoesNotComeRound() throws Exception
    {
        final HeartbeatServer server = new HeartbeatServer(context().maxParkNs(0));
        final Thread host = new Thread(() ->
        {
            server.doWork();
            try
            {
                Thread.sleep(60_000);
            }
            catch (final InterruptedException ex)
            {
                server.doWork();
            }
        });
        host.start();
        while (0 == server.metrics().count(Counter.CYCLES) || Thread.State.TIMED_WAITING != host.getState())
        {
            Thread.onSpinWait();
        }
        FaultsTest.assertClosesAtOnce(server);
        assertFalse(server.ended().isDone());
        host.interrupt();
        server.ended().get(5, TimeUnit.SECONDS);
        host.join();
    }
}
