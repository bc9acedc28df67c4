package io.heartwheel.netty;

import io.heartwheel.netty.Transport.Pair;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.timeout.IdleStateHandler;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Real sockets, real pauses, each transport.
 */
class SteadyIdleStateHandlerTest extends SteadyRig
{
    /** One channel's handler sleeps in its read. The other's deadline comes before its bytes are read. */
    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void shouldReportWithNettyPeerThatSpokeWhileTheLoopWasBlocked(final Transport transport) throws Exception
    {
        final Pair peer = connect(transport, new IdleStateHandler(IDLE_MS, 0, 0, TimeUnit.MILLISECONDS));

        block(transport, 500);
        peer.write(1);
        awaitUnblocked();
        peer.server.eventLoop().submit(() -> null).sync();

        // The defect that the others are about: if it is gone, they show nothing.
        assertEquals(1, events.size());
    }

    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    void shouldNotReportPeerThatSpokeWhileTheLoopWasBlocked(final Transport transport) throws Exception
    {
        final Pair peer = connect(transport, steady());

        block(transport, 500);
        peer.write(1);
        awaitUnblocked();
        speak(peer, 600);

        assertEquals(List.of(), List.copyOf(events));
        awaitFirstEvent();
    }

    /** As after a pause of the whole host: nothing has arrived, and what the peer sent comes later. */
    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    void shouldNotReportPeerWhoseBytesAreOnTheirWayAfterStall(final Transport transport) throws Exception
    {
        final Pair peer = connect(transport, steady());

        block(transport, 500);
        awaitUnblocked();
        Thread.sleep(IDLE_MS - 100);
        peer.write(1);
        Thread.sleep(50);

        assertEquals(List.of(), List.copyOf(events));
    }

    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    void shouldReportSilentPeerAfterStallWithinItsBound(final Transport transport) throws Exception
    {
        final Pair peer = connect(transport, steady());
        assertTrue(peer.server.isActive());

        block(transport, 500);
        awaitUnblocked();
        final long beginNs = System.nanoTime();
        awaitFirstEvent();

        final long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beginNs);
        // As long as the stall was, in whole idle times.
        assertTrue(ms <= 2 * IDLE_MS + 200, ms + " ms");
    }

    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    void shouldNotTakePausedReadingForSilence(final Transport transport) throws Exception
    {
        final Pair peer = connect(transport, steady());
        peer.server.eventLoop().submit(() -> peer.server.config().setAutoRead(false)).sync();
        peer.write(1);
        peer.write(1);
        Thread.sleep(50);
        peer.write(1);

        Thread.sleep(3 * IDLE_MS);
        assertEquals(List.of(), List.copyOf(events));

        peer.server.config().setAutoRead(true);
        awaitFirstEvent();
    }

    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    void shouldReportSilenceWhileReadingIsPausedAndNothingWaits(final Transport transport) throws Exception
    {
        final Pair peer = connect(transport, steady());
        peer.server.config().setAutoRead(false);

        awaitFirstEvent();
        assertTrue(peer.server.isOpen());
    }

    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    void shouldReportThoughReadCompleteIsSwallowed(final Transport transport) throws Exception
    {
        final Pair peer = connect(transport, swallower(), steady());
        final Pair ofNetty = connect(
            transport, swallower(), new IdleStateHandler(IDLE_MS, 0, 0, TimeUnit.MILLISECONDS));
        ofNetty.server.pipeline().addLast(new ChannelInboundHandlerAdapter()
        {
            @Override
            public void userEventTriggered(final ChannelHandlerContext ctx, final Object event)
            {
                faults.add(new AssertionError("Netty's own reports as well: " + event));
            }
        });

        ofNetty.server.pipeline().remove(Recorder.class);
        peer.write(1);
        ofNetty.write(1);
        awaitFirstEvent();
    }

    private static ChannelHandler swallower()
    {
        return new ChannelInboundHandlerAdapter()
        {
            @Override
            public void channelReadComplete(final ChannelHandlerContext ctx)
            {
            }
        };
    }

    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    void shouldReportSilenceOfPeerThatEndedItsSide(final Transport transport) throws Exception
    {
        final Pair peer = connect(transport, steady());
        peer.server.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);

        peer.client.shutdownOutput();

        awaitFirstEvent();
        assertTrue(peer.server.isOpen());
        peer.server.writeAndFlush(peer.server.alloc().buffer(1).writeByte(1)).sync();
        assertEquals(1, peer.client.getInputStream().read());
    }

    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    void shouldTakeWritesWithVoidPromises(final Transport transport) throws Exception
    {
        final Pair peer = connect(
            transport, new SteadyIdleStateHandler(0, IDLE_MS, IDLE_MS, TimeUnit.MILLISECONDS));

        for (int i = 0; i < 8; i++)
        {
            peer.server.writeAndFlush(peer.server.alloc().buffer(1).writeByte(1), peer.server.voidPromise());
            Thread.sleep(IDLE_MS / 4);
        }
        assertEquals(List.of(), List.copyOf(events));
        assertEquals(1, peer.client.getInputStream().read());
        awaitFirstEvent();
    }
}
