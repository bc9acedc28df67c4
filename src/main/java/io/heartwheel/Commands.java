package io.heartwheel;

import io.heartwheel.wire.Frame;

import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * What the application asks of connections: done at once on the reactor thread, else queued for its next duty cycle.
 * Bounded: sends are counted and refused above a limit, a connection queues one close at most.
 * <p>
 * <b>Note:</b> Threadsafe, but for {@link #drain} and {@link #enterReactorThread}.
 */
final class Commands implements AutoCloseable
{
    private final Reactor reactor;
    private final ReactorContext<?> ctx;
    private final Selector selector;
    private final Queue<Command> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sendsWaiting = new AtomicInteger();
    private volatile Thread reactorThread;
    private volatile boolean isClosed;

    /**
     * @param connection that it is for, and that a fault of it ends; or null.
     */
    private record Command(Connection connection, Runnable action)
    {
    }

    Commands(final Reactor reactor, final ReactorContext<?> ctx, final Selector selector)
    {
        this.reactor = reactor;
        this.ctx = ctx;
        this.selector = selector;
    }

    /**
     * The calling thread is the one to which the connections belong, until another calls this.
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
        for (Command command; drained < ctx.commandLimit() && null != (command = queue.poll()); drained++)
        {
            run(command);
        }
        if (drained == ctx.commandLimit())
        {
            reactor.journal.onCutOff("commands", drained);
        }
        if (drained > 0)
        {
            // They may have let in who counts as heard when the clock is read next: not after a park.
            reactor.sample();
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
            if (null == command.connection)
            {
                throw ex;
            }
            reactor.onFault(command.connection, ex);
        }
    }

    SendResult send(final Connection connection, final ByteBuffer payload)
    {
        final int length = payload.remaining();
        if (length > ctx.maxMessageLength())
        {
            throw new IllegalArgumentException(
                "message of " + length + " bytes, at most " + ctx.maxMessageLength() + " allowed");
        }
        if (!connection.isOpen())
        {
            return SendResult.CLOSED;
        }
        if (!connection.reserve(Frame.HEADER_LENGTH + length, ctx.maxOutboundLength()))
        {
            return SendResult.BACK_PRESSURED;
        }
        return isReactorThread() ? write(connection, payload) : queue(connection, payload);
    }

    void close(final Connection connection)
    {
        if (isReactorThread())
        {
            reactor.departures.leave(connection, CloseReason.LOCAL_CLOSE, "");
        }
        else if (connection.requestClose())
        {
            submit(connection, () -> reactor.departures.leave(connection, CloseReason.LOCAL_CLOSE, ""));
        }
    }

    /**
     * End the present park.
     */
    void wakeup()
    {
        selector.wakeup();
        LockSupport.unpark(reactorThread);
    }

    private SendResult queue(final Connection connection, final ByteBuffer payload)
    {
        final int length = payload.remaining();
        final boolean isHeld = reactor.held.reserve(length);
        if (!isHeld || sendsWaiting.incrementAndGet() > ctx.maxCommands())
        {
            if (isHeld)
            {
                sendsWaiting.decrementAndGet();
                reactor.held.release(length);
            }
            connection.release(Frame.HEADER_LENGTH + length);
            return SendResult.BACK_PRESSURED;
        }

        final ByteBuffer copy = ByteBuffer.allocate(length).put(payload.duplicate()).flip();
        submit(connection, () ->
        {
            sendsWaiting.decrementAndGet();
            reactor.held.release(length);
            write(connection, copy);
        });
        return SendResult.ACCEPTED;
    }

    private SendResult write(final Connection connection, final ByteBuffer payload)
    {
        try
        {
            if (connection.isOpen())
            {
                reactor.io.enqueue(connection, payload);
                reactor.io.flushUnlessBlocked(connection);
            }
        }
        catch (final Throwable ex)
        {
            // It is not the fault of the callback that sends, which may be one of another connection.
            reactor.onFault(connection, ex);
        }
        return connection.isOpen() ? SendResult.ACCEPTED : SendResult.CLOSED;
    }

    /**
     * Have something done by the reactor thread: now if this is it, else soon.
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
     * Have something done by the reactor thread in its next duty cycle.
     */
    void submit(final Runnable command)
    {
        submit(null, command);
    }

    /**
     * Have something done for a connection by the reactor thread in its next duty cycle.
     */
    void submit(final Connection connection, final Runnable action)
    {
        queue.add(new Command(connection, action));
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
     * Nothing is done any more.
     */
    @Override
    public void close()
    {
        isClosed = true;
        queue.clear();
    }
}
