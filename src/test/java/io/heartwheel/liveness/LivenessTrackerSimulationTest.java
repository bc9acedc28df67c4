package io.heartwheel.liveness;

import io.heartwheel.support.Seed;
import io.heartwheel.wheel.TimingWheel;
import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Compares the tracker with a model, for peers of every kind, polls at random times, occasional stalls, and a clock
 * that overflows. Of each peer the model knows only when it was last heard, and how often it was probed since.
 * <p>
 * Accuracy: no peer is condemned that was heard within the detection time, or was not probed count times, or is within
 * the grace after a stall. Completeness: a silent peer is probed, and is condemned once, at most a tick and a poll
 * after the detection time. A verdict comes later only by the time for which probes and verdict were held up.
 */
class LivenessTrackerSimulationTest implements LivenessHandler
{
    private static final int RUNS = 30;
    private static final int POLLS_PER_RUN = 15_000;
    private static final int SLOTS = 48;
    private static final long MS = 1_000_000;
    private static final long TICK_NS = 1 << 16;
    private static final long LONGEST_GAP_NS = MS / 2;
    private static final long SHORTEST_INTERVAL_NS = 16 * MS;
    private static final long LONGEST_INTERVAL_NS = 100 * MS;
    /**
     * Of a probe, beyond that of its write: by the tick, the wait for others, the poll that asks, and the one that
     * finds it written.
     */
    private static final long LONGEST_DELAY_NS = TICK_NS + LONGEST_INTERVAL_NS / 32 + 2 * LONGEST_GAP_NS;
    private static final long NEVER = Long.MAX_VALUE;

    private enum Kind
    {
        PUNCTUAL, DEAD, LAZY, TALKER
    }

    private static final class Peer
    {
        Kind kind;
        Cadence cadence;
        long diesNs;
        /** A lazy one answers only the probe of this number. */
        int answersProbe;
        long nextWordNs = NEVER;
        long nextWriteNs = NEVER;
        long longestWriteNs;

        long heardNs;
        int askedSinceHeard;
        long writeDelaysNs;
        long stalledNs;
    }

    private static final long PROBE_SLACK_NS = 8 * MS;

    private final Seed seed = Seed.next();
    private final SplittableRandom random = seed.random();
    private final Peer[] peers = new Peer[SLOTS];
    private final int[] condemned = new int[Kind.values().length];

    private int run;
    private int poll;
    private long startNs;
    private LivenessTracker tracker;
    /** From the start. */
    private long nowNs;
    private long lastStallNs;
    private long nextStallNs;

    @Test
    void shouldBeAccurateAndComplete()
    {
        for (run = 0; run < RUNS; run++)
        {
            startNs = Long.MAX_VALUE - POLLS_PER_RUN / 2 * LONGEST_GAP_NS / 2;
            nowNs = 0;
            lastStallNs = -Cadence.MAX_NS;
            nextStallNs = 2_000 * MS;
            tracker = new LivenessTracker(
                new TimingWheel(startNs, TICK_NS, 256, 0), startNs, 0 == run % 2 ? 0 : PROBE_SLACK_NS);
            for (int slot = 0; slot < SLOTS; slot++)
            {
                watch(slot);
            }
            for (poll = 0; poll < POLLS_PER_RUN; poll++)
            {
                step();
            }
            assertTrue(startNs > 0 && startNs + nowNs < 0, () -> "no overflow in the middle: " + where());
        }

        assertEquals(0, condemned[Kind.PUNCTUAL.ordinal()], this::where);
        assertEquals(0, condemned[Kind.LAZY.ordinal()], this::where);
        assertTrue(condemned[Kind.DEAD.ordinal()] > 100, this::where);
        assertTrue(condemned[Kind.TALKER.ordinal()] > 100, this::where);
    }

    private void step()
    {
        if (nowNs >= nextStallNs)
        {
            stall(random.nextLong(300 * MS));
            nextStallNs = nowNs + 3_000 * MS;
        }
        else
        {
            nowNs += random.nextLong(LONGEST_GAP_NS);
        }
        deliver();
        int polls = 0;
        do
        {
            tracker.poll(startNs + nowNs, this, 1 + random.nextInt(40));
            assertTrue(++polls < 10_000, this::where);
        }
        while (tracker.nextDeadlineNs(startNs + nowNs + 1) - (startNs + nowNs) <= 0);
        for (int slot = 0; slot < SLOTS; slot++)
        {
            check(slot);
        }
    }

    private void stall(final long lengthNs)
    {
        nowNs += lengthNs;
        lastStallNs = nowNs;
        for (final Peer peer : peers)
        {
            if (null != peer)
            {
                peer.stalledNs += lengthNs;
            }
        }
        tracker.stalled(startNs + nowNs);
    }

    private void deliver()
    {
        for (int slot = 0; slot < SLOTS; slot++)
        {
            final Peer peer = peers[slot];
            if (null == peer)
            {
                if (random.nextInt(200) == 0)
                {
                    watch(slot);
                }
                continue;
            }
            if (random.nextInt(20_000) == 0)
            {
                tracker.unwatch(slot);
                peers[slot] = null;
                continue;
            }
            if (peer.nextWriteNs <= nowNs)
            {
                written(slot, peer);
            }
            if (peer.nextWordNs <= nowNs)
            {
                peer.nextWordNs = NEVER;
                hear(slot, peer);
            }
        }
    }

    private void hear(final int slot, final Peer peer)
    {
        tracker.heard(slot, startNs + nowNs);
        peer.heardNs = nowNs;
        peer.askedSinceHeard = 0;
        // A probe from before may still be on its way, and stands in for the next one.
        peer.writeDelaysNs = NEVER == peer.nextWriteNs ? 0 : peer.nextWriteNs - nowNs + LONGEST_DELAY_NS;
        peer.stalledNs = 0;
        if (Kind.TALKER == peer.kind)
        {
            peer.nextWordNs = nowNs + random.nextLong(peer.cadence.detectionNs() * 21 / 20);
        }
    }

    private void watch(final int slot)
    {
        final Peer peer = new Peer();
        final int count = random.nextInt(5);
        final long intervalNs = random.nextLong(SHORTEST_INTERVAL_NS, LONGEST_INTERVAL_NS);
        peer.cadence = new Cadence(random.nextLong(2 * MS, 200 * MS), intervalNs, count);
        peer.kind = 0 == count ? Kind.TALKER : Kind.values()[random.nextInt(Kind.values().length)];
        peer.diesNs = nowNs + (Kind.DEAD == peer.kind ? random.nextLong(1_000 * MS) : NEVER / 2);
        peer.answersProbe = 1 + random.nextInt(Math.max(count, 1));
        peer.longestWriteNs = random.nextBoolean() ? 0 : intervalNs / 2;
        peers[slot] = peer;
        assertFalse(tracker.isWatched(slot), this::where);
        tracker.watch(slot, peer.cadence, startNs + nowNs);
        hear(slot, peer);
    }

    @Override
    public void onProbeDue(final int slot, final long givenNs)
    {
        assertEquals(startNs + nowNs, givenNs, this::where);
        final Peer peer = peers[slot];
        assertTrue(peer.cadence.count() > 0, () -> "a passive peer is not asked: " + where());
        if (0 == peer.longestWriteNs)
        {
            written(slot, peer);
        }
        else if (NEVER == peer.nextWriteNs)
        {
            final long delayNs = random.nextLong(peer.longestWriteNs);
            peer.nextWriteNs = nowNs + delayNs;
            peer.writeDelaysNs += delayNs + LONGEST_DELAY_NS;
        }
    }

    private void written(final int slot, final Peer peer)
    {
        peer.nextWriteNs = NEVER;
        ++peer.askedSinceHeard;
        tracker.probeWritten(slot, startNs + nowNs);
        final boolean isAnswered = switch (peer.kind)
        {
            case PUNCTUAL -> true;
            case DEAD -> nowNs < peer.diesNs;
            case LAZY -> peer.askedSinceHeard >= peer.answersProbe;
            case TALKER -> false;
        };
        if (isAnswered && NEVER == peer.nextWordNs)
        {
            peer.nextWordNs = nowNs + random.nextLong(peer.cadence.intervalNs() * 7 / 8 - LONGEST_GAP_NS);
        }
    }

    @Override
    public void onTimeUp(final int slot, final Verdict verdict, final long deadlineNs, final long givenNs)
    {
        final Peer peer = peers[slot];
        final long silenceNs = nowNs - peer.heardNs;
        assertSame(Verdict.SILENT, verdict, this::where);
        assertTrue(silenceNs >= peer.cadence.detectionNs(), () -> "too soon: " + describe(slot));
        assertTrue(peer.askedSinceHeard >= peer.cadence.count(), () -> "not asked: " + describe(slot));
        assertTrue(nowNs - lastStallNs >= peer.cadence.graceNs(), () -> "no grace: " + describe(slot));
        assertTrue(deadlineNs - givenNs <= 0, () -> "before its deadline: " + describe(slot));
        ++condemned[peer.kind.ordinal()];
        peers[slot] = null;
        tracker.unwatch(slot);
    }

    private void check(final int slot)
    {
        final Peer peer = peers[slot];
        assertEquals(null != peer, tracker.isWatched(slot), this::where);
        if (null == peer)
        {
            return;
        }

        assertEquals(startNs + peer.heardNs, tracker.lastHeardNs(slot), this::where);
        final long silenceNs = nowNs - peer.heardNs;
        final long slackNs = TICK_NS + LONGEST_GAP_NS + peer.writeDelaysNs + 2 * peer.stalledNs +
            (peer.stalledNs > 0 ? peer.cadence.graceNs() : 0);
        final long probeSlackNs = Math.min(
            PROBE_SLACK_NS, Math.min(peer.cadence.idleNs(), peer.cadence.intervalNs()) / 32);
        assertTrue(silenceNs <= peer.cadence.detectionNs() + slackNs, () -> "too late: " + describe(slot));
        assertTrue(
            0 == peer.cadence.count() || peer.askedSinceHeard > 0 || NEVER != peer.nextWriteNs ||
                silenceNs <= peer.cadence.idleNs() + probeSlackNs + slackNs,
            () -> "not asked in time: " + describe(slot));
    }

    private String describe(final int slot)
    {
        final Peer peer = peers[slot];
        return "slot " + slot + " " + peer.kind + " " + peer.cadence + " detection " + peer.cadence.detectionNs() +
            " silent for " + (nowNs - peer.heardNs) + " asked " + peer.askedSinceHeard + " last stall ended " +
            (nowNs - lastStallNs) + " ago, " + where();
    }

    private String where()
    {
        return seed + ", run " + run + ", poll " + poll + ", now " + nowNs + " ns after the start";
    }
}
