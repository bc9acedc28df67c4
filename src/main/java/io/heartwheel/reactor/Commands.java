package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.ReactorContext;
import io.heartwheel.SendResult;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.websocket.Utf8;
import io.heartwheel.wire.Frame;

import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * What the application asks of connections. On the reactor thread it is done at once. From another thread it is queued
 * for the next duty cycle. The queue is bounded: sends are counted and refused above a limit, and a connection queues
 * one close at most.
 * <p>
 * <b>Note:</b> Threadsafe, but for {@link #drain} and {@link #enterReactorThread}.
 */
final class Commands implements Peer.Requests, AutoCloseable
{
    private final int commandLimit;
    private final int maxCommands;
    private final int maxMessageLength;
    private final int maxOutboundLength;
    private final Selector selector;
    private final AttendedClock clock;
    private final SocketIo io;
    private final Held held;
    private final Judge judge;
    private final Departures departures;
    private final Endpoint endpoint;
    private final GuardedListener listener;
    private final Journal journal;
    private final Queue<Command> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sendsWaiting = new AtomicInteger();
    private volatile Thread reactorThread;
    private volatile boolean isClosed;

    /**
     * @param peer that the command is for, or null. If the command throws, this connection ends.
     */
    private record Command(Peer peer, Runnable action)
    {
    }

    Commands(
        final ReactorContext<?> ctx,
        final Selector selector,
        final AttendedClock clock,
        final SocketIo io,
        final Held held,
        final Judge judge,
        final Departures departures,
        final Endpoint endpoint,
        final GuardedListener listener,
        final Journal journal)
    {
        commandLimit = ctx.commandLimit();
        maxCommands = ctx.maxCommands();
        maxMessageLength = ctx.maxMessageLength();
        maxOutboundLength = ctx.maxOutboundLength();
        this.selector = selector;
        this.clock = clock;
        this.io = io;
        this.held = held;
        this.judge = judge;
        this.departures = departures;
        this.endpoint = endpoint;
        this.listener = listener;
        this.journal = journal;
    }

    /**
     * The calling thread owns the connections from now on, until another thread calls this.
     */
    void enterReactorThread()
    {
        if (!isReactorThread())
        {
            reactorThread = Thread.currentThread();
        }
    }

    boolean isEmpty()
    {
        return queue.isEmpty();
    }

    int drain()
    {
        int drained = 0;
        for (Command command; drained < commandLimit && null != (command = queue.poll()); drained++)
        {
            run(command);
        }
        if (drained == commandLimit)
        {
            journal.onCutOff("commands", drained);
        }
        if (drained > 0)
        {
            // A command may have let in a peer, which counts as heard when the clock is read next: not after a park.
            clock.sample();
        }
        return drained;
    }

    private void run(final Command command)
    {
        try
        {
            command.action.run();
        }
        catch (final Throwable ex)
        {
            if (null == command.peer)
            {
                throw ex;
            }
            departures.onFault(command.peer, ex);
        }
    }

    @Override
    public SendResult send(final Peer peer, final ByteBuffer payload, final boolean isText)
    {
        final int length = payload.remaining();
        if (isText && !Utf8.isWhole(payload))
        {
            throw new IllegalArgumentException("text of " + length + " bytes that is not UTF-8");
        }
        final int maxLength = peer.dialect.maxMessageLength(maxMessageLength);
        if (length > maxLength)
        {
            throw new IllegalArgumentException("message of " + length + " bytes, at most " + maxLength + " allowed");
        }
        if (!peer.isOpen())
        {
            return SendResult.CLOSED;
        }
        if (!peer.reserve(Frame.HEADER_LENGTH + length, maxOutboundLength))
        {
            return SendResult.BACK_PRESSURED;
        }
        return isReactorThread() ? write(peer, payload, isText) : queue(peer, payload, isText);
    }

    @Override
    public void close(final Peer peer, final CloseReason reason)
    {
        if (isReactorThread())
        {
            departures.leave(peer, reason, "");
        }
        else if (peer.requestClose())
        {
            submit(peer, () -> departures.leave(peer, reason, ""));
        }
    }

    @Override
    public void identified(final Peer peer, final String identity)
    {
        if (!isReactorThread())
        {
            throw new IllegalStateException("identity \"" + identity + "\" said by " + Thread.currentThread() +
                ", which is not the reactor's thread");
        }
        peer.name(identity);
        listener.onIdentified(peer);
    }

    @Override
    public Cadence cadence(final Peer peer)
    {
        return judge.cadence(peer);
    }

    @Override
    public void cadence(final Peer peer, final Cadence cadence)
    {
        judge.cadence(peer, cadence);
        endpoint.onCadence(peer, cadence);
    }

    @Override
    public long lastHeardNs(final Peer peer)
    {
        return judge.lastHeardNs(peer);
    }

    @Override
    public long nowNs()
    {
        return clock.nowNs();
    }

    /**
     * End the present park.
     */
    void wakeup()
    {
        selector.wakeup();
        LockSupport.unpark(reactorThread);
    }

    private SendResult queue(final Peer peer, final ByteBuffer payload, final boolean isText)
    {
        final int length = payload.remaining();
        final boolean isHeld = held.reserve(length);
        if (!isHeld || sendsWaiting.incrementAndGet() > maxCommands)
        {
            if (isHeld)
            {
                sendsWaiting.decrementAndGet();
                held.release(length);
            }
            peer.release(Frame.HEADER_LENGTH + length);
            return SendResult.BACK_PRESSURED;
        }

        final ByteBuffer copy = ByteBuffer.allocate(length).put(payload.duplicate()).flip();
        submit(peer, () ->
        {
            sendsWaiting.decrementAndGet();
            held.release(length);
            write(peer, copy, isText);
        });
        return SendResult.ACCEPTED;
    }

    private SendResult write(final Peer peer, final ByteBuffer payload, final boolean isText)
    {
        try
        {
            if (peer.isOpen())
            {
                peer.dialect.send(peer, payload, isText);
                io.flushUnlessBlocked(peer);
            }
        }
        catch (final Throwable ex)
        {
            // The callback that sends is not at fault: it may be a callback of another connection.
            departures.onFault(peer, ex);
        }
        return peer.isOpen() ? SendResult.ACCEPTED : SendResult.CLOSED;
    }

    /**
     * Have a command done by the reactor thread: now if this is that thread, else in its next duty cycle.
     */
    void execute(final Runnable command)
    {
        if (isReactorThread())
        {
            command.run();
        }
        else
        {
            submit(command);
        }
    }

    /**
     * Have a command done by the reactor thread in its next duty cycle.
     */
    void submit(final Runnable command)
    {
        submit(null, command);
    }

    /**
     * Have a command for a connection done by the reactor thread in its next duty cycle.
     */
    void submit(final Peer peer, final Runnable action)
    {
        queue.add(new Command(peer, action));
        if (isClosed)
        {
            queue.clear();
        }
        wakeup();
    }

    /**
     * Is there a reactor thread, and is it not the calling one?
     */
    boolean isElsewhere()
    {
        final Thread thread = reactorThread;
        return null != thread && Thread.currentThread() != thread && thread.isAlive();
    }

    boolean isReactorThread()
    {
        return Thread.currentThread() == reactorThread;
    }

    /**
     * Commands are no longer done.
     */
    @Override
    public void close()
    {
        isClosed = true;
        queue.clear();
    }
}
