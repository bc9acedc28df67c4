package io.heartwheel.fleet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Messages between nodes: hands what came to the inbox to the connections that it is for, and sends what is for others.
 * A parcel is for a connection that is open here, owns its identity by the stamp that the sender found, and only as
 * long as this node holds its lease.
 */
final class Routing implements Work
{
    private static final int RECEIVE_LIMIT = 256;

    private final int maxOutgoing;
    private final Sessions sessions;
    private final Lease lease;
    private final Takeovers takeovers;
    private final BoundedInbox inbox;
    private final Host host;
    private final FleetCounts counts;
    private final ArrayDeque<Outgoing> outgoing = new ArrayDeque<>();
    private final BitSet toLookAt = new BitSet();
    private long echoHeard;

    Routing(
        final FleetSettings settings,
        final Sessions sessions,
        final Lease lease,
        final Takeovers takeovers,
        final BoundedInbox inbox,
        final Host host,
        final FleetCounts counts)
    {
        maxOutgoing = settings.maxRequests();
        this.sessions = sessions;
        this.lease = lease;
        this.takeovers = takeovers;
        this.inbox = inbox;
        this.host = host;
        this.counts = counts;
    }

    /** {@return the number of the last echo that came back} */
    long echoHeard()
    {
        return echoHeard;
    }

    /** {@return the buckets that others ask to be verified, to be cleared once it is seen to} */
    BitSet toLookAt()
    {
        return toLookAt;
    }

    /** Hand on what has come, some of it at a time. */
    int receive(final long nowNs)
    {
        int received = 0;
        for (byte[] message; received < RECEIVE_LIMIT && null != (message = inbox.poll()); received++)
        {
            final Parcel parcel = Parcel.of(message);
            if (null != parcel && Parcel.Type.ECHO == parcel.type())
            {
                echoHeard = Math.max(echoHeard, parcel.connection());
            }
            else if (null != parcel && Parcel.Type.LOOK == parcel.type())
            {
                toLookAt.or(parcel.buckets());
            }
            else if (null == parcel || !deliver(parcel, nowNs))
            {
                counts.add(FleetCounter.DROPPED, 1);
            }
        }
        return received;
    }

    /** {@return whether the parcel was for one of our connections} */
    boolean deliver(final Parcel parcel, final long nowNs)
    {
        final LocalSession session = sessions.owner(parcel.connection(), parcel.stampUs());
        if (null == session || !lease.isHeld(nowNs))
        {
            return false;
        }
        switch (parcel.type())
        {
            case TAKEN ->
            {
                return takenOver(session, parcel.newer(session.identity));
            }
            case MESSAGE ->
            {
                counts.add(FleetCounter.DELIVERED, 1);
                host.onMessage(session.connection, parcel.bytes());
            }
            default -> host.onClose(session.connection, parcel.bytes()[0]);
        }
        return true;
    }

    private boolean takenOver(final LocalSession session, final Session newer)
    {
        final boolean isNewer = null != newer && newer.stampUs() > session.stampUs;
        if (isNewer)
        {
            takeovers.takenOver(session, newer);
        }
        return isNewer;
    }

    /** An older session's record was replaced: its connection is to be closed, here or elsewhere. */
    void tellReplaced(final Session older, final Session newer)
    {
        if (!older.boot().equals(lease.boot()))
        {
            tell(older.boot(), Parcel.taken(older, newer));
            return;
        }
        final LocalSession local = sessions.find(older.connection());
        if (null != local && local.identity.equals(newer.identity()))
        {
            takeovers.takenOver(local, newer);
        }
    }

    /** Tell another node something, until the engine has taken it. */
    void tell(final String boot, final Parcel parcel)
    {
        send(new Outgoing(new Envelope(boot, parcel.encoded()), null));
    }

    void send(final Outgoing message)
    {
        if (outgoing.size() < maxOutgoing)
        {
            outgoing.add(message);
        }
        else
        {
            counts.add(FleetCounter.UNREACHED, 1);
            message.complete(SendOutcome.UNREACHED);
        }
    }

    @Override
    public Exchange<?> next(final long nowNs)
    {
        if (outgoing.isEmpty())
        {
            return null;
        }
        final List<Outgoing> batch = new ArrayList<>();
        final List<Envelope> envelopes = new ArrayList<>();
        while (batch.size() < FleetNode.BATCH && !outgoing.isEmpty())
        {
            batch.add(outgoing.peek());
            envelopes.add(outgoing.poll().envelope());
        }
        return new Exchange<>((engine) -> engine.publish(envelopes), new Exchange.Ending<>()
        {
            @Override
            public void onReply(final boolean[] isReached, final long endNs)
            {
                for (int i = 0; i < isReached.length; i++)
                {
                    counts.add(isReached[i] ? FleetCounter.SENT : FleetCounter.UNREACHED, 1);
                    batch.get(i).complete(isReached[i] ? SendOutcome.SENT : SendOutcome.UNREACHED);
                }
            }

            @Override
            public void onFailure(final EngineException failure)
            {
                batch.forEach((message) -> onUnknown(message, failure));
            }
        });
    }

    /** A message of the application is sent once. What nodes tell each other may come twice. */
    private void onUnknown(final Outgoing message, final EngineException failure)
    {
        if (null == message.outcome())
        {
            send(message);
        }
        else
        {
            message.outcome().completeExceptionally(failure);
        }
    }
}
