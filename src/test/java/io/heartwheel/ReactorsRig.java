package io.heartwheel;

import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A server with several reactors, on real sockets and threads, and its peers.
 */
@Timeout(30)
abstract class ReactorsRig
{
    final RecordingListener listener = new RecordingListener();
    final List<TestPeer> peers = new ArrayList<>();
    final List<Throwable> errors = new ArrayList<>();
    HeartbeatServer server;

    @AfterEach
    final void after() throws IOException
    {
        for (final TestPeer peer : peers)
        {
            peer.close();
        }
        if (null != server)
        {
            server.close();
        }
        assertEquals(listener.opened().size(), listener.closed().size());
    }

    final ServerContext context(final int reactors)
    {
        return new ServerContext().bindAddress(new InetSocketAddress("127.0.0.1", 0)).lingerNs(100_000_000)
            .reactors(reactors).listener(listener).errorHandler((ex) ->
            {
                synchronized (errors)
                {
                    errors.add(ex);
                }
            });
    }

    /** A listener that blocks its reactor for so long at each message. */
    final ConnectionListener blocking(final long ms)
    {
        return new ConnectionListener()
        {
            @Override
            public void onOpen(final Connection connection)
            {
                listener.onOpen(connection);
            }

            @Override
            public void onMessage(final Connection connection, final ByteBuffer payload)
            {
                sleep(ms);
            }

            @Override
            public void onClosed(final Connection connection, final CloseReason reason)
            {
                listener.onClosed(connection, reason);
            }
        };
    }

    final void launch(final ServerContext ctx)
    {
        server = HeartbeatServer.launch(ctx);
    }

    /** Connections that are open, each of which has been told the cadence. */
    final void connect(final int count) throws IOException
    {
        for (int i = 0; i < count; i++)
        {
            final TestPeer peer = new TestPeer(server.localAddress());
            peers.add(peer);
            assertEquals(Frame.HELLO, peer.read().type());
        }
        awaitTrue(() -> peers.size() == listener.opened().size());
    }

    static void awaitTrue(final BooleanSupplier condition)
    {
        final long startNs = System.nanoTime();
        while (!condition.getAsBoolean())
        {
            assertTrue(System.nanoTime() - startNs < 10_000_000_000L, "not within 10 s");
            Thread.onSpinWait();
        }
    }

    final TestPeer peerOf(final Connection connection)
    {
        return peers.stream().filter((peer) -> peer.localPort() == connection.remoteAddress().getPort())
            .findFirst().orElseThrow();
    }

    final Connection connectionOf(final int reactor)
    {
        return listener.opened().stream().filter((each) -> reactor == each.reactor() && each.isOpen())
            .findFirst().orElseThrow();
    }

    static void sleep(final long ms)
    {
        try
        {
            Thread.sleep(ms);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
    }
}
