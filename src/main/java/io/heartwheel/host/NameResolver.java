package io.heartwheel.host;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks up host names on threads of its own, because a look-up may take seconds. The threads start with the first
 * look-up, and end after 10 s without one.
 * <p>
 * A link cancels a look-up that it no longer waits for. It therefore has one in the queue at most, and the number of
 * links bounds the queue.
 */
public final class NameResolver implements AutoCloseable
{
    /** More than one, so that one name server that does not answer does not hold up all links. */
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
     * Source of addresses; {@link InetAddress} in production.
     */
    public interface Directory
    {
        InetAddress[] addressesOf(String host) throws UnknownHostException;
    }

    /**
     * Receives the outcome of a look-up: addresses, or the reason why there are none. It is called on a thread of the
     * resolver; on the caller's thread if no thread could be started.
     */
    public interface Handler
    {
        void onResolved(InetAddress[] found, String failure);
    }

    /**
     * Construct a resolver with daemon threads.
     *
     * @param directory to look names up in.
     */
    public NameResolver(final Directory directory)
    {
        this(directory, NameResolver::thread);
    }

    /**
     * Construct a resolver.
     *
     * @param directory to look names up in.
     * @param threads   factory of the threads that look up.
     */
    public NameResolver(final Directory directory, final ThreadFactory threads)
    {
        this.directory = directory;
        executor = new ThreadPoolExecutor(
            THREADS, THREADS, KEEP_ALIVE_S, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        executor.allowCoreThreadTimeOut(true);
    }

    /**
     * Begin to look up a name. Does not block.
     *
     * @param host    the name.
     * @param handler that receives the outcome.
     * @return the look-up, to be passed to {@link #cancel}.
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
            // The JVM throws this also when the system refuses another thread.
            handler.onResolved(null, "cannot look up: " + ex.getMessage());
        }
        return lookUp;
    }

    /**
     * Cancel a look-up that has not begun. The search in the queue begins with the oldest, which times out first.
     *
     * @param lookUp as {@link #resolve} returned it.
     */
    public void cancel(final Runnable lookUp)
    {
        executor.remove(lookUp);
    }

    /**
     * Say why a name has no address: it does not exist, or the look-up failed. The JDK's message is the name, a colon
     * and the text of getaddrinfo. For some seconds afterwards, while the failure is cached, it is the name alone.
     *
     * @param host the name.
     * @param ex   that the look-up threw.
     * @return the reason in a few words.
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
