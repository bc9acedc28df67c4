package io.heartwheel.fleet;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A node of a fleet: claims the identities of its connections in the registry that all nodes share, knows who else
 * lives, finds the connection of an identity wherever it is, and carries messages to it. The registry is the truth of
 * the fleet, and what this node has open is the truth of the node: whatever the engine loses is written again.
 * <p>
 * It is pure: it has no thread and no clock. {@link #doWork(long)} is called by one thread at a time, which may block
 * for the engine. {@link #open}, {@link #gone} and the requests are for any thread, and never wait for the engine.
 */
public final class FleetNode
{
    /** What one exchange with the engine carries at most. */
    static final int BATCH = 256;

    private static final long RETRY_MAX_NS = 1_000_000_000;

    private final Engine engine;
    private final FleetSettings settings;
    private final SplittableRandom random;
    private final FleetCounts counts = new FleetCounts();
    private final Members members = new Members();
    private final EngineClock clock = new EngineClock();
    private final Sessions sessions;
    private final Lease lease;
    private final Routing routing;
    private final Requests requests;
    private final Upkeep upkeep;
    private final Work renewals;
    private final Work[] turns;
    private int turn;
    private Exchange<?> exchange;
    private long connects = -1;
    private long retryNs;

    /**
     * A node that joins with the first call of {@link #doWork(long)}.
     *
     * @param engine   of its own, which the caller closes.
     * @param boot     random name of this start of the node, never used before, of letters and digits.
     * @param node     its name and address, one line.
     * @param settings of the fleet.
     * @param host     whose connections they are.
     * @param seed     of what is random.
     * @param nowNs    the time.
     */
    public FleetNode(
        final Engine engine,
        final String boot,
        final String node,
        final FleetSettings settings,
        final Host host,
        final long seed,
        final long nowNs)
    {
        if (!boot.matches("[0-9A-Za-z]{1,64}"))
        {
            throw new IllegalArgumentException("boot=" + boot + " is not of 1 to 64 letters and digits");
        }
        this.engine = engine;
        this.settings = settings;
        random = new SplittableRandom(seed);
        retryNs = nowNs;
        final int buckets = engine.buckets();
        final BoundedInbox inbox = new BoundedInbox(settings.maxInboxBytes(), counts);
        sessions = new Sessions(buckets, settings.maxReleases());
        lease = new Lease(boot, settings, random.split(), counts, host, nowNs);
        final Takeovers takeovers = new Takeovers(sessions, lease, members, host, counts);
        routing = new Routing(settings, sessions, lease, takeovers, inbox, host, counts);
        requests = new Requests(settings.maxRequests(), lease, members, counts);
        final Looks looks = new Looks(lease, members, counts);
        final Sweeps sweeps = new Sweeps(buckets, settings, lease, members, counts, nowNs);
        upkeep = new Upkeep(
            settings, buckets, sessions, lease, clock, takeovers, routing, sweeps, counts, random.split(), nowNs);
        final Work claims = new Claims(
            settings, sessions, lease, clock, takeovers, routing, looks, host, counts);
        renewals = new Renewals(
            node, settings, lease, members, clock, inbox, routing, upkeep, sessions, counts, host);
        turns = new Work[]{claims, routing, looks, requests, upkeep};
    }

    /**
     * One turn: what the last exchange brought, what the inbox has, and one more exchange with the engine at most. The
     * time is read anew for each, so that a node that was stopped meanwhile knows first of all whether it still has its
     * lease.
     *
     * @param nowNs the time, of a clock that is never set.
     * @return how much was done: 0 if the caller may rest for a moment.
     */
    public int doWork(final long nowNs)
    {
        final int work = begin(nowNs);
        if (null == exchange)
        {
            return work;
        }
        exchange.ask(engine);
        return work + 1;
    }

    /** The part of a turn before the engine is asked. */
    int begin(final long nowNs)
    {
        watchEngine(nowNs);
        final int ended = end(nowNs);
        lease.judge(nowNs);
        requests.judge(nowNs);
        final int received = routing.receive(nowNs);
        exchange = retryNs - nowNs > 0 ? null : next(nowNs);
        return ended + received;
    }

    /** {@return what the engine is to be asked, or null} */
    Exchange<?> exchange()
    {
        return exchange;
    }

    /** {@return what is known of a connection, or null} */
    LocalSession session(final long connection)
    {
        return sessions.find(connection);
    }

    boolean isHeld(final long nowNs)
    {
        return lease.isHeld(nowNs);
    }

    /**
     * After a failure nothing is asked for as long as a claim may be on its way. So what failed is done by then, or
     * never will be, and what is asked next does not overtake it.
     */
    private int end(final long nowNs)
    {
        if (null == exchange)
        {
            return 0;
        }
        counts.add(FleetCounter.EXCHANGES, 1);
        final EngineException failure = exchange.end(nowNs);
        exchange = null;
        if (null != failure)
        {
            counts.add(FleetCounter.EXCHANGES_FAILED, 1);
        }
        if (clock.takeLate())
        {
            lease.renewNow(nowNs);
            pause(nowNs);
        }
        if (null != failure)
        {
            pause(nowNs);
        }
        return 1;
    }

    private void pause(final long nowNs)
    {
        retryNs = nowNs + settings.claimNs() + random.nextLong(RETRY_MAX_NS);
    }

    /**
     * An engine that was connected anew may have lost what was written last, the lease among it, and the inbox what was
     * sent. The lease is renewed before anything else is done by it.
     */
    private void watchEngine(final long nowNs)
    {
        final long connectsNow = engine.connects();
        if (connects >= 0 && connectsNow != connects)
        {
            counts.add(FleetCounter.ENGINE_LOSSES, 1);
            members.onLoss();
            lease.renewNow(nowNs);
            upkeep.onLoss(nowNs);
        }
        if (connects >= 0 || FleetState.HELD == lease.state())
        {
            connects = connectsNow;
        }
    }

    /** Renewals come first. All else has its turn, so that nothing waits for ever. */
    private Exchange<?> next(final long nowNs)
    {
        Exchange<?> next = renewals.next(nowNs);
        for (int i = 0; null == next && i < turns.length; i++)
        {
            next = turns[turn].next(nowNs);
            turn = (turn + 1) % turns.length;
        }
        return next;
    }

    /**
     * A connection has an identity. If it had another one, it has that no more, and never again. From any thread, never
     * waiting for the engine.
     *
     * @param identity   {@code user}, or {@code user/device}.
     * @param connection a number that this boot has given to no other connection.
     * @param openedNs   when the connection opened, by the clock of {@link #doWork(long)}.
     */
    public void open(final String identity, final long connection, final long openedNs)
    {
        if (identity.isEmpty())
        {
            throw new IllegalArgumentException("the identity of connection " + connection + " is empty");
        }
        sessions.open(identity, connection, openedNs);
    }

    /**
     * A connection has ended, whether it had an identity or not. From any thread, never waiting for the engine.
     *
     * @param connection its number.
     */
    public void gone(final long connection)
    {
        sessions.gone(connection);
    }

    /**
     * Who has an identity. From any thread.
     *
     * @param identity {@code user}, or {@code user/device}: exactly this one.
     * @return the session, or null if none of a living node has it. It fails with {@link EngineException} if that is
     * not known now. Completed by the node's thread, as all that this class promises.
     */
    public CompletableFuture<Session> locate(final String identity)
    {
        final CompletableFuture<Session> future = new CompletableFuture<>();
        requests.locate(identity, (found) -> future.complete(found.isEmpty() ? null : found.get(0)), future);
        return future;
    }

    /**
     * All sessions of a user. From any thread.
     *
     * @param user whose own session, and those of whose devices are wanted.
     * @return sessions of {@code user} and {@code user/device}, an empty list if there are none.
     */
    public CompletableFuture<List<Session>> sessionsOf(final String user)
    {
        final CompletableFuture<List<Session>> future = new CompletableFuture<>();
        requests.list(
            Buckets.of(user, engine.buckets()), (found) ->
            {
                found.removeIf((session) -> !session.identity().equals(user) &&
                    !session.identity().startsWith(user + '/'));
                future.complete(found);
            },
            future);
        return future;
    }

    /**
     * Some of the sessions of the fleet, in no order. Who comes or goes between pages is in one of them or not. From
     * any thread.
     *
     * @param cursor 0 for the first page, else what the last page says.
     * @return a page, which may be empty.
     */
    public CompletableFuture<FleetPage> list(final int cursor)
    {
        if (cursor < 0 || cursor >= engine.buckets())
        {
            throw new IllegalArgumentException("cursor=" + cursor + " is not of a page");
        }
        final CompletableFuture<FleetPage> future = new CompletableFuture<>();
        final int next = cursor + 1 < engine.buckets() ? cursor + 1 : -1;
        requests.list(cursor, (found) -> future.complete(new FleetPage(found, next)), future);
        return future;
    }

    /**
     * How many sessions the fleet has, counted page by page. From any thread.
     *
     * @return their number, of those that are there throughout and some of the others.
     */
    public CompletableFuture<Long> count()
    {
        final CompletableFuture<Long> future = new CompletableFuture<>();
        count(0, 0, future);
        return future;
    }

    private void count(final int bucket, final long before, final CompletableFuture<Long> future)
    {
        requests.list(bucket, (found) ->
        {
            final long count = before + found.size();
            if (bucket + 1 < engine.buckets())
            {
                count(bucket + 1, count, future);
            }
            else
            {
                future.complete(count);
            }
        },
        future);
    }

    /**
     * Send a message to the connection of an identity, at most once. From any thread.
     *
     * @param identity exactly this one.
     * @param message  to send, not changed any more.
     * @return what became of it. It fails with {@link EngineException} if that is not known.
     */
    public CompletableFuture<SendOutcome> send(final String identity, final byte[] message)
    {
        return route(identity, (session) -> Parcel.message(session, message));
    }

    /**
     * Have the connection of an identity closed, wherever it is. From any thread.
     *
     * @param identity exactly this one.
     * @param reason   code of the reason.
     * @return what became of it, as of a message.
     */
    public CompletableFuture<SendOutcome> close(final String identity, final byte reason)
    {
        return route(identity, (session) -> Parcel.close(session, reason));
    }

    private CompletableFuture<SendOutcome> route(final String identity, final Function<Session, Parcel> parcel)
    {
        final CompletableFuture<SendOutcome> future = new CompletableFuture<>();
        requests.locate(identity, (found) ->
        {
            if (found.isEmpty())
            {
                future.complete(SendOutcome.ABSENT);
            }
            else
            {
                final Session to = found.get(0);
                routing.send(new Outgoing(new Envelope(to.boot(), parcel.apply(to).encoded()), future));
            }
        },
        future);
        return future;
    }

    /**
     * Give the lease back: the node ends. What it owns is gone for the others as soon as they renew. Nothing is done by
     * {@link #doWork(long)} any more.
     *
     * @throws EngineException if the engine does not answer. Then the lease runs out by itself.
     */
    public void leave()
    {
        final boolean isJoined = FleetState.HELD == lease.state() || FleetState.DETACHED == lease.state();
        lease.leave();
        if (isJoined)
        {
            engine.lease(LeaseAction.LEAVE, lease.name(), settings.leaseNs() / 1_000_000, 0, "");
        }
    }

    /** {@return how the node stands to its fleet. From the node's thread} */
    public FleetState state()
    {
        return lease.state();
    }

    /** {@return lease to node of all that live, as of the last renewal. From any thread} */
    public Map<String, String> members()
    {
        return members.nodes();
    }

    /** {@return number of connections of this node that have an identity. From any thread} */
    public int size()
    {
        return sessions.size();
    }

    /** {@return number of connections and releases that the engine has to be told of. From any thread} */
    public int waiting()
    {
        return sessions.waiting();
    }

    /** {@return what it has counted. From any thread} */
    public FleetCounts counts()
    {
        return counts;
    }
}
