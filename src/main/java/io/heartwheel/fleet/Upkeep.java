package io.heartwheel.fleet;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes the registry what this node knows to be true. All buckets are verified when the engine may have lost something,
 * those in which this node owns something first, and each bucket once in a while in any case.
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
    private final long periodNs;
    private long beginNs;
    private long routineNs;
    private int routineBucket;

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
        due.set(0, buckets);
        for (int bucket = 0; bucket < buckets; bucket++)
        {
            urgent.set(bucket, !sessions.isEmpty(bucket));
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
        look(routing.toLookAt());
        if (routineNs - nowNs <= 0)
        {
            routineNs = nowNs + periodNs;
            routineBucket = (routineBucket + 1) % buckets;
            due.set(routineBucket);
        }
        final int bucket = beginNs - nowNs > 0 ? -1 : nextBucket();
        return bucket < 0 ? sweeps.next(nowNs) : verify(bucket, nowNs);
    }

    /** Others ask for it. Where nothing is owned, nothing can have been replaced. */
    private void look(final BitSet asked)
    {
        for (int bucket = asked.nextSetBit(0); bucket >= 0 && bucket < buckets; bucket = asked.nextSetBit(bucket + 1))
        {
            if (!sessions.isEmpty(bucket))
            {
                again(bucket);
            }
        }
        asked.clear();
    }

    private int nextBucket()
    {
        final int first = urgent.nextSetBit(0);
        return first < 0 ? due.nextSetBit(0) : first;
    }

    private Exchange<VerifyReply> verify(final int bucket, final long nowNs)
    {
        urgent.clear(bucket);
        due.clear(bucket);
        final String name = lease.name();
        final long deadlineUs = clock.leastUs(nowNs) + settings.claimNs() / 1_000;
        final List<LocalSession> owned = sessions.owned(bucket);
        final List<Session> known = new ArrayList<>(owned.size());
        owned.forEach((session) -> known.add(session.session(name)));
        return new Exchange<>((engine) -> engine.verify(bucket, name, known, true, deadlineUs), new Exchange.Ending<>()
        {
            @Override
            public void onReply(final VerifyReply reply, final long endNs)
            {
                if (null == reply)
                {
                    clock.onLate();
                    again(bucket);
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
                again(bucket);
            }
        });
    }

    private void again(final int bucket)
    {
        urgent.set(bucket);
        due.set(bucket);
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
