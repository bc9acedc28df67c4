package io.heartwheel.fleet.redis;

import io.heartwheel.fleet.Buckets;
import io.heartwheel.fleet.Claim;
import io.heartwheel.fleet.ClaimReply;
import io.heartwheel.fleet.Engine;
import io.heartwheel.fleet.EngineException;
import io.heartwheel.fleet.Envelope;
import io.heartwheel.fleet.Inbox;
import io.heartwheel.fleet.LeaseAction;
import io.heartwheel.fleet.LeaseReply;
import io.heartwheel.fleet.Release;
import io.heartwheel.fleet.Session;
import io.heartwheel.fleet.VerifyReply;
import org.agrona.concurrent.SystemNanoClock;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The registry in Redis: a hash for each bucket, {@code hw:{b}}, and what the fleet is made of in {@code hw:{m}:...}.
 * Nothing of a session expires; what is old is found by the stamps of connections and the leases of nodes.
 * <p>
 * It connects when it is first asked something, and again after a failure, at most once in a random part of a wait that
 * doubles from 100 ms to 1 s; what is asked meanwhile fails at once. An {@link EngineException} names host and command.
 * <p>
 * A user of Redis that has these rights has enough: {@code ~hw:* &hw:* +evalsha +script|load +time +hget +hset +hsetnx
 * +hmget +hdel +hgetall +zadd +zrem +zrange +zrangebyscore +zscore +pexpire +publish +subscribe +info}; with sentinels
 * {@code +role}, with replicas that are waited for {@code +wait}, in a cluster {@code +cluster|slots +asking +spublish
 * +ssubscribe}.
 */
public final class RedisEngine implements Engine
{
    private static final int WAIT_MS = 500;
    /** What goes into the buffer of a socket, behind what was sent before. */
    private static final int MESSAGE_MAX = 128 * 1_024;
    private static final Pattern POLICY = Pattern.compile("maxmemory_policy:(\\S+)");
    private static final Pattern OTHER_BUCKETS = Pattern.compile(".*BUCKETS (\\d+)");

    private final Scripts scripts;
    private final String prefix;
    private final int buckets;
    private final int replicas;
    private final long timeoutNs;
    private final RedisUrl url;
    private final Connector connector;
    private final Links links;
    private final Command publish;
    private final AtomicLong inboxConnects = new AtomicLong();
    private volatile InboxThread inboxThread;

    /**
     * An engine that is not connected yet.
     *
     * @param ctx settings.
     * @throws IllegalArgumentException if one of them is wrong.
     */
    public RedisEngine(final RedisContext ctx)
    {
        this(ctx, new Scripts(UnaryOperator.identity()));
    }

    RedisEngine(final RedisContext ctx, final Scripts scripts)
    {
        this.scripts = scripts;
        prefix = ctx.prefix();
        buckets = ctx.buckets();
        replicas = ctx.replicas();
        timeoutNs = TimeUnit.MILLISECONDS.toNanos(ctx.commandTimeoutMs());
        url = new RedisUrl(ctx.url());
        connector = new Connector(url, ctx);
        links = new Links(Masters.of(url, connector), connector, this::onRefreshed);
        publish = links.masters().isCluster() ? Command.SPUBLISH : Command.PUBLISH;
    }

    private void onRefreshed(final Masters masters)
    {
        final InboxThread thread = inboxThread;
        if (null != thread)
        {
            thread.follow(masters);
        }
    }

    @Override
    public int buckets()
    {
        return buckets;
    }

    @Override
    public LeaseReply lease(
        final LeaseAction action, final String lease, final long ttlMs, final long knownVersion, final String node)
    {
        final byte[][] keys = {member("l"), member("n"), member("m"), member("d")};
        final long deadlineNs = SystemNanoClock.INSTANCE.nanoTime() + timeoutNs;
        final List<?> reply;
        try
        {
            reply = (List<?>)Batch.run(links, List.of(Call.of(
                scripts.lease, keys, action, lease, ttlMs, knownVersion, node, buckets)), deadlineNs)[0];
        }
        catch (final EngineException ex)
        {
            final Matcher other = OTHER_BUCKETS.matcher(ex.getMessage());
            throw !other.matches() ? ex : new EngineException("the registry " + prefix + " at " + url + " has " +
                other.group(1) + " buckets, and this node is set to " + buckets, null);
        }
        if (replicas > 0 && (LeaseAction.JOIN == action || LeaseAction.RENEW == action))
        {
            awaitReplicas(keys[0], deadlineNs);
        }
        return Replies.lease(reply);
    }

    private void awaitReplicas(final byte[] key, final long deadlineNs)
    {
        final long waitMs = Math.min(WAIT_MS, TimeUnit.NANOSECONDS.toMillis(timeoutNs) / 2);
        final Call wait = Call.at(key, Command.WAIT, Call.bytes(replicas), Call.bytes(waitMs));
        final HostAndPort master = links.masters().of(wait.slot);
        final long connects = links.connects();
        final Object have = Batch.run(links, List.of(wait), deadlineNs)[0];
        // WAIT counts what its own connection has written.
        if (connects != links.connects() || !master.equals(links.masters().of(wait.slot)))
        {
            throw new EngineException(url + " WAIT: the master is another one than that of the lease", null);
        }
        if ((Long)have < replicas)
        {
            throw new EngineException(url + " WAIT: " + have + " of " + replicas + " replicas have the lease", null);
        }
    }

    @Override
    public List<ClaimReply> claim(final List<Claim> claims)
    {
        final Object[] replies = run(claims, (claim) -> Call.of(scripts.claim, bucketOf(claim.identity()),
            claim.identity(), claim.lease(), claim.connection(), claim.ageUs(), claim.deadlineUs(), claim.stampUs()));
        final List<ClaimReply> results = new ArrayList<>(replies.length);
        for (int i = 0; i < replies.length; i++)
        {
            results.add(Replies.claim(claims.get(i).identity(), (List<?>)replies[i]));
        }
        return results;
    }

    @Override
    public void release(final List<Release> releases)
    {
        run(releases, (release) -> Call.of(scripts.release, bucketOf(release.identity()),
            release.identity(), release.boot(), release.connection()));
    }

    @Override
    public VerifyReply verify(
        final int bucket,
        final String lease,
        final List<Session> owned,
        final boolean isFull,
        final long deadlineUs)
    {
        final Object[] arguments = new Object[3 + 3 * owned.size()];
        arguments[0] = lease;
        arguments[1] = isFull ? 1 : 0;
        arguments[2] = deadlineUs;
        for (int i = 0; i < owned.size(); i++)
        {
            final Session session = owned.get(i);
            arguments[3 + 3 * i] = session.identity();
            arguments[4 + 3 * i] = session.connection();
            arguments[5 + 3 * i] = session.stampUs();
        }
        final Object reply = run(Call.of(scripts.verify, bucket(bucket), arguments));
        return null == reply ? null : Replies.verified((List<?>)reply);
    }

    @Override
    public List<Session> sweep(final int bucket, final List<String> deadLeases)
    {
        return Replies.sessions(run(Call.of(scripts.sweep, bucket(bucket), deadLeases.toArray())));
    }

    @Override
    public List<String> unswept(final long olderThanMs)
    {
        return Replies.texts(run(Call.of(scripts.unswept, new byte[][]{member("d")}, olderThanMs)));
    }

    @Override
    public void swept(final String lease)
    {
        run(Call.of(Command.ZREM, member("d"), Call.bytes(lease)));
    }

    @Override
    public List<Session> locate(final List<String> identities)
    {
        final Object[] replies = run(identities, (identity) ->
            Call.of(Command.HGET, bucketOf(identity)[0], Call.bytes(identity)));
        final List<Session> sessions = new ArrayList<>(replies.length);
        for (int i = 0; i < replies.length; i++)
        {
            sessions.add(Replies.session(identities.get(i), replies[i]));
        }
        return sessions;
    }

    @Override
    public List<Session> list(final int bucket)
    {
        return Replies.sessions(run(Call.of(Command.HGETALL, bucket(bucket)[0])));
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if a message is longer than 128 KB.
     */
    @Override
    public boolean[] publish(final List<Envelope> envelopes)
    {
        for (final Envelope envelope : envelopes)
        {
            if (envelope.message().length > MESSAGE_MAX)
            {
                throw new IllegalArgumentException(
                    "a message of " + envelope.message().length + " bytes is longer than " + MESSAGE_MAX);
            }
        }
        final Object[] replies =
            run(envelopes, (envelope) -> Call.of(publish, channel(envelope.boot()), envelope.message()));
        final boolean[] isHeard = new boolean[replies.length];
        for (int i = 0; i < replies.length; i++)
        {
            isHeard[i] = (Long)replies[i] > 0;
        }
        return isHeard;
    }

    /** {@inheritDoc} It waits for the first subscription, no longer than for a command. */
    @Override
    public void subscribe(final String boot, final Inbox inbox)
    {
        if (null != inboxThread)
        {
            inboxThread.close();
        }
        final InboxThread thread = new InboxThread(
            channel(boot), inbox, Masters.of(url, connector), connector, timeoutNs, inboxConnects);
        inboxThread = thread;
        thread.start();
        thread.awaitListening();
    }

    @Override
    public void resubscribe()
    {
        final InboxThread thread = inboxThread;
        if (null != thread)
        {
            thread.cut();
        }
    }

    @Override
    public long connects()
    {
        return links.connects() + inboxConnects.get();
    }

    @Override
    public List<String> warnings()
    {
        final long deadlineNs = SystemNanoClock.INSTANCE.nanoTime() + timeoutNs;
        links.refresh(deadlineNs);
        final List<String> warnings = new ArrayList<>();
        for (final HostAndPort master : new ArrayList<>(links.masters().all()))
        {
            final Matcher policy = POLICY.matcher(Batch.info(links, master, "memory", deadlineNs));
            if (policy.find() && !"noeviction".equals(policy.group(1)))
            {
                warnings.add(master + " has maxmemory-policy " + policy.group(1) +
                    ", by which it erases who is connected when memory is short: set it to noeviction");
            }
        }
        return warnings;
    }

    @Override
    public void close()
    {
        links.close();
        final InboxThread thread = inboxThread;
        if (null != thread)
        {
            thread.close();
        }
    }

    private <A> Object[] run(final List<A> asked, final Function<A, Call> call)
    {
        final List<Call> calls = new ArrayList<>(asked.size());
        asked.forEach((each) -> calls.add(call.apply(each)));
        return Batch.run(links, calls, SystemNanoClock.INSTANCE.nanoTime() + timeoutNs);
    }

    private Object run(final Call call)
    {
        return Batch.run(links, List.of(call), SystemNanoClock.INSTANCE.nanoTime() + timeoutNs)[0];
    }

    private byte[][] bucketOf(final String identity)
    {
        return bucket(Buckets.of(identity, buckets));
    }

    private byte[][] bucket(final int bucket)
    {
        return new byte[][]{Call.bytes(prefix + ":{" + bucket + "}")};
    }

    private byte[] member(final String part)
    {
        return Call.bytes(prefix + ":{m}:" + part);
    }

    private byte[] channel(final String boot)
    {
        return Call.bytes(prefix + ":{" + boot + "}");
    }
}
