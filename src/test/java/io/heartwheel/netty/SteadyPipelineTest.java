package io.heartwheel.netty;

import io.heartwheel.netty.Transport.Pair;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The handler where channels move, close and change their pipelines.
 */
class SteadyPipelineTest extends SteadyRig
{
    /** On io_uring Netty (4.2.18) does not read a channel that has moved. */
    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void shouldReportOnTheLoopToWhichTheChannelHasMoved(final Transport transport) throws Exception
    {
        final EventLoopGroup next = transport.group();
        others.add(next);
        final Pair peer = connect(transport, steady());
        final EventLoop first = peer.server.eventLoop();
        final EventLoop second = next.next();
        final LoopClock firstClock = LoopClock.of(peer.server, first);
        assertTrue(first.submit(firstClock::isTicking).get());

        peer.server.deregister().sync();
        second.register(peer.server).sync();

        speak(peer, IDLE_MS * 2);
        assertEquals(List.of(), List.copyOf(events));
        awaitFirstEvent();
        assertFalse(first.submit(firstClock::isTicking).get());
        assertTrue(second.submit(LoopClock.of(peer.server, second)::isTicking).get());
        assertEquals(List.of("on its loop"), peer.server.eventLoop().submit(() -> threads).get());

        peer.server.close().sync();
        final LoopClock secondClock = LoopClock.of(peer.server, second);
        await(() -> !second.submit(secondClock::isTicking).get());
    }

    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    @SuppressWarnings("deprecation")
    void shouldNotReportOnAnotherExecutorWhileTheLoopIsBlocked(final Transport transport) throws Exception
    {
        final EventExecutorGroup executors = new DefaultEventExecutorGroup(1);
        others.add(executors);
        final Pair peer = connect(transport);
        peer.server.pipeline().remove(Recorder.class);
        peer.server.pipeline().addLast(executors, steady(), new Recorder());

        block(transport, 500);
        peer.write(1);
        awaitUnblocked();
        speak(peer, IDLE_MS);
        assertEquals(List.of(), List.copyOf(events));
        awaitFirstEvent();

        peer.write(1);
        Thread.sleep(50);
        events.clear();
        executors.next().execute(() -> sleep(500));
        peer.write(1);
        Thread.sleep(550);
        assertEquals(List.of(), List.copyOf(events));
    }

    /** Each event closes all channels, so that most deadlines come of channels that are closed in the same turn. */
    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    void shouldReportNoChannelThatIsClosed(final Transport transport) throws Exception
    {
        final List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < 20; i++)
        {
            final Pair pair = connect(transport);
            pairs.add(pair);
            pair.server.pipeline().addLast(new ChannelInboundHandlerAdapter()
            {
                @Override
                public void userEventTriggered(final ChannelHandlerContext ctx, final Object event)
                {
                    if (!ctx.channel().isOpen())
                    {
                        faults.add(new AssertionError("closed: " + ctx.channel()));
                    }
                    pairs.forEach((each) -> each.server.close());
                }
            });
        }
        for (final Pair pair : pairs)
        {
            pair.server.pipeline().addFirst(steady());
        }

        for (final Pair pair : pairs)
        {
            pair.server.closeFuture().sync();
        }
        final LoopClock clock = LoopClock.of(pairs.get(0).server, group.next());
        await(() -> !group.next().submit(clock::isTicking).get());
    }

    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    void shouldReportNothingOnceRemoved(final Transport transport) throws Exception
    {
        final Pair peer = connect(transport, steady());
        final LoopClock clock = LoopClock.of(peer.server, peer.server.eventLoop());

        peer.server.pipeline().remove(SteadyIdleStateHandler.class);

        assertFalse(peer.server.eventLoop().submit(clock::isTicking).get());
        Thread.sleep(IDLE_MS + 100);
        assertEquals(List.of(), List.copyOf(events));
    }
}
