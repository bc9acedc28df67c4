package io.heartwheel.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.handler.timeout.TimedIdleHandler;
import io.netty.handler.timeout.TimedSteadyHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static io.netty.handler.timeout.IdleStateEvent.ALL_IDLE_STATE_EVENT;
import static io.netty.handler.timeout.IdleStateEvent.FIRST_ALL_IDLE_STATE_EVENT;
import static io.netty.handler.timeout.IdleStateEvent.FIRST_READER_IDLE_STATE_EVENT;
import static io.netty.handler.timeout.IdleStateEvent.FIRST_WRITER_IDLE_STATE_EVENT;
import static io.netty.handler.timeout.IdleStateEvent.READER_IDLE_STATE_EVENT;
import static io.netty.handler.timeout.IdleStateEvent.WRITER_IDLE_STATE_EVENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What Netty's own tests hold of {@link IdleStateHandler}, told anew. Each behaviour is asked of both handlers, so that
 * none is taken for Netty's that is not. Time is virtual.
 */
class IdleBehavioursTest
{
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final List<Object> events = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private long nowNs = 1;
    private boolean isBlocked;
    private EmbeddedChannel channel;
    private IdleStateHandler handler;

    enum Kind
    {
        NETTY, STEADY
    }

    @ParameterizedTest
    @EnumSource
    void shouldReportIdleReaderAtItsTimeAndThenEachPeriod(final Kind kind)
    {
        open(kind, false, 4, 0, 0);

        pass(3_999);
        assertEquals(List.of(), events);
        pass(1);
        assertEquals(List.of(FIRST_READER_IDLE_STATE_EVENT), events);
        pass(3_999);
        assertEquals(1, events.size());
        pass(1);
        pass(4_000);
        assertEquals(List.of(FIRST_READER_IDLE_STATE_EVENT, READER_IDLE_STATE_EVENT, READER_IDLE_STATE_EVENT), events);
    }

    @ParameterizedTest
    @EnumSource
    void shouldReportIdleWriterAtItsTimeAndThenEachPeriod(final Kind kind)
    {
        open(kind, false, 0, 4, 0);

        pass(3_999);
        assertEquals(List.of(), events);
        pass(1);
        pass(4_000);
        assertEquals(List.of(FIRST_WRITER_IDLE_STATE_EVENT, WRITER_IDLE_STATE_EVENT), events);
    }

    @ParameterizedTest
    @EnumSource
    void shouldReportIdleOfBothAtItsTimeAndThenEachPeriod(final Kind kind)
    {
        open(kind, false, 0, 0, 4);

        pass(3_999);
        assertEquals(List.of(), events);
        pass(1);
        pass(4_000);
        assertEquals(List.of(FIRST_ALL_IDLE_STATE_EVENT, ALL_IDLE_STATE_EVENT), events);
    }

    @ParameterizedTest
    @EnumSource
    void shouldCountReaderIdleTimeFromTheLastRead(final Kind kind)
    {
        open(kind, false, 4, 0, 0);

        pass(2_000);
        channel.writeInbound("heard");
        pass(3_999);
        assertEquals(List.of(), events);
        pass(1);
        assertEquals(List.of(FIRST_READER_IDLE_STATE_EVENT), events);
    }

    @ParameterizedTest
    @EnumSource
    void shouldReportFirstIdleAgainAfterRead(final Kind kind)
    {
        open(kind, false, 4, 0, 0);
        pass(4_000);
        pass(4_000);
        channel.writeInbound("heard");
        events.clear();

        pass(4_000);
        pass(4_000);

        assertEquals(List.of(FIRST_READER_IDLE_STATE_EVENT, READER_IDLE_STATE_EVENT), events);
    }

    @ParameterizedTest
    @EnumSource
    void shouldCountWriterIdleTimeFromTheLastWrite(final Kind kind)
    {
        open(kind, false, 0, 4, 0);

        pass(2_000);
        channel.writeAndFlush("sent");
        channel.writeInbound("heard");
        pass(3_999);
        assertEquals(List.of(), events);
        pass(1);
        assertEquals(List.of(FIRST_WRITER_IDLE_STATE_EVENT), events);
    }

    @ParameterizedTest
    @EnumSource
    void shouldCountIdleTimeOfBothFromEither(final Kind kind)
    {
        open(kind, false, 0, 0, 4);

        pass(2_000);
        channel.writeInbound("heard");
        pass(3_000);
        channel.writeAndFlush("sent");
        pass(3_999);
        assertEquals(List.of(), events);
        pass(1);
        assertEquals(List.of(FIRST_ALL_IDLE_STATE_EVENT), events);
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeWritesWithVoidPromises(final Kind kind)
    {
        open(kind, false, 0, 4, 4);

        pass(2_000);
        channel.writeAndFlush("sent", channel.voidPromise());
        pass(3_999);
        assertEquals(List.of(), events);
        pass(1);

        assertTrue(events.contains(FIRST_WRITER_IDLE_STATE_EVENT) && events.contains(FIRST_ALL_IDLE_STATE_EVENT));
        assertEquals(List.of(), faults);
    }

    @ParameterizedTest
    @EnumSource
    void shouldReportNothingWhileReadIsAtWork(final Kind kind)
    {
        open(kind, false, 4, 0, 0);

        channel.pipeline().fireChannelRead("first part");
        pass(4_000);
        assertEquals(List.of(), events);
        channel.pipeline().fireChannelReadComplete();
        pass(3_999);
        assertEquals(List.of(), events);
        pass(1);
        assertEquals(List.of(FIRST_READER_IDLE_STATE_EVENT), events);
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeReaderResetForRead(final Kind kind)
    {
        open(kind, false, 4, 0, 0);

        pass(2_000);
        handler.resetReadTimeout();
        pass(3_999);
        assertEquals(List.of(), events);
        pass(1);
        assertEquals(List.of(FIRST_READER_IDLE_STATE_EVENT), events);
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeWriterResetForWrite(final Kind kind)
    {
        open(kind, false, 0, 4, 0);

        pass(2_000);
        handler.resetWriteTimeout();
        pass(3_999);
        assertEquals(List.of(), events);
        pass(1);
        assertEquals(List.of(FIRST_WRITER_IDLE_STATE_EVENT), events);
    }

    /** Netty since 4.1.135 and 4.2.15. */
    @ParameterizedTest
    @EnumSource
    void shouldReportFirstIdleAgainAfterReset(final Kind kind)
    {
        open(kind, false, 4, 0, 0);
        pass(4_000);
        pass(4_000);
        handler.resetReadTimeout();
        events.clear();

        pass(4_000);

        assertEquals(List.of(FIRST_READER_IDLE_STATE_EVENT), events);
    }

    /** Which progress of a long write Netty counts differs a little by version: ours is the same on each. */
    @Test
    void shouldCountProgressOfLongWritesJustAsNettyDoes()
    {
        final List<Integer> ofNetty = eventsOfLongWrites(Kind.NETTY, true);

        assertEquals(ofNetty, eventsOfLongWrites(Kind.STEADY, true));
        final List<Integer> unobserved = eventsOfLongWrites(Kind.STEADY, false);
        assertEquals(eventsOfLongWrites(Kind.NETTY, false), unobserved);
        assertTrue(ofNetty.get(9) < unobserved.get(9), ofNetty + " of " + unobserved);
    }

    private List<Integer> eventsOfLongWrites(final Kind kind, final boolean observeOutput)
    {
        final List<Integer> counts = new ArrayList<>();
        open(kind, observeOutput, 0, 5, 5);
        isBlocked = true;
        for (int i = 0; i < 6; i++)
        {
            channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[1024]));
        }
        for (final int length : new int[] {0, 1024, 1024, 1024, 100, 100, 100, 0, 824, 0})
        {
            pass(4_000);
            take(length);
            pass(1_000);
            counts.add(events.size() / 2);
        }
        channel.releaseOutbound();
        return counts;
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellItsTimesAndNeverReportTimeOfZero(final Kind kind)
    {
        open(kind, false, 0, 0, 0);
        pass(1_000_000);
        assertEquals(List.of(), events);

        open(kind, false, 1, 2, 3);
        assertEquals(1_000, handler.getReaderIdleTimeInMillis());
        assertEquals(2_000, handler.getWriterIdleTimeInMillis());
        assertEquals(3_000, handler.getAllIdleTimeInMillis());
    }

    @ParameterizedTest
    @EnumSource
    void shouldReportNothingAfterRemovalOrClosing(final Kind kind)
    {
        open(kind, false, 4, 4, 4);
        channel.pipeline().remove(handler);
        pass(100_000);
        assertEquals(List.of(), events);

        open(kind, false, 4, 4, 4);
        channel.close();
        pass(100_000);
        assertEquals(List.of(), events);
    }

    @ParameterizedTest
    @EnumSource
    void shouldBeginWhenAddedLate(final Kind kind)
    {
        open(kind, false, 0, 0, 0);
        pass(3_000);

        add(kind, false, 4, 0, 0);
        pass(3_999);
        assertEquals(List.of(), events);
        pass(1);
        assertEquals(List.of(FIRST_READER_IDLE_STATE_EVENT), events);
    }

    @ParameterizedTest
    @EnumSource
    void shouldReportSilenceOfPeerThatEndedItsSide(final Kind kind)
    {
        open(kind, false, 4, 0, 0);

        channel.pipeline().fireUserEventTriggered(io.netty.channel.socket.ChannelInputShutdownEvent.INSTANCE);
        pass(4_000);

        assertTrue(events.contains(FIRST_READER_IDLE_STATE_EVENT), events::toString);
    }

    @Test
    void shouldTakeTheSameConstructorsAndRefuseTheSame()
    {
        assertEquals(7_000, new SteadyIdleStateHandler(7, 0, 0).getReaderIdleTimeInMillis());
        assertEquals(7, new SteadyIdleStateHandler(0, 7, 0, TimeUnit.MILLISECONDS).getWriterIdleTimeInMillis());
        assertEquals(7, new SteadyIdleStateHandler(true, 0, 0, 7, TimeUnit.MILLISECONDS).getAllIdleTimeInMillis());
        assertEquals(7_000, new SteadyReadTimeoutHandler(7).getReaderIdleTimeInMillis());
        assertEquals(7, new SteadyReadTimeoutHandler(7, TimeUnit.MILLISECONDS).getReaderIdleTimeInMillis());
        assertThrows(NullPointerException.class, () -> new SteadyIdleStateHandler(1, 1, 1, null));
    }

    private void open(
        final Kind kind, final boolean observeOutput, final long reader, final long writer, final long all)
    {
        events.clear();
        channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter())
        {
            @Override
            protected void doWrite(final ChannelOutboundBuffer buffer) throws Exception
            {
                if (!isBlocked)
                {
                    super.doWrite(buffer);
                }
            }
        };
        channel.freezeTime();
        add(kind, observeOutput, reader, writer, all);
    }

    private void add(
        final Kind kind, final boolean observeOutput, final long reader, final long writer, final long all)
    {
        handler = Kind.NETTY == kind ?
            new TimedIdleHandler(() -> nowNs, observeOutput, reader, writer, all) :
            new TimedSteadyHandler(() -> nowNs, observeOutput, reader, writer, all);
        channel.pipeline().addLast(handler, recorder());
    }

    private ChannelHandler recorder()
    {
        return new ChannelInboundHandlerAdapter()
        {
            @Override
            public void userEventTriggered(final ChannelHandlerContext ctx, final Object event)
            {
                events.add(event);
            }

            @Override
            public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause)
            {
                faults.add(cause.toString());
            }
        };
    }

    private void pass(final long ms)
    {
        nowNs += ms * MS;
        channel.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
    }

    private void take(final int length)
    {
        final ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        final int left = ((ByteBuf)buffer.current()).readableBytes();
        buffer.removeBytes(Math.min(length, left));
    }
}
