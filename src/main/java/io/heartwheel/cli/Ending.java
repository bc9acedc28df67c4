package io.heartwheel.cli;

import java.lang.reflect.Proxy;
import java.util.concurrent.TimeUnit;

/**
 * How the process of a command ends: in good order, with a code that tells how it went, and in a bounded time whoever
 * reads what it prints.
 */
final class Ending
{
    /** As a shell tells of who was ended by SIGHUP. */
    static final int HUNG_UP = 129;

    /** As a shell tells of who was ended by SIGTERM. */
    private static final int TERMINATED = 143;
    private static final int UNDECIDED = -1;

    /**
     * What those have who end beside us, such as a flight recorder that writes its file. The JDK's logging is among
     * them, and waits for whoever reads standard error: for ever, if nobody does.
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
     * End the process. Returns never.
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
     * This process is a command's: no more is waited for than its last work, and for all others together not for long.
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
     * What the command has to do before its process ends, whatever it ends by.
     */
    static void before(final Runnable work)
    {
        lastWork = work;
    }

    /**
     * For the last of the last work: the JVM's own code after a signal is 143 or 130, and being told to end and doing
     * so in good order is a success. It matters only if {@link #onSignal} could not be had.
     */
    static void succeedUnlessDecided()
    {
        if (UNDECIDED == code)
        {
            Runtime.getRuntime().halt(0);
        }
    }

    /**
     * Have something done at each signal of a name, on a thread of its own, instead of what the JVM does. By
     * reflection, as the only API there is for it is in a module that a small runtime lacks (jdk.unsupported), and the
     * compiler warns of. Without it, or if the JVM leaves the signal to others (-Xrs), nothing changes.
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
            // Then the signal does what it does.
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
