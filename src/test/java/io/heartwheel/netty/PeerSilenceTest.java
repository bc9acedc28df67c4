package io.heartwheel.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.timeout.IdleStateEvent;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Which deadlines become events, in virtual time. The idle time is 4 s.
 */
class PeerSilenceTest
{
    private static final IdleStateEvent EVENT = IdleStateEvent.READER_IDLE_STATE_EVENT;
    private static final long IDLE_NS = TimeUnit.SECONDS.toNanos(4);

    private final List<String> told = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final ChannelHandlerContext ctx = channel.pipeline().firstContext();
    private final LoopClock clock = new LoopClock(channel.eventLoop());
    private boolean isUnread;
    private boolean isBlind;
    private final PeerSilence silence = new PeerSilence()
    {
        @Override
        void onSilent(final ChannelHandlerContext context, final IdleStateEvent event)
        {
            told.add("silent");
        }

        @Override
        void onSpared(final IdleStateEvent event, final boolean isHeard)
        {
            told.add(isHeard ? "heard" : "unattended");
        }

        @Override
        void onReadCompleteMissing()
        {
            told.add("read complete");
        }
    };

    PeerSilenceTest()
    {
        channel.freezeTime();
        silence.start(clock, new LastLook()
        {
            @Override
            boolean hasUnread(final Channel each)
            {
                return isUnread;
            }

            @Override
            boolean isBlind()
            {
                return isBlind;
            }
        });
    }

    @Test
    void shouldReportSilenceWhileTheLoopAttends() throws Exception
    {
        attend(4_000);
        assertEquals("silent", judge());
        attend(4_000);
        assertEquals("silent", judge());
    }

    @Test
    void shouldTakeUnreadBytesForLifeHoweverOftenAsked() throws Exception
    {
        isUnread = true;
        for (int i = 0; i < 10; i++)
        {
            attend(4_000);
            assertEquals("heard", judge());
        }
        isUnread = false;
        attend(4_000);
        assertEquals("silent", judge());
    }

    @Test
    void shouldRepeatWaitInWhichTheLoopStalled() throws Exception
    {
        attend(3_000);
        stall(2_000);
        assertEquals("unattended", judge());
        attend(4_000);
        assertEquals("silent", judge());
    }

    @Test
    void shouldRepeatWaitInWhichTheLoopStalledAndCameBackInTime() throws Exception
    {
        attend(500);
        stall(3_000);
        attend(500);
        assertEquals("unattended", judge());
        attend(4_000);
        assertEquals("silent", judge());
    }

    @Test
    void shouldNotRepeatWaitForStallBeforeIt() throws Exception
    {
        stall(2_000);
        silence.onRead();
        silence.onReadComplete();
        attend(4_000);
        assertEquals("silent", judge());
    }

    @Test
    void shouldGiveAsLongAsTheStallWas() throws Exception
    {
        attend(1_000);
        stall(10_000);
        assertEquals("unattended", judge());
        attend(4_000);
        assertEquals("unattended", judge());
        attend(4_000);
        assertEquals("unattended", judge());
        attend(4_000);
        assertEquals("silent", judge());
    }

    @Test
    void shouldRepeatEachOfTwoIdleTimesInWhichTheLoopStalled() throws Exception
    {
        attend(3_000);
        stall(1_000);
        assertEquals("unattended", judge());
        attend(4_000);
        assertEquals("silent", judge());
        // The longer of the two began with the stall, and has had less than one full wait since.
        attend(1_000);
        silence.judge(ctx, EVENT, 10 * IDLE_NS);
        assertEquals("unattended", last());
    }

    @Test
    void shouldJudgeThoughTheLoopStallsAllTheTime() throws Exception
    {
        int waits = 0;
        do
        {
            stall(500);
            stall(500);
            stall(500);
            stall(2_500);
            waits++;
        }
        while (!"silent".equals(judge()) && waits < 1_000);

        assertEquals(true, waits > 1 && waits < 50, "silent after " + waits + " waits");
    }

    @Test
    void shouldForgetGraceOfPeerThatWasHeard() throws Exception
    {
        attend(3_000);
        stall(2_000);
        assertEquals("unattended", judge());
        silence.onRead();
        silence.onReadComplete();
        stall(5_000);
        assertEquals("unattended", judge());
        attend(4_000);
        attend(4_000);
        assertEquals("silent", judge());
    }

    @Test
    void shouldLetTheLoopTurnWhereTheLookIsBlind() throws Exception
    {
        isBlind = true;
        attend(4_000);
        silence.judge(ctx, EVENT, IDLE_NS);
        assertEquals(List.of(), told);
        attend(100);
        assertEquals("silent", last());
    }

    @Test
    void shouldNotReportPeerThatIsHeardInTheTurns() throws Exception
    {
        isBlind = true;
        attend(4_000);
        silence.judge(ctx, EVENT, IDLE_NS);
        silence.onRead();
        silence.onReadComplete();
        attend(100);
        assertEquals(List.of(), told);
    }

    @Test
    void shouldNotReportChannelThatIsClosedOrLeftInTheTurns() throws Exception
    {
        isBlind = true;
        attend(4_000);
        silence.judge(ctx, EVENT, IDLE_NS);
        channel.close();
        attend(100);
        assertEquals(List.of(), told);
    }

    @Test
    void shouldSpareChannelBetweenTwoLoops() throws Exception
    {
        silence.stop();
        silence.judge(ctx, EVENT, IDLE_NS);
        assertEquals("unattended", last());
    }

    @Test
    void shouldTellMissingEndOfReadAtTheNextTick()
    {
        silence.onRead();
        silence.onReadComplete();
        attend(1_000);
        assertEquals(List.of(), told);

        silence.onRead();
        silence.onRead();
        attend(1_000);
        assertEquals(List.of("read complete"), told);
    }

    @Test
    void shouldTellMissingEndOfReadWhenAnotherChannelReads()
    {
        silence.onRead();
        clock.onRead(new PeerSilence()
        {
            @Override
            void onSilent(final ChannelHandlerContext context, final IdleStateEvent event)
            {
            }

            @Override
            void onSpared(final IdleStateEvent event, final boolean isHeard)
            {
            }

            @Override
            void onReadCompleteMissing()
            {
            }
        });
        assertEquals(List.of("read complete"), told);
    }

    @Test
    void shouldTellNothingAfterItsEnd()
    {
        silence.onRead();
        silence.stop();
        silence.onRead();
        silence.onReadComplete();
        attend(1_000);
        assertEquals(List.of(), told);
    }

    private String judge() throws Exception
    {
        silence.judge(ctx, EVENT, IDLE_NS);
        return last();
    }

    private String last()
    {
        return told.isEmpty() ? "nothing" : told.get(told.size() - 1);
    }

    private void attend(final long ms)
    {
        for (long left = ms; left > 0; left -= 100)
        {
            stall(Math.min(100, left));
        }
        channel.runPendingTasks();
    }

    private void stall(final long ms)
    {
        channel.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
    }
}
