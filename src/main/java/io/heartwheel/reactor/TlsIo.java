package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.tls.TlsBuffers;
import io.heartwheel.tls.TlsChannel;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Runs TLS handshakes. The reactor thread takes a bounded number of steps in a duty cycle, so that peers that are open
 * are not judged late. Other threads do the tasks that take long.
 * <p>
 * <b>Note:</b> For the reactor thread only.
 */
final class TlsIo
{
    private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    private final int stepLimit;
    private final AttendedClock clock;
    private final SocketIo io;
    private final Held held;
    private final Departures departures;
    private final Curfew curfew;
    private final Commands commands;
    private final Journal journal;
    private final Consumer<Peer> onSecured;
    private final TlsBuffers buffers = new TlsBuffers();
    private final ExecutorService tasks;
    /** Connections that have something to read and wait for their turn. Their reading is paused until then. */
    private final ArrayDeque<Peer> waiting = new ArrayDeque<>();
    /** Steps taken in this duty cycle. */
    private int steps;

    /**
     * @param tasks     runs the tasks that take long; it is shut down at the end.
     * @param onSecured told of each connection whose handshake is done, before the bytes behind it are handled.
     */
    TlsIo(
        final int stepLimit,
        final ExecutorService tasks,
        final AttendedClock clock,
        final SocketIo io,
        final Held held,
        final Departures departures,
        final Curfew curfew,
        final Commands commands,
        final Journal journal,
        final Consumer<Peer> onSecured)
    {
        this.stepLimit = stepLimit;
        this.tasks = tasks;
        this.clock = clock;
        this.io = io;
        this.held = held;
        this.departures = departures;
        this.curfew = curfew;
        this.commands = commands;
        this.journal = journal;
        this.onSecured = onSecured;
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
     * @param alreadyRead bytes of it.
     */
    void begin(final Peer peer, final SSLEngine engine, final ByteBuffer alreadyRead)
    {
        // A server has nothing to send before its client has spoken.
        final boolean isReady = engine.getUseClientMode() || alreadyRead.hasRemaining();
        try
        {
            peer.isMute = true;
            peer.tls = new TlsChannel(engine, peer.channel(), buffers);
            peer.tls.prime(alreadyRead);
        }
        catch (final SSLException ex)
        {
            departures.onFailure(peer, ex);
            return;
        }
        if (isReady)
        {
            turn(peer, true);
        }
    }

    /**
     * A connection whose handshake is under way has something to read, or has its last look.
     */
    void onReadable(final Peer peer)
    {
        turn(peer, false);
    }

    /**
     * Take a step of a handshake. Above the limit the connection waits for a later cycle, behind those that wait
     * already. Its reading is paused meanwhile, or each select would be full of events that are not handled.
     */
    private void turn(final Peer peer, final boolean isAdvance)
    {
        // A peer whose time is up has its last look now, however many wait.
        if (steps < stepLimit && waiting.isEmpty() || peer.entry.leftNs(clock.nowNs()) <= 0)
        {
            step(peer, isAdvance);
        }
        else
        {
            peer.entry.awaitUs(clock.nowNs());
            io.pauseReading(peer);
            waiting.add(peer);
        }
    }

    /**
     * Begin the steps of a duty cycle, with the connections that wait.
     *
     * @return number of steps.
     */
    int doWork()
    {
        if (steps >= stepLimit)
        {
            journal.onCutOff("TLS handshake steps", steps);
        }
        steps = 0;
        while (steps < stepLimit && !waiting.isEmpty())
        {
            final Peer peer = waiting.poll();
            if (Peer.JOINING == peer.state)
            {
                takeTurn(peer);
            }
        }
        return steps;
    }

    private void takeTurn(final Peer peer)
    {
        try
        {
            io.resume(peer, null);
            step(peer, false);
        }
        catch (final Throwable ex)
        {
            departures.onFault(peer, ex);
        }
    }

    boolean isWaitedFor()
    {
        return !waiting.isEmpty();
    }

    private void step(final Peer peer, final boolean isAdvance)
    {
        if (Peer.JOINING != peer.state)
        {
            // To read it again may have ended it: it held the most of all.
            return;
        }
        final TlsChannel tls = peer.tls;
        ++steps;
        peer.entry.goOn(clock.nowNs());
        final int length = io.decrypt(peer, isAdvance);
        if (length < 0 || Peer.JOINING != peer.state)
        {
            return;
        }
        // The end of a handshake is not yet a word of the protocol.
        peer.hasSpoken = tls.isHandshaking();
        if (!tls.isHandshaking())
        {
            peer.isMute = false;
            onSecured.accept(peer);
            io.onDecrypted(peer, length);
            curfew.onRecords(peer, tls.hasHalfRecord());
            return;
        }
        final Runnable task = tls.nextTask();
        if (null != task)
        {
            peer.entry.awaitUs(clock.nowNs());
            io.pauseReading(peer);
            run(task, peer);
        }
    }

    private void run(final Runnable task, final Peer peer)
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
                    commands.submit(peer, () -> onTaskDone(peer));
                }
            });
        }
        catch (final RejectedExecutionException ex)
        {
            departures.condemn(peer, CloseReason.SHUTDOWN, "");
        }
        catch (final OutOfMemoryError ex)
        {
            // The JVM throws this also when the system has no more threads.
            departures.condemn(
                peer, CloseReason.INTERNAL_ERROR, "cannot begin a task of the handshake: " + ex.getMessage());
        }
    }

    /**
     * The task of a handshake is done. The handshake goes on at once, and its step counts, so others wait for it.
     */
    private void onTaskDone(final Peer peer)
    {
        if (Peer.JOINING == peer.state)
        {
            io.resume(peer, null);
            step(peer, true);
            held.update(peer);
        }
    }

    void close()
    {
        tasks.shutdown();
    }
}
