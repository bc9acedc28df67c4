package io.heartwheel;

import io.heartwheel.tls.TlsBuffers;
import io.heartwheel.tls.TlsChannel;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
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
    private final ExecutorService tasks;
    /** Those that have something to be read, and are not listened to until their turn comes. */
    private final ArrayDeque<Connection> waiting = new ArrayDeque<>();
    /** In this duty cycle. */
    private int steps;

    /**
     * @param tasks runs what takes long; it is shut down at the end.
     */
    TlsIo(final int stepLimit, final ExecutorService tasks)
    {
        this.stepLimit = stepLimit;
        this.tasks = tasks;
    }

    static ExecutorService newThreads()
    {
        return Executors.newFixedThreadPool(THREADS, (task) ->
        {
            final Thread thread = new Thread(task, "heartwheel-tls");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Begin the handshake of a connection that is JOINING.
     *
     * @param alreadyRead of it.
     */
    void begin(final Connection connection, final SSLEngine engine, final ByteBuffer alreadyRead, final Reactor reactor)
    {
        // A server has nothing to do before its client has spoken.
        final boolean isReady = engine.getUseClientMode() || alreadyRead.hasRemaining();
        try
        {
            connection.isMute = true;
            connection.tls = new TlsChannel(engine, connection.channel(), buffers);
            connection.tls.prime(alreadyRead);
        }
        catch (final SSLException ex)
        {
            reactor.io.fail(connection, ex);
            return;
        }
        if (isReady)
        {
            turn(connection, reactor, true);
        }
    }

    /**
     * A connection whose handshake is under way has something to read, or is looked at for the last time.
     */
    void onReadable(final Connection connection, final Reactor reactor)
    {
        turn(connection, reactor, false);
    }

    /**
     * Beyond the limit it waits for a later cycle, behind those that wait already. Meanwhile its socket is not listened
     * to, or each select would be full of events of which nothing comes.
     */
    private void turn(final Connection connection, final Reactor reactor, final boolean isAdvance)
    {
        // Whose time is up has its last look now, however many wait.
        if (steps < stepLimit && waiting.isEmpty() || connection.arrival.leftNs(reactor.nowNs()) <= 0)
        {
            step(connection, reactor, isAdvance);
        }
        else
        {
            connection.arrival.awaitUs(reactor.nowNs());
            reactor.io.pauseReading(connection);
            waiting.add(connection);
        }
    }

    /**
     * Begin a duty cycle's steps, with those that wait.
     *
     * @return number of steps.
     */
    int doWork(final Reactor reactor)
    {
        if (steps >= stepLimit)
        {
            reactor.journal.onCutOff("TLS handshake steps", steps);
        }
        steps = 0;
        while (steps < stepLimit && !waiting.isEmpty())
        {
            final Connection connection = waiting.poll();
            if (Connection.JOINING == connection.state)
            {
                takeTurn(connection, reactor);
            }
        }
        return steps;
    }

    private void takeTurn(final Connection connection, final Reactor reactor)
    {
        try
        {
            reactor.io.resume(connection, null);
            step(connection, reactor, false);
        }
        catch (final Throwable ex)
        {
            reactor.onFault(connection, ex);
        }
    }

    boolean isWaitedFor()
    {
        return !waiting.isEmpty();
    }

    private void step(final Connection connection, final Reactor reactor, final boolean isAdvance)
    {
        final TlsChannel tls = connection.tls;
        ++steps;
        connection.arrival.goOn(reactor.nowNs());
        final int length = reactor.io.decrypt(connection, isAdvance);
        if (length < 0 || Connection.JOINING != connection.state)
        {
            return;
        }
        // A handshake that is done is not yet a word of our protocol.
        connection.hasSpoken = tls.isHandshaking();
        if (!tls.isHandshaking())
        {
            connection.isMute = false;
            reactor.endpoint.onSecured(connection);
            reactor.io.onDecrypted(connection, length);
            reactor.curfew.onRecords(connection, tls.hasHalfRecord());
            return;
        }
        final Runnable task = tls.nextTask();
        if (null != task)
        {
            connection.arrival.awaitUs(reactor.nowNs());
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
     * It goes on at once, and counts: so others wait for it.
     */
    private void onTaskDone(final Connection connection, final Reactor reactor)
    {
        if (Connection.JOINING == connection.state)
        {
            reactor.io.resume(connection, null);
            step(connection, reactor, true);
            reactor.held.update(connection);
        }
    }

    void close()
    {
        tasks.shutdown();
    }
}
