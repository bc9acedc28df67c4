package io.heartwheel.host;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks up names on threads of its own, because a look-up may take seconds. They are started when there is something to
 * look up, and end when there has been nothing for a while. A link cancels its look-up when it waits for it no longer,
 * so it has one in the queue at most, and the queue is bounded by the number of links.
 */
public final class NameResolver implements AutoCloseable
{
    /** So that one name server that does not answer does not keep all links waiting. */
    private static final int THREADS = 4;
    private static final long KEEP_ALIVE_S = 10;

    /** EAI_NONAME and EAI_NODATA of glibc, musl, macOS. */
    private static final List<String> UNKNOWN = List.of(
        "Name or service not known",
        "No address associated with hostname",
        "Name does not resolve",
        "Name has no usable address",
        "nodename nor servname provided, or not known");
    private static final String TEMPORARY = "Temporary failure in name resolution";
    /** EAI_AGAIN of musl. */
    private static final String TRY_AGAIN = "Try again";

    private final ThreadPoolExecutor executor;
    private final Directory directory;

    /**
     * Where names are found.
     */
    public interface Directory
    {
        InetAddress[] addressesOf(String host) throws UnknownHostException;
    }

    /**
     * Told of the outcome, on a thread of the resolver if there is one: addresses, or why there are none.
     */
    public interface Handler
    {
        void onResolved(InetAddress[] found, String failure);
    }

    public NameResolver(final Directory directory)
    {
        this(directory, NameResolver::thread);
    }

    public NameResolver(final Directory directory, final ThreadFactory threads)
    {
        this.directory = directory;
        executor = new ThreadPoolExecutor(
            THREADS, THREADS, KEEP_ALIVE_S, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        executor.allowCoreThreadTimeOut(true);
    }

    /**
     * Look up a name.
     *
     * @return what {@link #cancel} takes.
     */
    public Runnable resolve(final String host, final Handler handler)
    {
        final Runnable lookUp = () ->
        {
            try
            {
                handler.onResolved(directory.addressesOf(host), null);
            }
            catch (final UnknownHostException ex)
            {
                handler.onResolved(null, failureText(host, ex));
            }
            catch (final Throwable ex)
            {
                handler.onResolved(null, "cannot look up: " + ex);
            }
        };
        try
        {
            executor.execute(lookUp);
        }
        catch (final OutOfMemoryError ex)
        {
            // The JVM says so as well when the system has no more threads.
            handler.onResolved(null, "cannot look up: " + ex.getMessage());
        }
        return lookUp;
    }

    /**
     * Look up a name no longer, unless that is under way. The queue is searched from its oldest, which is the first
     * that nobody waits for any more.
     */
    public void cancel(final Runnable lookUp)
    {
        executor.remove(lookUp);
    }

    /**
     * Why a name has no address: there is no such name, or that could not be found out. The JDK says "NAME: what
     * getaddrinfo says", and for some seconds after that NAME alone.
     */
    public static String failureText(final String host, final UnknownHostException ex)
    {
        final String text = String.valueOf(ex.getMessage());
        if (text.equals(host))
        {
            return "not found by a look-up a moment ago";
        }
        final String reason = text.startsWith(host + ": ") ? text.substring(host.length() + 2) : text;
        return UNKNOWN.contains(reason) ? "unknown host" : TRY_AGAIN.equals(reason) ? TEMPORARY : reason;
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
