package io.heartwheel.fleet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Has all nodes verify the buckets of claims that nobody replied to. Such a claim may have replaced the record of an
 * older connection, and who makes it again finds its own record and does not know whose that was. The older one's node
 * sees it when it verifies.
 * <p>
 * All members are told, this node too, as of a renewal that was sent when no such claim was on its way any more: a node
 * that joins later claims later.
 */
final class Looks implements Work
{
    private final Lease lease;
    private final Members members;
    private final BitSet buckets = new BitSet();
    private final ArrayDeque<Envelope> waiting = new ArrayDeque<>();
    private boolean isAsking;
    private long sinceNs;

    Looks(final Lease lease, final Members members)
    {
        this.lease = lease;
        this.members = members;
    }

    /** A claim in a bucket got no reply. */
    void add(final int bucket)
    {
        buckets.set(bucket);
        isAsking = false;
    }

    /** {@return to tell some of the members, or null} */
    @Override
    public Exchange<?> next(final long nowNs)
    {
        if (!lease.isHeld(nowNs))
        {
            return null;
        }
        if (waiting.isEmpty() && !buckets.isEmpty())
        {
            address(nowNs);
        }
        return waiting.isEmpty() ? null : publish();
    }

    private void address(final long nowNs)
    {
        if (!isAsking)
        {
            isAsking = true;
            sinceNs = nowNs;
        }
        if (members.isAsOf(sinceNs))
        {
            final byte[] look = Parcel.look(buckets).encoded();
            members.nodes().keySet().stream().sorted()
                .forEach((name) -> waiting.add(new Envelope(Session.bootOf(name), look)));
            buckets.clear();
        }
        else
        {
            lease.renewNow(nowNs);
        }
    }

    private Exchange<boolean[]> publish()
    {
        final List<Envelope> batch = new ArrayList<>();
        while (batch.size() < FleetNode.BATCH && !waiting.isEmpty())
        {
            batch.add(waiting.poll());
        }
        return new Exchange<>((engine) -> engine.publish(batch), new Exchange.Ending<>()
        {
            @Override
            public void onReply(final boolean[] isReached, final long nowNs)
            {
                // Who does not listen now verifies all that it has as soon as it does.
            }

            @Override
            public void onFailure(final EngineException failure)
            {
                waiting.addAll(batch);
            }
        });
    }
}
