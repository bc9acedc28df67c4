package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.Measure;
import io.heartwheel.metrics.ReactorMetrics;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The duty cycle: hears the sockets, judges silence, and closes what is condemned; and the parts it drives.
 * <p>
 * <b>Note:</b> For the reactor thread only; other threads go through {@link Commands}.
 */
final class Reactor
{
    /**
     * A select that returns this many events may have left more behind. It is the least bound among the JDK's
     * selectors: 256 on macOS (KQueueSelectorImpl) and Windows (WEPollSelectorImpl); 1,024 on Linux
     * (EPollSelectorImpl).
     */
    static final int FULL_BATCH = 256;

    /**
     * A cycle without any work has parked for the linger time: a few of them, and it is over, whatever the clock says.
     */
    private static final int IDLE_SHUTDOWN_CYCLES_MAX = 3;
    private static final int SHUTDOWN_CYCLES_PER_CONNECTION_MAX = 64;

    final Endpoint endpoint;
    final ReactorMetrics metrics = new ReactorMetrics(CloseReason.values().length);
    final ConnectionTable connections = new ConnectionTable();
    final Faults faults;
    final GuardedListener listener;
    final Held held;
    final SocketIo io;
    final Inbound inbound;
    final Watcher watcher;
    final Curfew curfew;
    final Departures departures;
    final Commands commands;
    final Coalescer coalescer;
    final Journal journal = new Journal(metrics);
    final Inspector inspector = new Inspector(connections);

    private final ReactorContext<?> ctx;
    private final Selector selector;
    private final Consumer<SelectionKey> readyHandler = this::onReady;
    private final AttendedClock clock;
    private long maxParkNs;
    private long parkedNs;
    private boolean isParked;
    private long wokenNs;
    private long nowNs;
    /**
     * What arrived before this time has been heard, so silence may be judged up to it.
     */
    private long heardUntilNs;
    private boolean isQuiet = true;

    Reactor(final ReactorContext<?> ctx, final Endpoint endpoint)
    {
        this.ctx = ctx;
        this.endpoint = endpoint;
        maxParkNs = ctx.maxParkNs();
        clock = new AttendedClock(ctx.nanoClock(), ctx.stallNs());
        nowNs = clock.sample(0);
        faults = ctx.faults();
        listener = new GuardedListener(ctx.listener(), faults, metrics);
        held = new Held(this, ctx);
        io = new SocketIo(this);
        inbound = new Inbound(this, ctx);
        watcher = new Watcher(this, ctx, nowNs);
        curfew = new Curfew(this, ctx, nowNs);
        departures = new Departures(this, ctx);
        coalescer = new Coalescer(ctx, nowNs);
        try
        {
            selector = ctx.selectorProvider().openSelector();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
        commands = new Commands(this, ctx, selector);
    }

    /**
     * Make a reactor for an endpoint, and start that. If it cannot be, neither keeps anything.
     */
    static Reactor open(final ReactorContext<?> ctx, final Endpoint endpoint)
    {
        Reactor reactor = null;
        try
        {
            reactor = new Reactor(ctx, endpoint);
            endpoint.start(reactor);
            return reactor;
        }
        catch (final RuntimeException | Error ex)
        {
            ctx.faults().close(endpoint);
            ctx.faults().close(null == reactor ? null : reactor.selector);
            throw ex;
        }
    }

    /** The time now, as of the last reading of the clock. */
    long nowNs()
    {
        return nowNs;
    }

    /**
     * What the clock itself said, stalls included, when it was read last.
     */
    long clockNs()
    {
        return clock.lastSampleNs();
    }

    /**
     * One duty cycle. Sockets come before deadlines: what the kernel already has is heard before anyone is judged.
     */
    int doWork()
    {
        enterCycle();
        return
            commands.drain() +          // what other threads asked for
            inspector.doWork() +        // what they want to know, of some connections at a time
            pollSockets() +             // park until the next deadline at most; hear everyone, write what did not fit
            expireDeadlines() +         // judge silence: probe or condemn, a bounded number per cycle
            endpoint.doWork() +         // make connections
            departures.doWork(nowNs) +  // close, free the slot, then tell the listener
            trackCycle();               // stalls and cycle time
    }

    private void enterCycle()
    {
        sample(0);
        wokenNs = clock.lastSampleNs();
    }

    /**
     * A batch that is full says that more is waiting, and a deadline that is due has to wait for what arrived before
     * it: select again, and judge by the clock sampled before that select. After as many batches as it takes to hear
     * every connection once, all that was there has been heard, whatever arrives meanwhile.
     */
    private int pollSockets()
    {
        int events = 0;
        boolean isAllHeard = false;
        final long parkNs = parkNs();
        long gatheredNs = parkNs > 0 ? coalescer.gather(heardUntilNs, nowNs, parkNs, isQuiet) : 0;
        if (parkNs > 0 && 0 == gatheredNs)
        {
            events = park(coalescer.selectNs(nowNs, parkNs));
            isAllHeard = events < FULL_BATCH && nextDeadlineNs() - heardUntilNs > 0;
        }

        for (int batches = connections.size() / FULL_BATCH + 2; batches > 0 && !isAllHeard; batches--)
        {
            sample(gatheredNs);
            gatheredNs = 0;
            heardUntilNs = nowNs;
            final int batch = select(0);
            events += batch;
            isAllHeard = batch < FULL_BATCH;
        }
        isQuiet = 0 == events;
        return events;
    }

    private int park(final long parkNs)
    {
        // Rounded up: waking before the deadline would be for nothing.
        final long parkMs = (parkNs + 999_999) / 1_000_000;
        parkedNs = TimeUnit.MILLISECONDS.toNanos(parkMs);
        isParked = true;
        final int events = select(parkMs);
        wake();
        return events;
    }

    private void wake()
    {
        if (isParked)
        {
            isParked = false;
            sample(parkedNs);
            heardUntilNs = nowNs;
            wokenNs = clock.lastSampleNs();
        }
    }

    private int select(final long timeoutMs)
    {
        try
        {
            return timeoutMs > 0 ? selector.select(readyHandler, timeoutMs) : selector.selectNow(readyHandler);
        }
        catch (final IOException ex)
        {
            // Nobody is heard any more.
            throw new UncheckedIOException(ex);
        }
    }

    private long parkNs()
    {
        if (!commands.isEmpty() || departures.hasCondemned() || inspector.isAsked() || departures.drain.isDone())
        {
            return 0;
        }
        return Math.max(0, Math.min(maxParkNs, nextDeadlineNs() - nowNs));
    }

    private long nextDeadlineNs()
    {
        final long noneNs = nowNs + maxParkNs + 1;
        return nowNs + Math.min(
            Math.min(watcher.nextDeadlineNs(noneNs) - nowNs, curfew.nextDeadlineNs(noneNs) - nowNs),
            Math.min(endpoint.nextDeadlineNs(noneNs) - nowNs, departures.nextDeadlineNs(noneNs) - nowNs));
    }

    private void onReady(final SelectionKey key)
    {
        wake();
        if (!(key.attachment() instanceof Connection connection))
        {
            coalescer.onUrgent(nowNs);
            endpoint.onReady(key);
        }
        else if (connection.state <= Connection.LEAVING && key.isValid())
        {
            try
            {
                final int readyOps = key.readyOps();
                if (0 != (readyOps & SelectionKey.OP_READ))
                {
                    io.read(connection);
                }
                if (0 != (readyOps & SelectionKey.OP_WRITE) && connection.state <= Connection.LEAVING)
                {
                    io.flush(connection);
                }
            }
            catch (final Throwable ex)
            {
                onFault(connection, ex);
            }
        }
    }

    /**
     * A fault while one connection was handled ends with it, or it would come back in every cycle. If not even that can
     * be done, the agent ends.
     */
    void onFault(final Connection connection, final Throwable ex)
    {
        if (faults.onFault(ex))
        {
            departures.condemn(connection, CloseReason.INTERNAL_ERROR, Faults.text(ex));
        }
    }

    private int expireDeadlines()
    {
        final int limit = ctx.expiryLimit();
        final int expired = watcher.poll(heardUntilNs, limit) + curfew.poll(heardUntilNs, limit);
        if (expired >= limit)
        {
            journal.onCutOff("deadlines", expired);
        }
        isQuiet &= 0 == expired;
        return expired;
    }

    private int trackCycle()
    {
        sample(0);
        metrics.record(Measure.CYCLE, clock.lastSampleNs() - wokenNs);
        metrics.add(Counter.CYCLES, 1);
        metrics.set(Counter.DEADLINES, watcher.deadlineCount());
        return 0;
    }

    /**
     * Read the clock: once for each batch, and when a wait for the peer begins within one.
     *
     * @return the time now.
     */
    long sample()
    {
        sample(0);
        return nowNs;
    }

    private void sample(final long parkedForNs)
    {
        nowNs = clock.sample(parkedForNs);
        watcher.onSample(nowNs);
        if (clock.lastStallNs() > 0)
        {
            watcher.onStall(clock.lastStallNs());
        }
    }

    /**
     * Have a socket that is no connection (yet) announced to the endpoint.
     */
    SelectionKey register(final SelectableChannel channel, final int interestOps) throws IOException
    {
        channel.configureBlocking(false);
        return channel.register(selector, interestOps);
    }

    /**
     * Take over a connected channel, which has a slot from now on.
     *
     * @param link it is for, or null.
     */
    Connection join(final SocketChannel channel, final InetSocketAddress remoteAddress, final Link link)
        throws IOException
    {
        SocketSettings.set(channel, ctx);
        final Connection connection = new Connection(
            this, link, connections.nextId(), remoteAddress, register(channel, SelectionKey.OP_READ));
        connections.add(connection);
        return connection;
    }

    /**
     * Watch a connection, and tell the listener. What it sends leaves with the HELLO in one write.
     */
    void open(final Connection connection)
    {
        watcher.watch(connection, ctx.cadence());
        connection.state = Connection.OPEN;
        if (null != connection.link())
        {
            connection.link().onOpen(connection);
        }
        journal.onOpen(connection);
        connection.isAnnounced = true;
        if (!listener.onOpen(connection))
        {
            departures.leave(connection, CloseReason.LISTENER_FAILED, "");
        }
        if (connection.isOpen())
        {
            io.flushUnlessBlocked(connection);
        }
    }

    /**
     * Make no more connections, and let all that are open leave with a BYE.
     */
    void shutdown()
    {
        // An interrupt, which is how an AgentRunner gets impatient, would keep the selector from waiting.
        final boolean isInterrupted = Thread.interrupted();
        endpoint.close();
        maxParkNs = Math.max(ctx.lingerNs(), Cadence.MIN_NS);
        nowNs = clock.sample(0);
        connections.forEach(connection -> departures.leave(connection, CloseReason.SHUTDOWN, ""));
        int idleCycles = 0;
        for (int cycles = SHUTDOWN_CYCLES_PER_CONNECTION_MAX * (connections.size() + 1);
            cycles > 0 && connections.size() > 0 && idleCycles < IDLE_SHUTDOWN_CYCLES_MAX; cycles--)
        {
            idleCycles += 0 == doWork() ? 1 : 0;
        }
        if (isInterrupted)
        {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * End whoever is left without a word, and release everything, whatever fails meanwhile. Hardly anything is
     * allocated: it may be for lack of memory that the agent ends.
     */
    void release()
    {
        faults.close(endpoint);
        departures.abandonAll();
        faults.close(inspector);
        faults.close(commands);
        faults.close(selector);
    }
}
