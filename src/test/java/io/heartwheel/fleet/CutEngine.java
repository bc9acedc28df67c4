package io.heartwheel.fleet;

import java.util.List;
import java.util.function.Supplier;

/**
 * An engine that can be out of reach, lose its replies, or have an inbox that is deaf.
 */
final class CutEngine implements Engine
{
    private final Engine engine;
    boolean isCut;
    boolean isReplyLost;
    boolean isDeaf;
    /** The only bucket that cannot be verified, or -1. */
    int unverifiable = -1;
    int calls;
    long connects;

    CutEngine(final Engine engine)
    {
        this.engine = engine;
    }

    private <R> R call(final Supplier<R> question)
    {
        ++calls;
        if (isCut)
        {
            throw new EngineException("cut", null);
        }
        final R reply = question.get();
        if (isReplyLost)
        {
            throw new EngineException("lost", null);
        }
        return reply;
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
        return call(() -> engine.lease(action, lease, ttlMs, knownVersion, node));
    }

    @Override
    public List<ClaimReply> claim(final List<Claim> claims)
    {
        return call(() -> engine.claim(claims));
    }

    @Override
    public void release(final List<Release> releases)
    {
        call(() ->
        {
            engine.release(releases);
            return null;
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
        if (bucket == unverifiable)
        {
            throw new EngineException("not this one", null);
        }
        return call(() -> engine.verify(bucket, lease, owned, isFull, deadlineUs));
    }

    @Override
    public List<Session> sweep(final int bucket, final List<String> deadLeases)
    {
        return call(() -> engine.sweep(bucket, deadLeases));
    }

    @Override
    public List<String> unswept(final long olderThanMs)
    {
        return call(() -> engine.unswept(olderThanMs));
    }

    @Override
    public void swept(final String lease)
    {
        call(() ->
        {
            engine.swept(lease);
            return null;
        });
    }

    @Override
    public List<Session> locate(final List<String> identities)
    {
        return call(() -> engine.locate(identities));
    }

    @Override
    public List<Session> list(final int bucket)
    {
        return call(() -> engine.list(bucket));
    }

    @Override
    public boolean[] publish(final List<Envelope> envelopes)
    {
        return call(() -> engine.publish(envelopes));
    }

    @Override
    public void subscribe(final String boot, final Inbox inbox)
    {
        call(() ->
        {
            isDeaf = false;
            engine.subscribe(boot, (message) ->
            {
                if (!isDeaf)
                {
                    inbox.onMessage(message);
                }
            });
            return null;
        });
    }

    @Override
    public long connects()
    {
        return connects;
    }

    @Override
    public List<String> warnings()
    {
        return List.of("mind the gap");
    }

    @Override
    public void close()
    {
        engine.close();
    }
}
