package io.heartwheel.netty;

import io.heartwheel.netty.Transport.Pair;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutorGroup;
import org.junit.jupiter.api.AfterEach;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * One loop, its channels, and what their handlers were told. The idle time is 300 ms.
 */
abstract class SteadyRig
{
    static final int IDLE_MS = 300;
    /** The byte on which the server's handler blocks its loop, for the time that the next one tells in 100 ms. */
    static final byte BLOCK = 'B';

    final Queue<Object> events = new ConcurrentLinkedQueue<>();
    final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
    final AtomicBoolean isBlocked = new AtomicBoolean();
    final List<String> threads = new ArrayList<>();
    final List<Pair> opened = new ArrayList<>();
    final List<EventExecutorGroup> others = new ArrayList<>();
    EventLoopGroup group;

    @AfterEach
    final void stop() throws Exception
    {
        for (final Pair each : opened)
        {
            each.close();
        }
        // What handlers on other executors have still to pass on goes to the channels' loop.
        others.forEach(Transport::stop);
        Transport.stop(group);
        assertEquals(List.of(), List.copyOf(faults));
    }

    ChannelHandler steady()
    {
        return new SteadyIdleStateHandler(IDLE_MS, 0, 0, TimeUnit.MILLISECONDS);
    }

    Pair connect(final Transport transport, final ChannelHandler... handlers) throws Exception
    {
        if (null == group)
        {
            group = transport.group();
        }
        final Pair pair = transport.connect(
            group, (channel) -> channel.pipeline().addLast(handlers).addLast(new Recorder()));
        opened.add(pair);
        return pair;
    }

    /**
     * Block the loop of all channels. It returns when it is blocked.
     */
    void block(final Transport transport, final int ms) throws Exception
    {
        final Pair blocker = connect(transport);
        blocker.client.getOutputStream().write(new byte[] {BLOCK, (byte)(ms / 100)});
        await(isBlocked::get);
    }

    void awaitUnblocked() throws Exception
    {
        await(() -> !isBlocked.get());
    }

    void speak(final Pair peer, final int ms) throws Exception
    {
        for (int i = 0; i < ms; i += 50)
        {
            peer.write(1);
            Thread.sleep(50);
        }
    }

    void awaitFirstEvent() throws Exception
    {
        await(() -> !events.isEmpty());
        assertTrue(((IdleStateEvent)events.peek()).isFirst(), events::toString);
    }

    static void await(final Callable<Boolean> condition) throws Exception
    {
        final long deadlineNs = System.nanoTime() + 10_000_000_000L;
        while (!condition.call())
        {
            assertTrue(System.nanoTime() - deadlineNs < 0, "not within 10 s");
            Thread.sleep(1);
        }
    }

    static void sleep(final long ms)
    {
        try
        {
            Thread.sleep(ms);
        }
        catch (final InterruptedException ex)
        {
            throw new AssertionError(ex);
        }
    }

    final class Recorder extends ChannelInboundHandlerAdapter
    {
        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message)
        {
            final ByteBuf bytes = (ByteBuf)message;
            if (BLOCK == bytes.getByte(0))
            {
                isBlocked.set(true);
                sleep(100 * bytes.getByte(1));
                isBlocked.set(false);
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void userEventTriggered(final ChannelHandlerContext ctx, final Object event)
        {
            if (event instanceof IdleStateEvent)
            {
                events.add(event);
                if (threads.isEmpty())
                {
                    threads.add(ctx.channel().eventLoop().inEventLoop() ? "on its loop" : "elsewhere");
                }
            }
            ctx.fireUserEventTriggered(event);
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause)
        {
            faults.add(cause);
        }
    }
}
