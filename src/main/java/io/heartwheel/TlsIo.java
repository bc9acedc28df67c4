package io.heartwheel;

import io.heartwheel.metrics.Counter;
import io.heartwheel.tls.TlsBuffers;
import io.heartwheel.tls.TlsChannel;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * TLS handshakes: on the reactor thread but for what takes long, which other threads do, and no more than so many steps
 * in a duty cycle, so that those who are there already are not made late.
 * <p>
 * <b>Note:</b> For the reactor thread only.
 */
final class TlsIo
{
    private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    private final int stepLimit;
    private final TlsBuffers buffers = new TlsBuffers();
    private final ExecutorService tasks = Executors.newFixedThreadPool(THREADS, (task) ->
    {
        final Thread thread = new Thread(task, "heartwheel-tls");
        thread.setDaemon(true);
        return thread;
    });
    private long stepsCycle;
    private int steps;

    TlsIo(final int stepLimit)
    {
        this.stepLimit = stepLimit;
    }

    /**
     * Begin the handshake of a connection that is JOINING.
     *
     * @param alreadyRead of it.
     */
    void begin(final Connection connection, final SSLEngine engine, final ByteBuffer alreadyRead, final Reactor reactor)
    {
        try
        {
            connection.tls = new TlsChannel(engine, connection.channel(), buffers);
            connection.tls.prime(alreadyRead);
            step(connection, reactor, true);
        }
        catch (final SSLException ex)
        {
            reactor.io.fail(connection, ex);
        }
    }

    /**
     * A connection whose handshake is under way has something to read. Beyond the limit it waits for the next cycle:
     * the selector will say so again.
     */
    void onReadable(final Connection connection, final Reactor reactor)
    {
        final long cycle = reactor.metrics.count(Counter.CYCLES);
        if (cycle != stepsCycle)
        {
            stepsCycle = cycle;
            steps = 0;
        }
        if (steps < stepLimit)
        {
            step(connection, reactor, false);
            if (++steps == stepLimit)
            {
                reactor.journal.onCutOff("TLS handshake steps", steps);
            }
        }
        else
        {
            connection.arrival.isOurs = true;
        }
    }

    private void step(final Connection connection, final Reactor reactor, final boolean isAdvance)
    {
        final TlsChannel tls = connection.tls;
        connection.arrival.isOurs = false;
        final int length = reactor.io.decrypt(connection, isAdvance);
        if (length < 0 || Connection.JOINING != connection.state)
        {
            return;
        }
        if (!tls.isHandshaking())
        {
            reactor.endpoint.onSecured(connection);
            reactor.io.onDecrypted(connection, length);
            return;
        }
        final Runnable task = tls.nextTask();
        if (null != task)
        {
            connection.arrival.isOurs = true;
            reactor.io.pauseReading(connection);
            run(task, connection, reactor);
        }
    }

    private void run(final Runnable task, final Connection connection, final Reactor reactor)
    {
        try
        {
            tasks.execute(() ->
            {
                try
                {
                    task.run();
                }
                finally
                {
                    reactor.commands.submit(connection, () -> onTaskDone(connection, reactor));
                }
            });
        }
        catch (final RejectedExecutionException ex)
        {
            reactor.departures.condemn(connection, CloseReason.SHUTDOWN, "");
        }
        catch (final OutOfMemoryError ex)
        {
            // The JVM says so as well when the system has no more threads.
            reactor.departures.condemn(
                connection, CloseReason.INTERNAL_ERROR, "cannot begin a task of the handshake: " + ex.getMessage());
        }
    }

    /**
     * Not counted as a step: the threads that do tasks are few enough to bound them.
     */
    private void onTaskDone(final Connection connection, final Reactor reactor)
    {
        if (Connection.JOINING == connection.state)
        {
            reactor.io.resume(connection, null);
            step(connection, reactor, true);
        }
    }

    void close()
    {
        tasks.shutdown();
    }
}
