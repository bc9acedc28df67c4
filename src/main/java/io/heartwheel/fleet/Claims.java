package io.heartwheel.fleet;

import java.util.ArrayList;
import java.util.List;

/**
 * Claims identities for connections that have opened, and gives back those of connections that have ended. A claim is
 * sent with the age of its connection at that moment, also when it is sent again.
 */
final class Claims implements Work
{
    private final FleetSettings settings;
    private final Sessions sessions;
    private final Lease lease;
    private final EngineClock clock;
    private final Takeovers takeovers;
    private final Routing routing;
    private final Looks looks;
    private final Host host;
    private final FleetCounts counts;

    Claims(
        final FleetSettings settings,
        final Sessions sessions,
        final Lease lease,
        final EngineClock clock,
        final Takeovers takeovers,
        final Routing routing,
        final Looks looks,
        final Host host,
        final FleetCounts counts)
    {
        this.settings = settings;
        this.sessions = sessions;
        this.lease = lease;
        this.clock = clock;
        this.takeovers = takeovers;
        this.routing = routing;
        this.looks = looks;
        this.host = host;
        this.counts = counts;
    }

    @Override
    public Exchange<?> next(final long nowNs)
    {
        if (!lease.isHeld(nowNs))
        {
            return null;
        }
        final Exchange<?> doubt = takeovers.next(nowNs);
        if (null != doubt)
        {
            return doubt;
        }
        final boolean isOldest = FleetPolicy.OLDEST == settings.policy();
        final List<LocalSession> batch = sessions.takeDirty(FleetNode.BATCH, isOldest);
        if (batch.isEmpty())
        {
            return release();
        }
        return isOldest && !Sessions.isChecked(batch.get(0)) ? check(batch) : claim(batch, nowNs);
    }

    private Exchange<List<ClaimReply>> claim(final List<LocalSession> batch, final long nowNs)
    {
        final long deadlineUs = clock.leastUs(nowNs) + settings.claimNs() / 1_000;
        final String name = lease.name();
        final List<Claim> claims = new ArrayList<>(batch.size());
        batch.forEach((session) -> claims.add(session.claim(name, nowNs, deadlineUs)));
        return new Exchange<>((engine) -> engine.claim(claims), new Exchange.Ending<>()
        {
            @Override
            public void onReply(final List<ClaimReply> replies, final long endNs)
            {
                for (int i = 0; i < batch.size(); i++)
                {
                    onClaimed(batch.get(i), name, replies.get(i), endNs);
                }
            }

            @Override
            public void onFailure(final EngineException failure)
            {
                batch.forEach((session) -> looks.add(session.bucket));
                again(batch);
            }
        });
    }

    private void onClaimed(
        final LocalSession session, final String name, final ClaimReply reply, final long nowNs)
    {
        switch (reply.outcome())
        {
            case WON ->
            {
                counts.add(FleetCounter.CLAIMS_WON, 1);
                sessions.won(session, reply.stampUs());
                host.onOwned(session.connection, session.session(name));
                if (null != reply.other())
                {
                    routing.tellReplaced(reply.other(), session.session(name));
                }
            }
            case TAKEN -> takeovers.onOther(session, reply.other(), nowNs, true);
            default ->
            {
                counts.add(FleetCounter.CLAIMS_LATE, 1);
                clock.onLate();
                sessions.dirty(session);
            }
        }
    }

    /** Where the oldest wins, an identity is looked up before it is claimed. */
    private Exchange<List<Session>> check(final List<LocalSession> batch)
    {
        final List<String> identities = new ArrayList<>(batch.size());
        batch.forEach((session) -> identities.add(session.identity));
        return new Exchange<>((engine) -> engine.locate(identities), new Exchange.Ending<>()
        {
            @Override
            public void onReply(final List<Session> found, final long endNs)
            {
                for (int i = 0; i < batch.size(); i++)
                {
                    onChecked(batch.get(i), found.get(i), endNs);
                }
            }

            @Override
            public void onFailure(final EngineException failure)
            {
                again(batch);
            }
        });
    }

    private void onChecked(final LocalSession session, final Session found, final long nowNs)
    {
        if (null == found || isOwnAndGone(found) || found.isOf(lease.boot(), session.connection))
        {
            session.isChecked = true;
            sessions.dirty(session);
        }
        else
        {
            takeovers.onOther(session, found, nowNs, false);
        }
    }

    private boolean isOwnAndGone(final Session found)
    {
        return found.boot().equals(lease.boot()) && null == sessions.find(found.connection());
    }

    private void again(final List<LocalSession> batch)
    {
        for (final LocalSession session : batch)
        {
            session.isChecked = false;
            sessions.dirty(session);
        }
    }

    private Exchange<?> release()
    {
        final List<LocalSession> ended = sessions.takeReleases(FleetNode.BATCH);
        if (ended.isEmpty())
        {
            return null;
        }
        final List<Release> releases = new ArrayList<>(ended.size());
        ended.forEach((each) -> releases.add(new Release(each.identity, lease.boot(), each.connection)));
        return new Exchange<>((engine) ->
        {
            engine.release(releases);
            return releases;
        },
        new Exchange.Ending<List<Release>>()
        {
            @Override
            public void onReply(final List<Release> done, final long endNs)
            {
                counts.add(FleetCounter.RELEASES, done.size());
            }

            @Override
            public void onFailure(final EngineException failure)
            {
                sessions.release(ended);
            }
        });
    }
}
