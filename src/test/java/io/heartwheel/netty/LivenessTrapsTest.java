package io.heartwheel.netty;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.netty.NettyServerRig.Pair;
import io.heartwheel.netty.PeerLostEvent.Reason;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Ways in which handlers that watch for idle channels have gone wrong.
 */
@Timeout(60)
class LivenessTrapsTest
{
    private static final long IDLE_MS = 300;
    private static final Cadence PASSIVE = Cadence.passive(MILLISECONDS.toNanos(IDLE_MS));
    private static final Cadence ASKING =
        new Cadence(MILLISECONDS.toNanos(IDLE_MS), MILLISECONDS.toNanos(IDLE_MS), 2);
    private static final long LATE_MS = 20;

    private final Liveness liveness =
        new Liveness(new LivenessContext().cadence(PASSIVE).probe((channel) -> Unpooled.copyInt(7)));

    private NettyServerRig serve() throws InterruptedException
    {
        return serve((channel) -> channel.pipeline().addFirst(liveness.newHandler()));
    }

    private static NettyServerRig serve(final Consumer<Channel> initializer) throws InterruptedException
    {
        return new NettyServerRig(Transport.NIO, initializer);
    }

    private static void run(final EventLoop loop, final Runnable task) throws InterruptedException
    {
        loop.submit(task).sync();
    }

    @Test
    void shouldLeaveVoidPromisesOfTheApplicationAlone() throws Exception
    {
        try (NettyServerRig server = serve())
        {
            final Pair pair = server.connect();
            liveness.cadence(pair.channel(), ASKING);
            for (int i = 0; i < 10; i++)
            {
                pair.channel().writeAndFlush(Unpooled.copyInt(i), pair.channel().voidPromise());
            }
            pair.socket().getInputStream().readNBytes(40);
            // The probe has a promise of its own.
            pair.socket().getInputStream().readNBytes(4);
            NettyServerRig.await(() -> !pair.channel().isOpen());
            assertEquals(2, server.lost().get(0).probes());
            assertEquals(0, server.failures.size(), server.failures::toString);
        }
    }

    @Test
    void shouldBearChannelsThatAreClosedWhileOthersAreJudged() throws Exception
    {
        final int peers = 50;
        final CountDownLatch told = new CountDownLatch(1);
        final List<Pair> pairs;
        try (NettyServerRig server = serve((channel) -> channel.pipeline().addFirst(liveness.newHandler())
            .addLast(new ChannelInboundHandlerAdapter()
            {
                @Override
                public void userEventTriggered(final ChannelHandlerContext ctx, final Object event)
                {
                    ctx.fireUserEventTriggered(event);
                    if (event instanceof PeerLostEvent && told.getCount() > 0)
                    {
                        told.countDown();
                        ctx.channel().parent().attr(AttributeKey.<Runnable>valueOf("close all"))
                            .get().run();
                    }
                }
            })))
        {
            pairs = server.connect(peers);
            final List<Pair> all = pairs;
            final EventLoop loop = all.get(0).channel().eventLoop();
            all.get(0).channel().parent().attr(AttributeKey.<Runnable>valueOf("close all"))
                .set(() -> all.forEach((pair) -> pair.channel().close()));
            // All are due in one poll.
            run(loop, () -> all.forEach((pair) -> liveness.start(pair.channel())));
            assertTrue(told.await(10, TimeUnit.SECONDS));
            NettyServerRig.await(() -> 0 == liveness.metrics().watchedCount());
            assertEquals(1, server.lost().size());
            assertEquals(0, server.failures.size(), server.failures::toString);

            // The slots are free for others, which are watched as well.
            final Pair next = server.connect();
            NettyServerRig.await(() -> !next.channel().isOpen());
            assertEquals(2, server.lost().size());
        }
    }

    @Test
    void shouldWatchChannelWhoseHandlerIsAddedLate()
    {
        final EmbeddedPeer peer = new EmbeddedPeer();
        peer.passMs(10 * IDLE_MS);
        peer.channel.pipeline().addFirst(liveness.newHandler());
        peer.passMs(IDLE_MS - 1);
        assertEquals(List.of(), peer.lost);
        peer.passMs(LATE_MS + 1);
        assertEquals(1, peer.lost.size());
    }

    @Test
    void shouldSeeBytesThatWaitedWhenItsHandlerWasAdded()
    {
        final EmbeddedPeer peer = new EmbeddedPeer();
        peer.isBlocked = true;
        peer.channel.writeOneOutbound(Unpooled.copyInt(1));
        peer.channel.flushOutbound();
        peer.channel.pipeline().addFirst(liveness.newHandler());
        for (int i = 0; i < 30 && peer.lost.isEmpty(); i++)
        {
            peer.speak();
            peer.passMs(IDLE_MS / 10);
        }
        assertEquals(Reason.WRITE_STALLED, peer.lost.get(0).reason());
    }

    @Test
    void shouldForgetChannelWhoseHandlerIsRemovedEarly()
    {
        final EmbeddedPeer peer = new EmbeddedPeer(liveness.newHandler());
        peer.passMs(IDLE_MS / 2);
        peer.channel.pipeline().remove(LivenessHandler.class);
        assertEquals(0, liveness.metrics().watchedCount());
        peer.passMs(3 * IDLE_MS);
        assertEquals(List.of(), peer.lost);
        assertTrue(peer.channel.isOpen());
    }

    @Test
    void shouldLeaveNoTaskBehindInTheLoop()
    {
        final EmbeddedPeer peer = new EmbeddedPeer(liveness.newHandler());
        assertTrue(peer.channel.runScheduledPendingTasks() > 0);
        peer.channel.pipeline().remove(LivenessHandler.class);
        assertEquals(-1, peer.channel.runScheduledPendingTasks());
    }

    @Test
    @SuppressWarnings("deprecation")
    void shouldRefuseAnExecutorThatIsNotTheEventLoop() throws Exception
    {
        final DefaultEventExecutorGroup executors = new DefaultEventExecutorGroup(1);
        try (NettyServerRig server =
            serve((channel) -> channel.pipeline().addLast(executors, liveness.newHandler())))
        {
            server.connect();
            NettyServerRig.await(() -> !server.failures.isEmpty());
            final Throwable cause = server.failures.peek().getCause();
            assertTrue(cause.getMessage().contains("executor that is not its event loop"), cause::toString);
            assertEquals(0, liveness.metrics().watchedCount());
        }
        finally
        {
            executors.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldFollowChannelToAnotherLoop() throws Exception
    {
        try (NettyServerRig server = new NettyServerRig(
            Transport.NIO, 2, (channel) -> channel.pipeline().addFirst(liveness.newHandler())))
        {
            final Pair pair = server.connect();
            final EventLoop first = pair.channel().eventLoop();
            liveness.cadence(pair.channel(), Cadence.passive(2 * PASSIVE.idleNs()));
            EventLoop second = server.loop();
            while (second == first)
            {
                second = server.loop();
            }
            pair.channel().deregister().sync();
            NettyServerRig.await(() -> 0 == liveness.metrics().watchedCount());
            second.register(pair.channel()).sync();
            NettyServerRig.await(() -> 1 == liveness.metrics().watchedCount());
            final long startNs = System.nanoTime();

            pair.speak();
            NettyServerRig.await(() -> !pair.channel().isOpen());
            assertTrue(System.nanoTime() - startNs >= 2 * PASSIVE.idleNs(), "it forgot its cadence");
            assertEquals(Reason.SILENT, server.lost().get(0).reason());
            assertEquals(0, liveness.metrics().watchedCount());
        }
    }

    @Test
    void shouldNotCallAHalfClosedPeerSilent() throws Exception
    {
        try (NettyServerRig server = serve((channel) ->
        {
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            channel.pipeline().addFirst(liveness.newHandler());
        }))
        {
            final Pair pair = server.connect();
            pair.socket().shutdownOutput();
            NettyServerRig.await(() -> ((DuplexChannel)pair.channel()).isInputShutdown());
            // It is not asked even if it is told so now.
            liveness.cadence(pair.channel(), ASKING);
            Thread.sleep(6 * IDLE_MS);
            assertEquals(List.of(), server.lost());
            assertTrue(pair.channel().isOpen());
            // It may expect an answer, and nothing but that.
            assertEquals(0, pair.socket().getInputStream().available());

            pair.channel().writeAndFlush(Unpooled.buffer(24 << 20).writeZero(24 << 20));
            NettyServerRig.await(() -> !server.lost().isEmpty());
            assertEquals(Reason.WRITE_STALLED, server.lost().get(0).reason());
        }
    }

    @Test
    void shouldHearPeerWhoseReadCompleteIsSwallowed()
    {
        final EmbeddedPeer peer = new EmbeddedPeer(new ChannelInboundHandlerAdapter()
        {
            @Override
            public void channelReadComplete(final ChannelHandlerContext ctx)
            {
                // It keeps that to itself.
                assertTrue(ctx.channel().isActive());
            }
        }, liveness.newHandler());
        for (int i = 0; i < 5; i++)
        {
            peer.passMs(IDLE_MS - 1);
            peer.speak();
        }
        assertEquals(List.of(), peer.lost);
        peer.passMs(IDLE_MS + LATE_MS);
        assertEquals(1, peer.lost.size());
    }

    @Test
    void shouldFreeTheSlotOfChannelWhoseEndIsSwallowed()
    {
        final EmbeddedPeer peer = new EmbeddedPeer(new ChannelInboundHandlerAdapter()
        {
            @Override
            public void channelInactive(final ChannelHandlerContext ctx)
            {
                assertTrue(!ctx.channel().isActive());
            }

            @Override
            public void channelUnregistered(final ChannelHandlerContext ctx)
            {
                assertTrue(!ctx.channel().isActive());
            }
        }, liveness.newHandler());
        peer.channel.unsafe().close(peer.channel.unsafe().voidPromise());
        peer.passMs(IDLE_MS + LATE_MS);
        assertEquals(0, liveness.metrics().watchedCount());
        assertEquals(List.of(), peer.lost);
    }

    @Test
    void shouldFollowTheClockOfAnEmbeddedChannel()
    {
        final Liveness unstalled = new Liveness(
            new LivenessContext().cadence(PASSIVE).stallNs(TimeUnit.MINUTES.toNanos(1)));
        final EmbeddedPeer peer = new EmbeddedPeer(unstalled.newHandler());
        peer.jumpMs(IDLE_MS - 1);
        assertEquals(List.of(), peer.lost);
        peer.jumpMs(LATE_MS);
        peer.jumpMs(LATE_MS);
        assertEquals(1, peer.lost.size());
        assertEquals(0, unstalled.metrics().stallCount());
    }

    @Test
    void shouldTakeALeapOfTheClockForAStall()
    {
        final EmbeddedPeer peer = new EmbeddedPeer(liveness.newHandler());
        peer.jumpMs(20 * IDLE_MS);
        assertEquals(1, liveness.metrics().stallCount());
        assertEquals(List.of(), peer.lost);
        // Time stood still but for the threshold. There was less of it left than one more full wait.
        peer.passMs(IDLE_MS - LATE_MS);
        assertEquals(List.of(), peer.lost);
        peer.passMs(3 * LATE_MS);
        assertEquals(1, peer.lost.size());
    }

    @Test
    void shouldWatchChannelsWithoutASocket() throws Exception
    {
        final DefaultEventLoop loop = new DefaultEventLoop();
        try (LocalPair pair = new LocalPair(loop, liveness))
        {
            for (int i = 0; i < 10; i++)
            {
                Thread.sleep(IDLE_MS / 3);
                pair.speak();
            }
            assertTrue(pair.isOpen());
            NettyServerRig.await(() -> !pair.isOpen());
            assertEquals(Reason.SILENT, pair.lost().reason());
        }
        finally
        {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}
