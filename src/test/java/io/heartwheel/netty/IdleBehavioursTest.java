package io.heartwheel.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.handler.timeout.TimedIdleHandler;
import io.netty.handler.timeout.TimedSteadyHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import static io.netty.handler.timeout.IdleStateEvent.ALL_IDLE_STATE_EVENT;
import static io.netty.handler.timeout.IdleStateEvent.FIRST_ALL_IDLE_STATE_EVENT;
import static io.netty.handler.timeout.IdleStateEvent.FIRST_READER_IDLE_STATE_EVENT;
import static io.netty.handler.timeout.IdleStateEvent.FIRST_WRITER_IDLE_STATE_EVENT;
import static io.netty.handler.timeout.IdleStateEvent.READER_IDLE_STATE_EVENT;
import static io.netty.handler.timeout.IdleStateEvent.WRITER_IDLE_STATE_EVENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What Netty's own tests hold of {@link IdleStateHandler}, told anew. Each behaviour is asked of both handlers, so that
 * none is taken for Netty's that is not. Time is virtual, and an idle time is 4 s where nothing else is said.
 */
@ParameterizedClass
@EnumSource(IdleBehavioursTest.Kind.class)
class IdleBehavioursTest
{
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long IDLE_MS = 4_000;

    private final Kind kind;
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

    IdleBehavioursTest(final Kind kind)
    {
        this.kind = kind;
    }

    /**
     * Nothing is reported before, and these at once when the time is over.
     */
    private void assertIdleAfter(final long idleMs, final IdleStateEvent... expected)
    {
        events.clear();
        pass(idleMs - 1);
        assertEquals(List.of(), events);
        pass(1);
        assertEquals(Set.of(expected), Set.copyOf(events));
        assertEquals(expected.length, events.size());
        assertEquals(List.of(), faults);
    }

    @Test
    void shouldReportIdleReaderAtItsTimeAndThenEachPeriod()
    {
        open(4, 0, 0);
        assertIdleAfter(IDLE_MS, FIRST_READER_IDLE_STATE_EVENT);
        assertIdleAfter(IDLE_MS, READER_IDLE_STATE_EVENT);
        assertIdleAfter(IDLE_MS, READER_IDLE_STATE_EVENT);
    }

    @Test
    void shouldReportIdleWriterAtItsTimeAndThenEachPeriod()
    {
        open(0, 4, 0);
        assertIdleAfter(IDLE_MS, FIRST_WRITER_IDLE_STATE_EVENT);
        assertIdleAfter(IDLE_MS, WRITER_IDLE_STATE_EVENT);
    }

    @Test
    void shouldReportIdleOfBothAtItsTimeAndThenEachPeriod()
    {
        open(0, 0, 4);
        assertIdleAfter(IDLE_MS, FIRST_ALL_IDLE_STATE_EVENT);
        assertIdleAfter(IDLE_MS, ALL_IDLE_STATE_EVENT);
    }

    @Test
    void shouldCountReaderIdleTimeFromTheLastRead()
    {
        open(4, 0, 0);
        pass(2_000);
        channel.writeInbound("heard");
        assertIdleAfter(IDLE_MS, FIRST_READER_IDLE_STATE_EVENT);
    }

    @Test
    void shouldReportFirstIdleAgainAfterRead()
    {
        open(4, 0, 0);
        pass(2 * IDLE_MS);
        channel.writeInbound("heard");
        assertIdleAfter(IDLE_MS, FIRST_READER_IDLE_STATE_EVENT);
        assertIdleAfter(IDLE_MS, READER_IDLE_STATE_EVENT);
    }

    @Test
    void shouldCountWriterIdleTimeFromTheLastWrite()
    {
        open(0, 4, 0);
        pass(2_000);
        channel.writeAndFlush("sent");
        channel.writeInbound("heard");
        assertIdleAfter(IDLE_MS, FIRST_WRITER_IDLE_STATE_EVENT);
    }

    @Test
    void shouldCountIdleTimeOfBothFromEither()
    {
        open(0, 0, 4);
        pass(2_000);
        channel.writeInbound("heard");
        pass(3_000);
        channel.writeAndFlush("sent");
        assertIdleAfter(IDLE_MS, FIRST_ALL_IDLE_STATE_EVENT);
    }

    @Test
    void shouldTakeWritesWithVoidPromises()
    {
        open(0, 4, 4);
        pass(2_000);
        channel.writeAndFlush("sent", channel.voidPromise());
        assertIdleAfter(IDLE_MS, FIRST_WRITER_IDLE_STATE_EVENT, FIRST_ALL_IDLE_STATE_EVENT);
    }

    @Test
    void shouldReportNothingWhileReadIsAtWork()
    {
        open(4, 0, 0);
        channel.pipeline().fireChannelRead("first part");
        pass(IDLE_MS);
        assertEquals(List.of(), events);
        channel.pipeline().fireChannelReadComplete();
        assertIdleAfter(IDLE_MS, FIRST_READER_IDLE_STATE_EVENT);
    }

    @Test
    void shouldTakeReaderResetForRead()
    {
        open(4, 0, 0);
        pass(2_000);
        handler.resetReadTimeout();
        assertIdleAfter(IDLE_MS, FIRST_READER_IDLE_STATE_EVENT);
    }

    @Test
    void shouldTakeWriterResetForWrite()
    {
        open(0, 4, 0);
        pass(2_000);
        handler.resetWriteTimeout();
        assertIdleAfter(IDLE_MS, FIRST_WRITER_IDLE_STATE_EVENT);
    }

    /** Netty since 4.1.135 and 4.2.15. */
    @Test
    void shouldReportFirstIdleAgainAfterReset()
    {
        open(4, 0, 0);
        pass(2 * IDLE_MS);
        handler.resetReadTimeout();
        assertIdleAfter(IDLE_MS, FIRST_READER_IDLE_STATE_EVENT);
    }

    /** Which progress of a long write Netty counts differs a little by version: ours is the same on each. */
    @Test
    void shouldCountProgressOfLongWritesJustAsNettyDoes()
    {
        final List<Integer> observed = eventsOfLongWrites(kind, true);
        final List<Integer> unobserved = eventsOfLongWrites(kind, false);
        assertEquals(eventsOfLongWrites(Kind.NETTY, true), observed);
        assertEquals(eventsOfLongWrites(Kind.NETTY, false), unobserved);
        assertTrue(observed.get(9) < unobserved.get(9), observed + " of " + unobserved);
    }

    private List<Integer> eventsOfLongWrites(final Kind which, final boolean observeOutput)
    {
        final List<Integer> counts = new ArrayList<>();
        open(which, observeOutput, 0, 5, 5);
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

    @Test
    void shouldTellItsTimesAndNeverReportTimeOfZero()
    {
        open(0, 0, 0);
        pass(1_000_000);
        assertEquals(List.of(), events);

        open(1, 2, 3);
        assertEquals(1_000, handler.getReaderIdleTimeInMillis());
        assertEquals(2_000, handler.getWriterIdleTimeInMillis());
        assertEquals(3_000, handler.getAllIdleTimeInMillis());
    }

    @Test
    void shouldReportNothingAfterRemovalOrClosing()
    {
        open(4, 4, 4);
        channel.pipeline().remove(handler);
        pass(100_000);
        assertEquals(List.of(), events);

        open(4, 4, 4);
        channel.close();
        pass(100_000);
        assertEquals(List.of(), events);
    }

    @Test
    void shouldBeginWhenAddedLate()
    {
        open(0, 0, 0);
        pass(3_000);
        add(kind, false, 4, 0, 0);
        assertIdleAfter(IDLE_MS, FIRST_READER_IDLE_STATE_EVENT);
    }

    @Test
    void shouldReportSilenceOfPeerThatEndedItsSide()
    {
        open(4, 0, 0);
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertIdleAfter(IDLE_MS, FIRST_READER_IDLE_STATE_EVENT);
    }

    private void open(final long reader, final long writer, final long all)
    {
        open(kind, false, reader, writer, all);
    }

    private void open(
        final Kind which, final boolean observeOutput, final long reader, final long writer, final long all)
    {
        isBlocked = false;
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
        add(which, observeOutput, reader, writer, all);
    }

    private void add(
        final Kind which, final boolean observeOutput, final long reader, final long writer, final long all)
    {
        handler = Kind.NETTY == which ?
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
