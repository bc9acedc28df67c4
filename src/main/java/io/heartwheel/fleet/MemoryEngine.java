package io.heartwheel.fleet;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * One node's way to a {@link MemoryRegistry}. It always answers, until it is closed.
 */
public final class MemoryEngine implements Engine
{
    private final MemoryRegistry registry;
    private final Executor executor;
    private volatile Inbox inbox;
    private volatile boolean isClosed;

    /**
     * An engine whose inbox is told by the thread that sends, before {@link #publish} returns.
     *
     * @param registry shared by the nodes.
     */
    public MemoryEngine(final MemoryRegistry registry)
    {
        this(registry, Runnable::run);
    }

    /**
     * An engine whose inbox is told by an executor.
     *
     * @param registry shared by the nodes.
     * @param executor takes a task for each message, in order.
     */
    public MemoryEngine(final MemoryRegistry registry, final Executor executor)
    {
        this.registry = registry;
        this.executor = executor;
    }

    @Override
    public int buckets()
    {
        return registry.buckets();
    }

    @Override
    public LeaseReply lease(
        final LeaseAction action, final String lease, final long ttlMs, final long knownVersion, final String node)
    {
        return open().lease(action, lease, ttlMs, knownVersion, node);
    }

    @Override
    public List<ClaimReply> claim(final List<Claim> claims)
    {
        return each(claims, open()::claim);
    }

    @Override
    public void release(final List<Release> releases)
    {
        releases.forEach(open()::release);
    }

    @Override
    public VerifyReply verify(
        final int bucket,
        final String lease,
        final List<Session> owned,
        final boolean isFull,
        final long deadlineUs)
    {
        return open().verify(bucket, lease, owned, isFull, deadlineUs);
    }

    @Override
    public List<Session> sweep(final int bucket, final List<String> deadLeases)
    {
        return open().sweep(bucket, deadLeases);
    }

    @Override
    public List<String> unswept(final long olderThanMs)
    {
        return open().unswept(olderThanMs);
    }

    @Override
    public void swept(final String lease)
    {
        open().swept(lease);
    }

    @Override
    public List<Session> locate(final List<String> identities)
    {
        return each(identities, open()::locate);
    }

    @Override
    public List<Session> list(final int bucket)
    {
        return open().list(bucket);
    }

    @Override
    public boolean[] publish(final List<Envelope> envelopes)
    {
        final MemoryRegistry to = open();
        final boolean[] isHeard = new boolean[envelopes.size()];
        for (int i = 0; i < isHeard.length; i++)
        {
            final MemoryEngine listener = to.listener(envelopes.get(i).boot());
            isHeard[i] = null != listener;
            if (isHeard[i])
            {
                listener.receive(envelopes.get(i).message().clone());
            }
        }
        return isHeard;
    }

    private void receive(final byte[] message)
    {
        executor.execute(() ->
        {
            if (!isClosed)
            {
                inbox.onMessage(message);
            }
        });
    }

    @Override
    public void subscribe(final String boot, final Inbox inbox)
    {
        this.inbox = inbox;
        open().listen(boot, this);
    }

    /** {@inheritDoc} Here it counts how often the registry lost data. */
    @Override
    public long connects()
    {
        return registry.lives();
    }

    @Override
    public List<String> warnings()
    {
        return List.of();
    }

    @Override
    public void close()
    {
        isClosed = true;
        registry.unlisten(this);
    }

    private MemoryRegistry open()
    {
        if (isClosed)
        {
            throw new EngineException("the engine is closed", null);
        }
        return registry;
    }

    private static <A, B> List<B> each(final List<A> asked, final Function<A, B> answer)
    {
        final List<B> answers = new ArrayList<>(asked.size());
        asked.forEach((one) -> answers.add(answer.apply(one)));
        return answers;
    }
}
