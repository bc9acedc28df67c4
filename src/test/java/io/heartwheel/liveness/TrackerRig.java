package io.heartwheel.liveness;

import io.heartwheel.wheel.TimingWheel;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A tracker in virtual time. All times count from {@link #settle}, or else from the start; the clock of the tracker
 * overflows some seconds after its start. By default probes are written at once, last looks find nothing, and the poll
 * comes exactly when the tracker wants it.
 */
final class TrackerRig implements LivenessHandler
{
    static final long MS = 1_000_000L;
    static final long SECOND = 1_000 * MS;
    static final long TICK_NS = 1 << 14;
    static final int NO_LIMIT = Integer.MAX_VALUE;

    /**
     * What the tracker asked for.
     *
     * @param verdict    or null if it is a probe.
     * @param slot       in question.
     * @param nowNs      when it asked.
     * @param deadlineNs of a verdict.
     */
    record Event(Verdict verdict, int slot, long nowNs, long deadlineNs)
    {
        boolean isProbe()
        {
            return null == verdict;
        }
    }

    /**
     * What to do when a probe is due, or when unsent bytes may be tried again.
     */
    @FunctionalInterface
    interface SlotAction
    {
        void onSlot(int slot);
    }

    /**
     * What the last look finds.
     */
    @FunctionalInterface
    interface LastLook
    {
        boolean isCondemned(int slot, Verdict verdict);
    }

    final List<Event> events = new ArrayList<>();
    final TimingWheel wheel;
    final LivenessTracker tracker;
    SlotAction probeAction = this::probeWritten;
    SlotAction unsentAction = TrackerRig::leave;
    LastLook lastLook = (slot, verdict) -> true;
    /** How much later than wanted each poll comes. */
    long pollDelayNs;

    private long zeroNs;
    private long nowNs;

    TrackerRig()
    {
        this(Long.MAX_VALUE - 20 * SECOND);
    }

    TrackerRig(final long startNs)
    {
        this(startNs, 0);
    }

    TrackerRig(final long startNs, final long probeSlackNs)
    {
        zeroNs = startNs;
        nowNs = startNs;
        wheel = new TimingWheel(startNs, TICK_NS, 1 << 12, 0);
        tracker = new LivenessTracker(wheel, startNs, probeSlackNs);
    }

    @Override
    public void onProbeDue(final int slot, final long givenNs)
    {
        assertEquals(nowNs, givenNs);
        events.add(new Event(null, slot, now(), 0));
        probeAction.onSlot(slot);
    }

    @Override
    public void onUnsent(final int slot, final long givenNs)
    {
        assertEquals(nowNs, givenNs);
        unsentAction.onSlot(slot);
    }

    @Override
    public void onTimeUp(final int slot, final Verdict verdict, final long deadlineNs, final long givenNs)
    {
        assertEquals(nowNs, givenNs);
        assertTrue(deadlineNs - nowNs <= 0, "judged before its time");
        assertTrue(tracker.isWatched(slot));
        events.add(new Event(verdict, slot, now(), deadlineNs - zeroNs));
        if (lastLook.isCondemned(slot, verdict))
        {
            tracker.unwatch(slot);
        }
    }

    private static void leave(final int slot)
    {
    }

    long now()
    {
        return nowNs - zeroNs;
    }

    void watch(final int slot, final Cadence cadence)
    {
        tracker.watch(slot, cadence, nowNs);
    }

    /**
     * Watch slots until the spreading of their phases is over, and hear them all: that is time zero.
     */
    TrackerRig settle(final Cadence cadence, final int... slots)
    {
        for (final int slot : slots)
        {
            watch(slot, cadence);
        }
        if (!cadence.isOff() && !cadence.isPassive())
        {
            runTo(now() + cadence.idleNs() / 2);
            heard(slots);
            runTo(now() + cadence.idleNs() / 2 + TICK_NS);
        }
        heard(slots);
        events.clear();
        zeroNs = nowNs;
        return this;
    }

    void heard(final int... slots)
    {
        for (final int slot : slots)
        {
            tracker.heard(slot, nowNs);
        }
    }

    void probeWritten(final int slot)
    {
        tracker.probeWritten(slot, nowNs);
    }

    void writeBlocked(final int slot, final boolean progressed)
    {
        tracker.writeBlocked(slot, progressed, nowNs);
    }

    void cadence(final int slot, final Cadence cadence)
    {
        tracker.cadence(slot, cadence, nowNs);
    }

    void stalled()
    {
        tracker.stalled(nowNs);
    }

    /**
     * Let the time pass without any attention.
     */
    void skipTo(final long toNs)
    {
        assertTrue(toNs >= now(), "back in time");
        nowNs = zeroNs + toNs;
    }

    int poll()
    {
        return tracker.poll(nowNs, this, NO_LIMIT);
    }

    /**
     * Let the time pass, polling whenever the tracker wants it.
     */
    void runTo(final long toNs)
    {
        final long endNs = zeroNs + toNs;
        assertTrue(toNs >= now(), "back in time");
        int polls = 0;
        while (true)
        {
            final long nextNs = tracker.nextDeadlineNs(endNs + 1) + pollDelayNs;
            if (nextNs - endNs > 0)
            {
                break;
            }
            if (nextNs - nowNs > 0)
            {
                nowNs = nextNs;
            }
            poll();
            assertTrue(++polls < 1_000_000, "spins");
        }
        nowNs = endNs;
    }

    void assertNothing()
    {
        assertEquals(List.of(), events);
    }

    /**
     * Check that the only events since the last check were probes of a slot at these times, a tick later at most, and
     * forget them.
     */
    void assertProbedAt(final int slot, final long... timesNs)
    {
        assertEquals(timesNs.length, events.size(), events::toString);
        for (int i = 0; i < timesNs.length; i++)
        {
            final Event event = events.get(i);
            final long timeNs = timesNs[i];
            assertTrue(event.isProbe() && slot == event.slot(), events::toString);
            assertTrue(
                event.nowNs() >= timeNs && event.nowNs() < timeNs + TICK_NS + pollDelayNs,
                () -> "not at " + timeNs + ": " + events);
        }
        events.clear();
    }

    /**
     * Check that the only event since the last check was this verdict, a tick late at most, and forget it.
     */
    void assertCondemned(final int slot, final Verdict verdict, final long deadlineNs)
    {
        assertEquals(1, events.size(), events::toString);
        final Event event = events.get(0);
        assertEquals(verdict, event.verdict(), events::toString);
        assertEquals(slot, event.slot(), events::toString);
        assertEquals(deadlineNs, event.deadlineNs(), events::toString);
        assertTrue(event.nowNs() - deadlineNs < TICK_NS + pollDelayNs, events::toString);
        assertEquals(false, tracker.isWatched(slot));
        events.clear();
    }
}
