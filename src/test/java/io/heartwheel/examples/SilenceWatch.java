package io.heartwheel.examples;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.liveness.LivenessHandler;
import io.heartwheel.liveness.LivenessTracker;
import io.heartwheel.liveness.Verdict;
import io.heartwheel.wheel.TimingWheel;

/** What a host that has a selector of its own adds to it. Every method is called by the thread of the selector. */
final class SilenceWatch implements LivenessHandler
{
    /** What the host does with a socket, known by its slot: a small number of its own choice. */
    interface Sockets
    {
        /** Hand the kernel a question; true if it took it whole. */
        boolean ask(int slot);

        /** Read what is there, and tell {@link #heard(int)} if there is any. */
        void read(int slot);

        /** The peer is gone: close, and tell {@link #closed(int)}. */
        void lose(int slot, Verdict verdict);
    }

    private static final long STALL_NS = 100_000_000;
    private static final int POLL_LIMIT = 1_000;

    private final Sockets sockets;
    private final LivenessTracker tracker;
    private long sampleNs = System.nanoTime();
    private long stalledNs;

    SilenceWatch(final Sockets sockets)
    {
        this.sockets = sockets;
        tracker = new LivenessTracker(new TimingWheel(sampleNs, 1 << 20, 1 << 12, 0), sampleNs, 0);
    }

    /** The time, less what this thread was away for without meaning to: that is not held against the peers. */
    long sample(final long parkedNs)
    {
        final long gapNs = System.nanoTime() - sampleNs;
        sampleNs += gapNs;
        if (gapNs - parkedNs > STALL_NS)
        {
            stalledNs += gapNs - parkedNs - STALL_NS;
            tracker.stalled(sampleNs - stalledNs);
        }
        return sampleNs - stalledNs;
    }

    void opened(final int slot, final Cadence cadence)
    {
        tracker.watch(slot, cadence, sample(0));
    }

    void heard(final int slot)
    {
        tracker.heard(slot, sample(0));
    }

    void closed(final int slot)
    {
        tracker.unwatch(slot);
    }

    /** How long the selector may wait. */
    long parkNs(final long mostNs)
    {
        final long nowNs = sample(0);
        return Math.max(0, Math.min(mostNs, tracker.nextDeadlineNs(nowNs + mostNs) - nowNs));
    }

    /** Once a turn: all that came before this time has been read. */
    void judge(final long heardUntilNs)
    {
        tracker.poll(heardUntilNs, this, POLL_LIMIT);
    }

    @Override
    public void onProbeDue(final int slot, final long nowNs)
    {
        // The wait for an answer begins when the kernel has the question. One that it does not take asks nothing.
        if (sockets.ask(slot))
        {
            tracker.probeWritten(slot, sample(0));
        }
    }

    @Override
    public void onTimeUp(final int slot, final Verdict verdict, final long deadlineNs, final long nowNs)
    {
        // The last look: a peer that this read hears is alive, and one whose end it finds is closed already.
        final long lastHeardNs = tracker.lastHeardNs(slot);
        sockets.read(slot);
        if (tracker.isWatched(slot) && lastHeardNs == tracker.lastHeardNs(slot))
        {
            sockets.lose(slot, verdict);
        }
    }
}
