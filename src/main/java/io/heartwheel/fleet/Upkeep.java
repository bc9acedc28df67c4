package io.heartwheel.fleet;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes the registry what this node knows to be true. All buckets are verified when the engine may have lost something,
 * those in which this node owns something first, and each bucket once in a while in any case. That is in full: what the
 * engine has of this node and should not is erased too. Where only what is owned may have been replaced, only that is
 * verified.
 */
final class Upkeep implements Work
{
    private final FleetSettings settings;
    private final int buckets;
    private final Sessions sessions;
    private final Lease lease;
    private final EngineClock clock;
    private final Takeovers takeovers;
    private final Routing routing;
    private final Sweeps sweeps;
    private final FleetCounts counts;
    private final SplittableRandom random;
    private final BitSet due = new BitSet();
    private final BitSet urgent = new BitSet();
    private final BitSet full = new BitSet();
    private final long periodNs;
    private long beginNs;
    private long routineNs;
    private int routineBucket;
    private int lastBucket = -1;
    private boolean isSweepsTurn;

    Upkeep(
        final FleetSettings settings,
        final int buckets,
        final Sessions sessions,
        final Lease lease,
        final EngineClock clock,
        final Takeovers takeovers,
        final Routing routing,
        final Sweeps sweeps,
        final FleetCounts counts,
        final SplittableRandom random,
        final long nowNs)
    {
        this.settings = settings;
        this.buckets = buckets;
        this.sessions = sessions;
        this.lease = lease;
        this.clock = clock;
        this.takeovers = takeovers;
        this.routing = routing;
        this.sweeps = sweeps;
        this.counts = counts;
        this.random = random;
        periodNs = settings.verifyNs() / buckets;
        beginNs = nowNs;
        routineNs = nowNs + periodNs;
        routineBucket = random.nextInt(buckets);
    }

    /** Leases have ended. */
    void sweep(final Collection<String> deadLeases)
    {
        sweeps.add(deadLeases);
    }

    /** The engine has lost data, or may have: all nodes find that at once, and are spread. */
    void onLoss(final long nowNs)
    {
        sweeps.clear();
        verifyAll(nowNs);
        beginNs = nowNs + random.nextLong(settings.spreadNs() + 1);
    }

    /** What the engine has may be other than what is known here. */
    void verifyAll(final long nowNs)
    {
        if (due.isEmpty())
        {
            beginNs = nowNs;
        }
        full.set(0, buckets);
        due.set(0, buckets);
        for (int bucket = 0; bucket < buckets; bucket++)
        {
            urgent.set(bucket, !sessions.isEmpty(bucket));
        }
    }

    /**
     * A node has ended, and with it what it had not told yet: that it had the identities of connections that are here.
     * All nodes find that at once, and are spread.
     */
    void onNodeEnded(final long nowNs)
    {
        if (due.isEmpty())
        {
            beginNs = nowNs + random.nextLong(settings.spreadNs() + 1);
        }
        for (int bucket = 0; bucket < buckets; bucket++)
        {
            look(bucket);
        }
    }

    @Override
    public Exchange<?> next(final long nowNs)
    {
        if (!lease.isHeld(nowNs))
        {
            return null;
        }
        if (sessions.takeOverflow())
        {
            counts.add(FleetCounter.RELEASES_OVERFLOWN, 1);
            verifyAll(nowNs);
        }
        lookWhereAsked();
        if (routineNs - nowNs <= 0)
        {
            routineNs = nowNs + periodNs;
            routineBucket = (routineBucket + 1) % buckets;
            due.set(routineBucket);
            full.set(routineBucket);
        }
        isSweepsTurn = !isSweepsTurn;
        final Exchange<?> first = isSweepsTurn ? sweeps.next(nowNs) : verify(nowNs);
        return null != first ? first : isSweepsTurn ? verify(nowNs) : sweeps.next(nowNs);
    }

    private void lookWhereAsked()
    {
        final BitSet asked = routing.toLookAt();
        for (int bucket = asked.nextSetBit(0); bucket >= 0 && bucket < buckets; bucket = asked.nextSetBit(bucket + 1))
        {
            look(bucket);
        }
        asked.clear();
    }

    /** Where nothing is owned, nothing can have been replaced. */
    private void look(final int bucket)
    {
        if (!sessions.isEmpty(bucket))
        {
            urgent.set(bucket);
            due.set(bucket);
        }
    }

    private Exchange<VerifyReply> verify(final long nowNs)
    {
        final int bucket = beginNs - nowNs > 0 ? -1 : nextBucket();
        return bucket < 0 ? null : verify(bucket, nowNs);
    }

    /** Each has its turn, so that one that the engine fails for does not keep the others waiting. */
    private int nextBucket()
    {
        lastBucket = after(lastBucket, urgent.isEmpty() ? due : urgent);
        return lastBucket;
    }

    private static int after(final int last, final BitSet buckets)
    {
        final int next = buckets.nextSetBit(last + 1);
        return next < 0 ? buckets.nextSetBit(0) : next;
    }

    private Exchange<VerifyReply> verify(final int bucket, final long nowNs)
    {
        final boolean isFull = full.get(bucket);
        urgent.clear(bucket);
        due.clear(bucket);
        full.clear(bucket);
        final String name = lease.name();
        final long deadlineUs = clock.leastUs(nowNs) + settings.claimNs() / 1_000;
        final List<LocalSession> owned = sessions.owned(bucket);
        final List<Session> known = new ArrayList<>(owned.size());
        owned.forEach((session) -> known.add(session.session(name)));
        return new Exchange<>(
            (engine) -> engine.verify(bucket, name, known, isFull, deadlineUs), new Exchange.Ending<>()
        {
            @Override
            public void onReply(final VerifyReply reply, final long endNs)
            {
                if (null == reply)
                {
                    clock.onLate();
                    again(bucket, isFull);
                }
                else
                {
                    counts.add(FleetCounter.BUCKETS_VERIFIED, 1);
                    reply.others().forEach((other) -> onOther(owned, other, name, endNs));
                    sweeps.met(bucket, reply.leases(), endNs);
                }
            }

            @Override
            public void onFailure(final EngineException failure)
            {
                again(bucket, isFull);
            }
        });
    }

    /** Behind those that are urgent, as the engine may fail for this one alone. */
    private void again(final int bucket, final boolean isFull)
    {
        due.set(bucket);
        if (isFull)
        {
            full.set(bucket);
        }
    }

    private void onOther(
        final List<LocalSession> owned, final Session other, final String name, final long nowNs)
    {
        for (final LocalSession session : owned)
        {
            if (session.identity.equals(other.identity()) && !other.isOf(lease.boot(), session.connection))
            {
                if (other.stampUs() >= session.stampUs)
                {
                    takeovers.onOther(session, other, nowNs, true);
                }
                else if (other.boot().equals(lease.boot()))
                {
                    routing.tellReplaced(other, session.session(name));
                }
                else
                {
                    sessions.dirty(session);
                }
            }
        }
    }
}
