package io.heartwheel;

import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The server on a thread of its own, in a runner, and in the duty cycle of a host.
 */
@Timeout(30)
class HeartbeatServerAgentTest
{
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(10);

    private final RecordingListener listener = new RecordingListener();
    private final List<Throwable> errors = new ArrayList<>();

    private ServerContext context()
    {
        return new ServerContext()
            .bindAddress(new InetSocketAddress("127.0.0.1", 0))
            .errorHandler(errors::add)
            .listener(listener);
    }

    private static void await(final BooleanSupplier condition) throws InterruptedException
    {
        final long startNs = System.nanoTime();
        while (!condition.getAsBoolean())
        {
            assertTrue(System.nanoTime() - startNs < PATIENCE_NS, "not in time");
            Thread.sleep(1);
        }
    }

    @Test
    void shouldSayGoodbyeToAllWhenClosed() throws IOException, InterruptedException
    {
        final HeartbeatServer server = HeartbeatServer.launch(context());
        try (TestPeer one = new TestPeer(server.localAddress()); TestPeer other = new TestPeer(server.localAddress()))
        {
            await(() -> 2 == listener.opened().size());
            final Thread closer = new Thread(server::close);
            closer.start();
            for (final TestPeer peer : List.of(one, other))
            {
                assertEquals(CloseReason.SHUTDOWN.code(), peer.read(Frame.BYE).byeReason());
                assertNull(peer.read());
                peer.close();
            }
            closer.join();
        }
        assertEquals(List.of(CloseReason.SHUTDOWN, CloseReason.SHUTDOWN), listener.reasons());
        assertEquals(List.of(), errors);
    }

    @Test
    void shouldSendInOrderFromAnotherThread() throws IOException, InterruptedException
    {
        final int messages = 5_000;
        try (HeartbeatServer server = HeartbeatServer.launch(context());
            TestPeer peer = new TestPeer(server.localAddress()))
        {
            await(() -> 1 == listener.opened().size());
            final Connection connection = listener.opened().get(0);
            final Thread sender = new Thread(() ->
            {
                final ByteBuffer message = ByteBuffer.allocate(Integer.BYTES);
                for (int i = 0; i < messages; )
                {
                    // Refused when too much is unsent: then nothing was taken.
                    i += SendResult.ACCEPTED == connection.send(message.putInt(0, i)) ? 1 : 0;
                }
                connection.close();
            });
            sender.start();
            for (int i = 0; i < messages; i++)
            {
                assertEquals(i, ByteBuffer.wrap(peer.read(Frame.DATA).payload()).getInt());
            }
            assertEquals(CloseReason.LOCAL_CLOSE.code(), peer.read(Frame.BYE).byeReason());
            sender.join();
        }
    }

    @Test
    void shouldRunInTheDutyCycleOfAHostWithoutEverWaiting() throws IOException
    {
        final HeartbeatServer server = new HeartbeatServer(context().maxParkNs(0).lingerNs(0));
        final AgentInvoker invoker = new AgentInvoker(errors::add, null, server);
        invoker.start();
        try (TestPeer peer = new TestPeer(server.localAddress()))
        {
            while (listener.opened().isEmpty())
            {
                invoker.invoke();
            }
            final long startNs = System.nanoTime();
            for (int i = 0; i < 1_000; i++)
            {
                invoker.invoke();
            }
            final long tookNs = System.nanoTime() - startNs;
            assertTrue(tookNs < TimeUnit.SECONDS.toNanos(2), tookNs + " ns for 1,000 duty cycles without work");
            peer.send(Frame.DATA, 0, (byte)'x');
            while (listener.messages().isEmpty())
            {
                invoker.invoke();
            }
        }
        finally
        {
            invoker.close();
        }
        assertEquals(1, listener.closed().size());
        assertEquals(List.of(), errors);
    }

    @Test
    void shouldRunInARunner() throws IOException, InterruptedException
    {
        final HeartbeatServer server = new HeartbeatServer(context().lingerNs(0));
        final AgentRunner runner = new AgentRunner(NoOpIdleStrategy.INSTANCE, errors::add, null, server);
        AgentRunner.startOnThread(runner);
        try (TestPeer peer = new TestPeer(server.localAddress()))
        {
            await(() -> 1 == listener.opened().size());
            runner.close();
            assertEquals(CloseReason.SHUTDOWN.code(), peer.read(Frame.BYE).byeReason());
        }
        assertEquals(List.of(CloseReason.SHUTDOWN), listener.reasons());
        assertEquals(List.of(), errors);
    }

    @Test
    void shouldReleaseThePortOfAServerThatNeverRan() throws IOException
    {
        final HeartbeatServer server = new HeartbeatServer(context());
        final InetSocketAddress address = server.localAddress();
        server.close();
        new HeartbeatServer(context().bindAddress(address)).close();
    }
}
