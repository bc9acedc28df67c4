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
 * that joins later claims later. Nothing is asked for so long after a failure (see the pause of {@link FleetNode}).
 */
final class Looks implements Work
{
    private final Lease lease;
    private final Members members;
    private final FleetCounts counts;
    /** Of which failed since the members were last wanted. */
    private final BitSet failed = new BitSet();
    /** Of which to tell the members as of {@link #sinceNs}. */
    private final BitSet wanted = new BitSet();
    private final ArrayDeque<Envelope> waiting = new ArrayDeque<>();
    private long sinceNs;
    private int batchMax = FleetNode.BATCH;

    Looks(final Lease lease, final Members members, final FleetCounts counts)
    {
        this.lease = lease;
        this.members = members;
        this.counts = counts;
    }

    /** A claim in a bucket got no reply. */
    void add(final int bucket)
    {
        failed.set(bucket);
    }

    /** {@return to tell some of the members, or null} */
    @Override
    public Exchange<?> next(final long nowNs)
    {
        if (!lease.isHeld(nowNs))
        {
            return null;
        }
        if (waiting.isEmpty() && wanted.isEmpty() && !failed.isEmpty())
        {
            wanted.or(failed);
            failed.clear();
            sinceNs = nowNs;
        }
        if (!wanted.isEmpty())
        {
            address(nowNs);
        }
        return waiting.isEmpty() ? null : publish();
    }

    private void address(final long nowNs)
    {
        if (members.isAsOf(sinceNs))
        {
            final byte[] look = Parcel.look(wanted).encoded();
            members.nodes().keySet().stream().sorted()
                .forEach((name) -> waiting.add(new Envelope(Session.bootOf(name), look)));
            wanted.clear();
        }
        else
        {
            lease.renewNow(nowNs);
        }
    }

    private Exchange<boolean[]> publish()
    {
        final List<Envelope> batch = new ArrayList<>();
        while (batch.size() < batchMax && !waiting.isEmpty())
        {
            batch.add(waiting.poll());
        }
        return new Exchange<>((engine) -> engine.publish(batch), new Exchange.Ending<>()
        {
            @Override
            public void onReply(final boolean[] isReached, final long nowNs)
            {
                // Who does not listen now verifies all that it has as soon as it does.
                for (final boolean each : isReached)
                {
                    counts.add(each ? FleetCounter.SENT : FleetCounter.UNREACHED, 1);
                }
                batchMax = FleetNode.BATCH;
            }

            @Override
            public void onFailure(final EngineException failure)
            {
                waiting.addAll(batch);
                // One that cannot be told has the others told again and again if they are told together.
                batchMax = 1;
            }
        });
    }
}
