package io.heartwheel.fleet;

import org.agrona.concurrent.NanoClock;

import java.util.List;
import java.util.function.Supplier;

/**
 * An engine whose answers are timed, and that wakes the thread of the fleet when a message comes.
 */
final class WatchedEngine implements Engine
{
    private final Engine engine;
    private final NanoClock clock;
    private final FleetMetrics metrics;
    private final Runnable onMessage;

    WatchedEngine(
        final Engine engine, final NanoClock clock, final FleetMetrics metrics, final Runnable onMessage)
    {
        this.engine = engine;
        this.clock = clock;
        this.metrics = metrics;
        this.onMessage = onMessage;
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
        return timed(() -> engine.lease(action, lease, ttlMs, knownVersion, node));
    }

    @Override
    public List<ClaimReply> claim(final List<Claim> claims)
    {
        return timed(() -> engine.claim(claims));
    }

    @Override
    public void release(final List<Release> releases)
    {
        timed(() ->
        {
            engine.release(releases);
            return releases;
        });
    }

    @Override
    public VerifyReply verify(
        final int bucket,
        final String lease,
        final List<Session> owned,
        final boolean isFull,
        final long deadlineUs)
    {
        return timed(() -> engine.verify(bucket, lease, owned, isFull, deadlineUs));
    }

    @Override
    public List<Session> sweep(final int bucket, final List<String> deadLeases)
    {
        return timed(() -> engine.sweep(bucket, deadLeases));
    }

    @Override
    public List<String> unswept(final long olderThanMs)
    {
        return timed(() -> engine.unswept(olderThanMs));
    }

    @Override
    public void swept(final String lease)
    {
        timed(() ->
        {
            engine.swept(lease);
            return lease;
        });
    }

    @Override
    public List<Session> locate(final List<String> identities)
    {
        return timed(() -> engine.locate(identities));
    }

    @Override
    public List<Session> list(final int bucket)
    {
        return timed(() -> engine.list(bucket));
    }

    @Override
    public boolean[] publish(final List<Envelope> envelopes)
    {
        return timed(() -> engine.publish(envelopes));
    }

    @Override
    public void subscribe(final String boot, final Inbox inbox)
    {
        engine.subscribe(boot, (message) ->
        {
            inbox.onMessage(message);
            onMessage.run();
        });
    }

    @Override
    public long connects()
    {
        return engine.connects();
    }

    /** Not timed: an operator's question takes longer than those of every day. */
    @Override
    public List<String> warnings()
    {
        return engine.warnings();
    }

    @Override
    public void close()
    {
        engine.close();
    }

    /** An answer that does not come is timed too: it took the timeout. */
    private <T> T timed(final Supplier<T> question)
    {
        final long startNs = clock.nanoTime();
        try
        {
            final T answer = question.get();
            metrics.answered(clock.nanoTime() - startNs, null);
            return answer;
        }
        catch (final RuntimeException ex)
        {
            metrics.answered(clock.nanoTime() - startNs, ex);
            throw ex;
        }
    }
}
