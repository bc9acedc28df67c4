package io.heartwheel.netty;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.netty.PeerLostEvent.Cause;
import io.heartwheel.netty.PeerLostEvent.Reason;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.timeout.IdleStateEvent;
import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * One channel, in the virtual time of an EmbeddedChannel.
 */
class LivenessHandlerTest
{
    private static final long IDLE_MS = 1_000;
    private static final long INTERVAL_MS = 500;
    private static final Cadence PASSIVE = Cadence.passive(MILLISECONDS.toNanos(IDLE_MS));
    /** First PING after 1 s, loss after 2 s. */
    private static final Cadence ASKING =
        new Cadence(MILLISECONDS.toNanos(IDLE_MS), MILLISECONDS.toNanos(INTERVAL_MS), 2);
    private static final long DETECTION_MS = IDLE_MS + 2 * INTERVAL_MS;
    /** A tick of the wheel, another one as this transport has nothing to ask, and two steps of time. */
    private static final long LATE_MS = 20;

    private final Probe probe = (channel) -> Unpooled.copyInt(7);

    private static LivenessContext passive()
    {
        return new LivenessContext().cadence(PASSIVE);
    }

    private LivenessContext asking()
    {
        return new LivenessContext().cadence(ASKING).probe(probe).probeSlackNs(0);
    }

    @Test
    void shouldLosePeerThatIsSilentForTheDetectionTime()
    {
        final Liveness liveness = new Liveness(passive());
        final EmbeddedPeer peer = new EmbeddedPeer(liveness.newHandler());
        peer.passMs(IDLE_MS - 1);
        assertEquals(List.of(), peer.lost);

        peer.passMs(LATE_MS + 1);
        assertEquals(1, peer.lost.size());
        final PeerLostEvent event = peer.lost.get(0);
        assertEquals(Reason.SILENT, event.reason());
        assertEquals(Cause.UNKNOWN, event.cause());
        assertEquals(0, event.probes());
        assertTrue(event.silenceNs() >= PASSIVE.idleNs(), event::toString);
        assertTrue(event.latenessNs() <= MILLISECONDS.toNanos(LATE_MS), event::toString);
        assertFalse(peer.channel.isOpen());
        assertEquals(0, liveness.metrics().watchedCount());
        assertEquals(1, liveness.metrics().lostCount(Reason.SILENT, Cause.UNKNOWN));
        assertEquals(1, liveness.metrics().lateness().getTotalCount());
    }

    @Test
    void shouldKeepPeerThatSpeaksInTime()
    {
        final EmbeddedPeer peer = new EmbeddedPeer(new Liveness(passive()).newHandler());
        for (int i = 0; i < 5; i++)
        {
            peer.passMs(IDLE_MS - 1);
            peer.speak();
        }
        assertEquals(List.of(), peer.lost);
        assertTrue(peer.channel.isOpen());
    }

    @Test
    void shouldCountPeerThatWasNearlyGivenUp()
    {
        final Liveness liveness = new Liveness(passive());
        final EmbeddedPeer peer = new EmbeddedPeer(liveness.newHandler());
        peer.passMs(IDLE_MS * 3 / 4);
        peer.speak();
        assertEquals(0, liveness.metrics().closeCallCount());

        peer.passMs(IDLE_MS * 3 / 4 + 5);
        peer.speak();
        assertEquals(1, liveness.metrics().closeCallCount());
    }

    @Test
    void shouldNotJudgeChannelWhoseCadenceIsOff()
    {
        final Liveness liveness = new Liveness(passive());
        final EmbeddedPeer peer = new EmbeddedPeer(liveness.newHandler());
        liveness.cadence(peer.channel, Cadence.OFF);
        peer.passMs(3 * IDLE_MS);
        peer.speak();
        peer.passMs(3 * IDLE_MS);
        assertEquals(List.of(), peer.lost);
        assertEquals(1, liveness.metrics().watchedCount());
        assertEquals(0, liveness.metrics().closeCallCount());
    }

    @Test
    void shouldAskSilentPeerAndLoseItAfterTheCount()
    {
        final Liveness liveness = new Liveness(asking());
        final EmbeddedPeer peer = heardPeer(liveness);
        peer.passMs(IDLE_MS - 1);
        assertEquals(0, peer.takeWritten());

        peer.passMs(LATE_MS);
        assertEquals(1, peer.takeWritten());
        peer.passMs(INTERVAL_MS);
        assertEquals(1, peer.takeWritten());
        peer.passMs(INTERVAL_MS);
        assertEquals(0, peer.takeWritten());
        assertEquals(2, peer.lost.get(0).probes());
        assertTrue(liveness.metrics().probeCount() >= 2);
    }

    @Test
    void shouldKeepPeerThatAnswersTheLastProbe()
    {
        final EmbeddedPeer peer = heardPeer(new Liveness(asking()));
        for (int i = 0; i < 5; i++)
        {
            peer.passMs(DETECTION_MS - 10);
            assertEquals(2, peer.takeWritten());
            peer.speak();
        }
        assertEquals(List.of(), peer.lost);
    }

    /**
     * A peer that has been heard is past the phase that sets it off from others.
     */
    private static EmbeddedPeer heardPeer(final Liveness liveness, final ChannelHandler... others)
    {
        final ChannelHandler[] handlers = new ChannelHandler[others.length + 1];
        handlers[0] = liveness.newHandler();
        System.arraycopy(others, 0, handlers, 1, others.length);
        final EmbeddedPeer peer = new EmbeddedPeer(handlers);
        peer.passMs(IDLE_MS);
        peer.speak();
        peer.takeWritten();
        return peer;
    }

    @Test
    void shouldBeginTheWaitWhenTheProbeWasFlushed()
    {
        final Held held = new Held();
        final EmbeddedPeer peer = heardPeer(new Liveness(asking()), held);
        peer.passMs(IDLE_MS + LATE_MS);
        held.isHolding = true;
        peer.passMs(INTERVAL_MS);
        // The second probe is held back, as by a handshake of TLS. It asks nothing yet.
        assertEquals(1, held.held.size());
        peer.passMs(INTERVAL_MS + LATE_MS);
        assertEquals(List.of(), peer.lost);

        held.release();
        peer.passMs(INTERVAL_MS - LATE_MS);
        assertEquals(List.of(), peer.lost);
        peer.passMs(2 * LATE_MS);
        assertEquals(Reason.SILENT, peer.lost.get(0).reason());
    }

    @Test
    void shouldTellTheApplicationThatItsProbeCannotBeWritten()
    {
        final IllegalStateException failure = new IllegalStateException("no such message");
        final EmbeddedPeer peer = heardPeer(new Liveness(asking()), new ChannelOutboundHandlerAdapter()
        {
            @Override
            public void write(final ChannelHandlerContext ctx, final Object message, final ChannelPromise promise)
            {
                promise.setFailure(failure);
            }
        });
        peer.failures.clear();
        peer.passMs(IDLE_MS + LATE_MS);
        assertEquals(List.of(failure), peer.failures);
        assertEquals(List.of(), peer.lost);

        peer.passMs(DETECTION_MS + LATE_MS);
        assertEquals(Reason.WRITE_STALLED, peer.lost.get(0).reason());
        assertEquals(Cause.US, peer.lost.get(0).cause());
    }

    @Test
    void shouldTakeProbeThatThrowsOrIsMissingForAQuestion()
    {
        final IllegalStateException failure = new IllegalStateException("no question");
        final Probe failing = (channel) ->
        {
            throw failure;
        };
        for (final Probe none : List.<Probe>of(failing, (channel) -> null))
        {
            final EmbeddedPeer peer = heardPeer(new Liveness(asking().probe(none)));
            assertEquals(0, peer.takeWritten());
            peer.passMs(DETECTION_MS - 10);
            assertEquals(List.of(), peer.lost);
            peer.passMs(LATE_MS + 10);
            assertEquals(Reason.SILENT, peer.lost.get(0).reason());
            assertEquals(none == failing, peer.failures.contains(failure));
        }
    }

    @Test
    void shouldLosePeerThatTakesNoBytes()
    {
        final EmbeddedPeer peer = new EmbeddedPeer(new Liveness(passive()).newHandler());
        peer.isBlocked = true;
        peer.channel.writeOneOutbound(Unpooled.copyInt(1));
        peer.channel.flushOutbound();
        for (int i = 0; i < 19; i++)
        {
            peer.speak();
            peer.passMs(IDLE_MS / 10);
        }
        assertEquals(List.of(), peer.lost);
        // The first look finds it waiting; after one more detection time without progress it is lost.
        peer.speak();
        peer.passMs(IDLE_MS / 10 + LATE_MS);
        assertEquals(Reason.WRITE_STALLED, peer.lost.get(0).reason());
    }

    @Test
    void shouldKeepPeerThatTakesBytesSlowly()
    {
        final EmbeddedPeer peer = new EmbeddedPeer(new Liveness(passive()).newHandler());
        for (int i = 0; i < 50; i++)
        {
            peer.speak();
            peer.isBlocked = false;
            peer.channel.flushOutbound();
            peer.isBlocked = true;
            peer.channel.writeOneOutbound(Unpooled.copyInt(1));
            peer.channel.flushOutbound();
            peer.passMs(IDLE_MS / 10);
        }
        assertEquals(List.of(), peer.lost);
    }

    @Test
    void shouldNotWatchChannelThatIsStopped()
    {
        final Liveness liveness = new Liveness(asking());
        final EmbeddedPeer peer = heardPeer(liveness);
        liveness.stop(peer.channel);
        assertEquals(0, liveness.metrics().watchedCount());
        assertEquals(-1, liveness.silenceNs(peer.channel));
        peer.passMs(3 * DETECTION_MS);
        assertEquals(List.of(), peer.lost);
        assertEquals(0, peer.takeWritten());

        liveness.start(peer.channel);
        assertEquals(0, liveness.silenceNs(peer.channel));
        peer.passMs(DETECTION_MS - 10);
        assertEquals(List.of(), peer.lost);
        peer.passMs(DETECTION_MS);
        assertEquals(Reason.SILENT, peer.lost.get(0).reason());
    }

    @Test
    void shouldRememberItsCadenceWhileStopped()
    {
        final Liveness liveness = new Liveness(passive());
        final EmbeddedPeer peer = new EmbeddedPeer(liveness.newHandler());
        liveness.cadence(peer.channel, Cadence.passive(3 * PASSIVE.idleNs()));
        liveness.stop(peer.channel);
        liveness.start(peer.channel);
        peer.passMs(3 * IDLE_MS - 1);
        assertEquals(List.of(), peer.lost);
        peer.passMs(LATE_MS + 1);
        assertEquals(1, peer.lost.size());
    }

    @Test
    void shouldWatchByTheCadenceOfTheChannel()
    {
        final Liveness liveness = new Liveness(passive());
        final EmbeddedPeer peer = new EmbeddedPeer(liveness.newHandler());
        liveness.cadence(peer.channel, Cadence.passive(PASSIVE.idleNs() / 10));
        peer.passMs(IDLE_MS / 10 - 1);
        assertEquals(List.of(), peer.lost);
        peer.passMs(LATE_MS + 1);
        assertEquals(1, peer.lost.size());
    }

    @Test
    void shouldLosePeerThatIsNotStartedInTimeWhateverItSends()
    {
        final Liveness liveness = new Liveness(passive().startTimeoutNs(2 * PASSIVE.idleNs()));
        final EmbeddedPeer peer = new EmbeddedPeer(liveness.newHandler());
        for (int i = 0; i < 19; i++)
        {
            peer.speak();
            peer.passMs(IDLE_MS / 10);
        }
        assertEquals(List.of(), peer.lost);
        peer.speak();
        peer.passMs(IDLE_MS / 10 + LATE_MS);
        assertEquals(Reason.START_TIMEOUT, peer.lost.get(0).reason());
    }

    @Test
    void shouldWatchByItsCadenceOnceStarted()
    {
        final Liveness liveness = new Liveness(passive().startTimeoutNs(PASSIVE.idleNs() / 2));
        final EmbeddedPeer peer = new EmbeddedPeer(liveness.newHandler());
        peer.passMs(IDLE_MS / 2 - 1);
        liveness.start(peer.channel);
        peer.passMs(IDLE_MS - 1);
        assertEquals(List.of(), peer.lost);
        peer.passMs(LATE_MS + 1);
        assertEquals(Reason.SILENT, peer.lost.get(0).reason());
    }

    @Test
    void shouldTellAgainWhenTheApplicationDoesNotClose()
    {
        final Liveness liveness = new Liveness(passive().lossAction(LossAction.EVENT_ONLY));
        final EmbeddedPeer peer = new EmbeddedPeer(liveness.newHandler());
        peer.passMs(IDLE_MS + LATE_MS);
        assertEquals(1, peer.lost.size());
        assertTrue(peer.channel.isOpen());
        peer.passMs(IDLE_MS + LATE_MS);
        assertEquals(2, peer.lost.size());
        peer.channel.close();
        assertEquals(0, liveness.metrics().watchedCount());
    }

    @Test
    void shouldFireIdleStateEventForHandlersThatWaitForIt()
    {
        final EmbeddedPeer peer = new EmbeddedPeer(new Liveness(passive().idleStateEvents(true)).newHandler());
        peer.passMs(IDLE_MS + LATE_MS);
        assertEquals(
            List.of(IdleStateEvent.FIRST_READER_IDLE_STATE_EVENT, peer.lost.get(0)), peer.events);
    }

    /** Holds writes back. */
    private static final class Held extends ChannelOutboundHandlerAdapter
    {
        final Queue<Runnable> held = new ArrayDeque<>();
        boolean isHolding;

        @Override
        public void write(final ChannelHandlerContext ctx, final Object message, final ChannelPromise promise)
        {
            if (isHolding)
            {
                held.add(() -> ctx.writeAndFlush(message, promise));
            }
            else
            {
                ctx.write(message, promise);
            }
        }

        void release()
        {
            isHolding = false;
            held.forEach(Runnable::run);
        }
    }
}
