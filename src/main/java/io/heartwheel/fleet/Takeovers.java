package io.heartwheel.fleet;

import java.util.ArrayDeque;
import java.util.List;

/**
 * Decides what becomes of a session whose identity is found with another. If the other's node lives, this connection is
 * closed. If it is dead, its record is swept and the identity claimed again. If it is not known, the members are asked
 * for first: it may have joined a moment ago.
 */
final class Takeovers
{
    private final Sessions sessions;
    private final Lease lease;
    private final Members members;
    private final Host host;
    private final FleetCounts counts;
    private final ArrayDeque<Doubt> doubts = new ArrayDeque<>();

    private record Doubt(LocalSession session, Session other, long readNs, boolean isNewer)
    {
    }

    Takeovers(
        final Sessions sessions, final Lease lease, final Members members, final Host host, final FleetCounts counts)
    {
        this.sessions = sessions;
        this.lease = lease;
        this.members = members;
        this.host = host;
        this.counts = counts;
    }

    /**
     * The engine has another session.
     *
     * @param readNs  when its reply was here.
     * @param isNewer whether the other has it as it is newer, or as it is older.
     */
    void onOther(final LocalSession session, final Session other, final long readNs, final boolean isNewer)
    {
        if (!session.isInDoubt)
        {
            decide(new Doubt(session, other, readNs, isNewer), readNs);
        }
    }

    /** A newer connection has the identity. */
    void takenOver(final LocalSession session, final Session newer)
    {
        if (sessions.lose(session))
        {
            counts.add(FleetCounter.TAKEN_OVER, 1);
            host.onTakenOver(session.connection, newer);
        }
    }

    /** {@return to sweep the record of a node that has turned out to be dead, or null} */
    Exchange<?> next(final long nowNs)
    {
        for (int i = doubts.size(); i > 0; i--)
        {
            final Doubt doubt = doubts.poll();
            doubt.session.isInDoubt = false;
            final Members.Life life = lifeOf(doubt);
            if (Members.Life.DEAD == life && doubt.session.isWanted())
            {
                return sweep(doubt);
            }
            if (doubt.session.isWanted())
            {
                decide(doubt, nowNs);
            }
        }
        return null;
    }

    private void decide(final Doubt doubt, final long nowNs)
    {
        if (Members.Life.LIVE != lifeOf(doubt))
        {
            add(doubt);
            if (Members.Life.UNKNOWN == lifeOf(doubt))
            {
                lease.renewNow(nowNs);
            }
        }
        else if (doubt.isNewer)
        {
            takenOver(doubt.session, doubt.other);
        }
        else if (sessions.lose(doubt.session))
        {
            counts.add(FleetCounter.REFUSED, 1);
            host.onRefused(doubt.session.connection, doubt.other);
        }
    }

    private void add(final Doubt doubt)
    {
        doubt.session.isInDoubt = true;
        doubts.add(doubt);
    }

    private Members.Life lifeOf(final Doubt doubt)
    {
        return doubt.other.boot().equals(lease.boot()) ?
            Members.Life.LIVE : members.lifeOf(doubt.other.lease(), doubt.readNs);
    }

    private Exchange<List<Session>> sweep(final Doubt doubt)
    {
        final int bucket = doubt.session.bucket;
        final List<String> dead = List.of(doubt.other.lease());
        return new Exchange<>((engine) -> engine.sweep(bucket, dead), new Exchange.Ending<>()
        {
            @Override
            public void onReply(final List<Session> swept, final long nowNs)
            {
                sessions.dirty(doubt.session);
            }

            @Override
            public void onFailure(final EngineException failure)
            {
                add(doubt);
            }
        });
    }
}
