package io.heartwheel.cli;

import java.lang.reflect.Proxy;
import java.util.concurrent.TimeUnit;

/**
 * Ends the process of a command: in good order, with the right exit code, and in bounded time even if its output is not
 * read.
 */
final class Ending
{
    /** Exit code of a process that SIGHUP ended: 128 and the number of the signal. */
    static final int HUNG_UP = 129;

    /** Exit code of a process that SIGTERM ended. */
    private static final int TERMINATED = 143;
    private static final int UNDECIDED = -1;

    /**
     * Time in ms for other shutdown hooks, such as that of a flight recorder, which writes its file. The hook of the
     * JDK's logging waits for a reader of standard error, for ever if there is none.
     */
    private static final long OTHERS_MS = 2_000;

    private static volatile int code = UNDECIDED;
    private static volatile boolean isUnderWay;
    private static volatile Runnable lastWork = () ->
    {
    };

    private Ending()
    {
    }

    /**
     * End the process. Never returns.
     */
    static void exit(final int exitCode)
    {
        synchronized (Ending.class)
        {
            code = UNDECIDED == code ? exitCode : code;
        }
        isUnderWay = true;
        System.exit(code);
    }

    static boolean isUnderWay()
    {
        return isUnderWay;
    }

    /**
     * Install the shutdown hook of a command. It does the last work, and then gives all other hooks together a bounded
     * time.
     */
    static void arm()
    {
        Runtime.getRuntime().addShutdownHook(new Thread(() ->
        {
            isUnderWay = true;
            try
            {
                lastWork.run();
            }
            finally
            {
                haltSoon();
            }
        }, "heartwheel-shutdown"));
    }

    /**
     * Set the last work of the command, which is done before the process ends, for whatever cause.
     */
    static void before(final Runnable work)
    {
        lastWork = work;
    }

    /**
     * Exit with code 0 unless another code is set. To be called at the end of the last work. The JVM's own code after a
     * signal is 143 or 130, but to end in good order when told to is a success. This matters only where {@link
     * #onSignal} is not available.
     */
    static void succeedUnlessDecided()
    {
        if (UNDECIDED == code)
        {
            Runtime.getRuntime().halt(0);
        }
    }

    /**
     * Handle a signal on a thread of its own, in place of the JVM's handler. This uses reflection: the compiler warns
     * of the only API, and a small runtime lacks its module (jdk.unsupported). Without it, or with -Xrs, nothing
     * changes.
     */
    static void onSignal(final String name, final Runnable handler)
    {
        try
        {
            final Class<?> signal = Class.forName("sun.misc.Signal");
            final Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
            final Object proxy = Proxy.newProxyInstance(
                Ending.class.getClassLoader(), new Class<?>[] {signalHandler}, (self, method, args) ->
                {
                    handler.run();
                    return null;
                });
            signal.getMethod("handle", signal, signalHandler)
                .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        }
        catch (final ReflectiveOperationException | IllegalArgumentException ex)
        {
            // The signal keeps its default effect.
        }
    }

    private static void haltSoon()
    {
        final Thread thread = new Thread(() ->
        {
            try
            {
                TimeUnit.MILLISECONDS.sleep(OTHERS_MS);
            }
            catch (final InterruptedException ex)
            {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(UNDECIDED == code ? TERMINATED : code);
        }, "heartwheel-halt");
        thread.setDaemon(true);
        thread.start();
    }
}
