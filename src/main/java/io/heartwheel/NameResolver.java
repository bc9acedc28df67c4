package io.heartwheel;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks up names on threads of its own, because a look-up may take seconds. They are started when there is something to
 * look up, and end when there has been nothing for a while. A link has one look-up waiting at most, so the queue is
 * bounded by the number of links.
 */
final class NameResolver implements AutoCloseable
{
    /** So that one name server that does not answer does not keep all links waiting. */
    private static final int THREADS = 4;
    private static final long KEEP_ALIVE_S = 10;

    private final ThreadPoolExecutor executor;

    /**
     * Told of the outcome on a thread of the resolver: addresses, or why there are none.
     */
    interface Handler
    {
        void onResolved(InetAddress[] found, String failure);
    }

    NameResolver()
    {
        executor = new ThreadPoolExecutor(
            THREADS, THREADS, KEEP_ALIVE_S, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), NameResolver::thread);
        executor.allowCoreThreadTimeOut(true);
    }

    void resolve(final String host, final Handler handler)
    {
        executor.execute(() ->
        {
            try
            {
                handler.onResolved(InetAddress.getAllByName(host), null);
            }
            catch (final UnknownHostException ex)
            {
                handler.onResolved(null, "unknown host");
            }
        });
    }

    @Override
    public void close()
    {
        executor.shutdownNow();
    }

    private static Thread thread(final Runnable runnable)
    {
        final Thread thread = new Thread(runnable, "heartwheel-resolver");
        thread.setDaemon(true);
        return thread;
    }
}
