package io.heartwheel.fleet.simulation;

import io.heartwheel.fleet.Claim;
import io.heartwheel.fleet.ClaimReply;
import io.heartwheel.fleet.Engine;
import io.heartwheel.fleet.Envelope;
import io.heartwheel.fleet.FleetSteps;
import io.heartwheel.fleet.Inbox;
import io.heartwheel.fleet.LeaseAction;
import io.heartwheel.fleet.LeaseReply;
import io.heartwheel.fleet.MemoryEngine;
import io.heartwheel.fleet.Release;
import io.heartwheel.fleet.Session;
import io.heartwheel.fleet.VerifyReply;

import java.util.List;

/**
 * One node's way to the registry, under the eyes of the oracle. When a question arrives here, and whether its reply
 * gets back, is up to the {@link SimulatedNode}; what becomes of messages is up to the world.
 */
final class FaultyEngine implements Engine
{
    private final FleetWorld world;
    private MemoryEngine engine;
    private final RegistryOracle oracle;
    private boolean isClosed;
    boolean isDeaf;
    /** What happens as soon as something is claimed, or null. */
    Runnable onClaimed;
    long connects;

    FaultyEngine(final FleetWorld world, final MemoryEngine engine)
    {
        this.world = world;
        this.engine = engine;
        oracle = world.oracle;
    }

    @Override
    public int buckets()
    {
        return engine.buckets();
    }

    @Override
    public LeaseReply lease(
        final LeaseAction action, final String lease, final long ttlMs, final long knownVersion, final String node)
    {
        final LeaseReply reply = engine.lease(action, lease, ttlMs, knownVersion, node);
        oracle.onLease(action, lease, reply, world.nowNs());
        return reply;
    }

    @Override
    public List<ClaimReply> claim(final List<Claim> claims)
    {
        oracle.before();
        final List<ClaimReply> replies = engine.claim(claims);
        oracle.onClaims(claims, replies);
        if (null != onClaimed)
        {
            world.after(0, onClaimed);
            onClaimed = null;
        }
        return replies;
    }

    @Override
    public void release(final List<Release> releases)
    {
        oracle.before();
        engine.release(releases);
        oracle.onReleased(releases);
    }

    @Override
    public VerifyReply verify(
        final int bucket,
        final String lease,
        final List<Session> owned,
        final boolean isFull,
        final long deadlineUs)
    {
        oracle.before();
        final VerifyReply reply = engine.verify(bucket, lease, owned, isFull, deadlineUs);
        oracle.onVerified(lease, owned, null == reply);
        return reply;
    }

    @Override
    public List<Session> sweep(final int bucket, final List<String> deadLeases)
    {
        final List<Session> swept = engine.sweep(bucket, deadLeases);
        oracle.onSwept(swept);
        return swept;
    }

    @Override
    public List<String> unswept(final long olderThanMs)
    {
        return engine.unswept(olderThanMs);
    }

    @Override
    public void swept(final String lease)
    {
        engine.swept(lease);
    }

    @Override
    public List<Session> locate(final List<String> identities)
    {
        return engine.locate(identities);
    }

    @Override
    public List<Session> list(final int bucket)
    {
        return engine.list(bucket);
    }

    @Override
    public boolean[] publish(final List<Envelope> envelopes)
    {
        envelopes.forEach((envelope) -> world.onPublished(FleetSteps.parcel(envelope.message()), envelope.message()));
        return engine.publish(envelopes);
    }

    @Override
    public void subscribe(final String boot, final Inbox inbox)
    {
        isDeaf = false;
        world.onSubscribed(boot);
        engine.subscribe(boot, (message) -> world.carry(boot, message, () ->
        {
            if (isDeaf)
            {
                world.onMessageLost(boot, message);
            }
            else
            {
                inbox.onMessage(message);
            }
        }));
    }

    @Override
    public long connects()
    {
        return connects;
    }

    @Override
    public List<String> warnings()
    {
        return engine.warnings();
    }

    /** The node is killed: nothing is heard any more, but what is on its way to the registry still arrives. */
    void hangUp()
    {
        if (!isClosed)
        {
            engine.close();
            engine = new MemoryEngine(world.registry);
        }
    }

    @Override
    public void close()
    {
        isClosed = true;
        engine.close();
    }
}
