package io.heartwheel.fleet;

import java.util.List;

/**
 * Keeps the lease, the members, the engine's clock and the ear of the inbox: takes a lease, renews it, takes another
 * when it is lost, and hears its own echo each time.
 */
final class Renewals implements Work
{
    private static final int ECHOES_MISSED = 2;

    private final String node;
    private final long leaseMs;
    private final Lease lease;
    private final Members members;
    private final EngineClock clock;
    private final BoundedInbox inbox;
    private final Routing routing;
    private final Upkeep upkeep;
    private final Sessions sessions;
    private final FleetCounts counts;
    private final Host host;
    private boolean isListening;
    private boolean hasListened;
    private boolean isWarned = true;
    private boolean wasHeld;
    private long echoSent;
    private long echoBase;

    Renewals(
        final String node,
        final FleetSettings settings,
        final Lease lease,
        final Members members,
        final EngineClock clock,
        final BoundedInbox inbox,
        final Routing routing,
        final Upkeep upkeep,
        final Sessions sessions,
        final FleetCounts counts,
        final Host host)
    {
        this.node = node;
        leaseMs = settings.leaseNs() / 1_000_000;
        this.lease = lease;
        this.members = members;
        this.clock = clock;
        this.inbox = inbox;
        this.routing = routing;
        this.upkeep = upkeep;
        this.sessions = sessions;
        this.counts = counts;
        this.host = host;
    }

    @Override
    public Exchange<?> next(final long nowNs)
    {
        if (FleetState.LEFT == lease.state())
        {
            return null;
        }
        if (hasListened && lease.isDue(nowNs))
        {
            return renew(nowNs);
        }
        if (!isListening)
        {
            return listen();
        }
        return isWarned ? null : warn();
    }

    private Exchange<?> listen()
    {
        final String boot = lease.boot();
        return new Exchange<>((engine) ->
        {
            engine.subscribe(boot, inbox);
            return boot;
        },
        (done, endNs) ->
        {
            if (hasListened)
            {
                upkeep.verifyAll(endNs);
            }
            isListening = true;
            hasListened = true;
            echoBase = echoSent;
        });
    }

    private Exchange<LeaseReply> renew(final long nowNs)
    {
        final LeaseAction action = lease.next();
        final String name = lease.name();
        final long version = members.version();
        return new Exchange<>((engine) -> engine.lease(action, name, leaseMs, version, node),
            (reply, endNs) -> onLease(action, reply, nowNs, endNs));
    }

    private void onLease(final LeaseAction action, final LeaseReply reply, final long sentNs, final long nowNs)
    {
        clock.sample(sentNs, nowNs, reply.engineUs());
        upkeep.sweep(reply.reaped());
        if (members.onReply(reply, sentNs))
        {
            counts.add(FleetCounter.ENGINE_LOSSES, 1);
            upkeep.onLoss(nowNs);
        }
        final boolean hasEnded = members.takeEnded();
        if (!reply.isHeld())
        {
            lease.lose(nowNs);
            return;
        }
        if (LeaseAction.JOIN == action)
        {
            onJoined(nowNs);
        }
        else if (FleetState.DETACHED == lease.state() || inbox.takeOverflow())
        {
            // What others sent meanwhile was dropped, and that a newer connection has an identity may be of it.
            upkeep.verifyAll(nowNs);
        }
        else if (hasEnded)
        {
            upkeep.onNodeEnded(nowNs);
        }
        lease.hold(sentNs);
        if (0 == members.version())
        {
            lease.renewNow(nowNs);
        }
        hear();
    }

    private void onJoined(final long nowNs)
    {
        counts.add(FleetCounter.JOINS, 1);
        isWarned = false;
        if (wasHeld)
        {
            sessions.forgetReleases();
            upkeep.verifyAll(nowNs);
        }
        wasHeld = true;
    }

    /** An inbox that does not hear what this node tells itself is deaf to others too. */
    private void hear()
    {
        if (isListening && echoSent - Math.max(routing.echoHeard(), echoBase) >= ECHOES_MISSED)
        {
            counts.add(FleetCounter.INBOX_RENEWED, 1);
            isListening = false;
        }
        routing.tell(lease.boot(), Parcel.echo(++echoSent));
    }

    private Exchange<List<String>> warn()
    {
        return new Exchange<>(Engine::warnings, (warnings, endNs) ->
        {
            isWarned = true;
            warnings.forEach(host::onWarning);
        });
    }
}
