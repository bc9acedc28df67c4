package io.heartwheel.fleet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * What the application asks: who has an identity, and who is there. Requests come from any thread and wait, up to a
 * limit, for the thread of the node, which looks many up at once. A node without a lease knows nothing of others, and
 * says so at once. Sessions of nodes that do not live are never shown. If one is found of a node that is not known, the
 * members are asked for, and the request is made once more.
 */
final class Requests implements Work
{
    private final int maxRequests;
    private final Lease lease;
    private final Members members;
    private final FleetCounts counts;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Queue<Request> asked = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Request> mine = new ArrayDeque<>();

    /**
     * @param identity whose session is wanted, or null for all of a bucket.
     * @param bucket   of the identity.
     * @param onFound  told of the sessions found, an empty list if none.
     * @param future   that fails if nothing is known.
     * @param isLast   whether it was made before.
     */
    private record Request(
        String identity, int bucket, Consumer<List<Session>> onFound, CompletableFuture<?> future, boolean isLast)
    {
        Request again()
        {
            return new Request(identity, bucket, onFound, future, true);
        }
    }

    Requests(final int maxRequests, final Lease lease, final Members members, final FleetCounts counts)
    {
        this.maxRequests = maxRequests;
        this.lease = lease;
        this.members = members;
        this.counts = counts;
    }

    /** Look an identity up. From any thread. */
    void locate(final String identity, final Consumer<List<Session>> onFound, final CompletableFuture<?> future)
    {
        ask(new Request(identity, -1, onFound, future, false));
    }

    /** See all of a bucket. From any thread. */
    void list(final int bucket, final Consumer<List<Session>> onFound, final CompletableFuture<?> future)
    {
        ask(new Request(null, bucket, onFound, future, false));
    }

    private void ask(final Request request)
    {
        if (waiting.incrementAndGet() > maxRequests)
        {
            waiting.decrementAndGet();
            counts.add(FleetCounter.REQUESTS_REFUSED, 1);
            request.future.completeExceptionally(
                new EngineException("more than " + maxRequests + " requests wait for the engine", null));
        }
        else
        {
            asked.add(request);
        }
    }

    @Override
    public Exchange<?> next(final long nowNs)
    {
        final Request first = poll();
        if (null == first)
        {
            return null;
        }
        return null == first.identity ? list(first) : locate(first);
    }

    /** Without a lease there is no answer, and no use in waiting for one. */
    void judge(final long nowNs)
    {
        for (int i = lease.isHeld(nowNs) ? 0 : maxRequests; i > 0; i--)
        {
            final Request request = poll();
            if (null == request)
            {
                return;
            }
            request.future.completeExceptionally(
                new EngineException("the node is " + lease.state() + " and knows nothing of others", null));
        }
    }

    private Exchange<?> list(final Request request)
    {
        return new Exchange<>((engine) -> engine.list(request.bucket), new Exchange.Ending<List<Session>>()
        {
            @Override
            public void onReply(final List<Session> found, final long nowNs)
            {
                onFound(request, found, nowNs);
            }

            @Override
            public void onFailure(final EngineException failure)
            {
                request.future.completeExceptionally(failure);
            }
        });
    }

    private Exchange<?> locate(final Request first)
    {
        final List<Request> batch = new ArrayList<>();
        final List<String> identities = new ArrayList<>();
        for (Request each = first; null != each; each = batch.size() < FleetNode.BATCH ? pollLookup() : null)
        {
            batch.add(each);
            identities.add(each.identity);
        }
        return new Exchange<>((engine) -> engine.locate(identities), new Exchange.Ending<List<Session>>()
        {
            @Override
            public void onReply(final List<Session> found, final long nowNs)
            {
                for (int i = 0; i < batch.size(); i++)
                {
                    final Session session = found.get(i);
                    onFound(batch.get(i), null == session ? List.of() : List.of(session), nowNs);
                }
            }

            @Override
            public void onFailure(final EngineException failure)
            {
                batch.forEach((request) -> request.future.completeExceptionally(failure));
            }
        });
    }

    private void onFound(final Request request, final List<Session> found, final long nowNs)
    {
        final List<Session> living = new ArrayList<>(found.size());
        boolean isKnown = true;
        for (final Session session : found)
        {
            final Members.Life life = members.lifeOf(session.lease(), nowNs);
            isKnown &= Members.Life.UNKNOWN != life;
            if (Members.Life.LIVE == life)
            {
                living.add(session);
            }
        }
        if (isKnown || request.isLast)
        {
            request.onFound.accept(living);
        }
        else
        {
            lease.renewNow(nowNs);
            waiting.incrementAndGet();
            mine.add(request.again());
        }
    }

    private Request poll()
    {
        final Request kept = mine.poll();
        final Request request = null == kept ? asked.poll() : kept;
        if (null != request)
        {
            waiting.decrementAndGet();
        }
        return request;
    }

    /** The next, if it is a lookup too. Another waits for its turn. */
    private Request pollLookup()
    {
        final Request request = poll();
        if (null != request && null == request.identity)
        {
            waiting.incrementAndGet();
            mine.addFirst(request);
            return null;
        }
        return request;
    }
}
