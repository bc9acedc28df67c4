package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.ConnectionView;
import io.heartwheel.ReactorContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.liveness.LivenessTracker;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.Measure;
import io.heartwheel.metrics.ReactorMetrics;
import io.heartwheel.wheel.TimingWheel;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentTerminationException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The duty cycle: it hears the sockets, judges silence and closes what is condemned. It makes the parts that do so, and
 * drives them.
 * <p>
 * <b>Note:</b> For the reactor thread only. Other threads go through {@link Commands}.
 */
public final class Reactor
{
    /**
     * A select that returns this many events may have left more behind: the least maximum among the JDK's selectors,
     * 256 on macOS (KQueueSelectorImpl) and Windows (WEPollSelectorImpl), 1,024 on Linux (EPollSelectorImpl).
     */
    static final int FULL_BATCH = 256;

    /** One turn is 17 s by the default tick of 262 us: about the longest wait of the STANDARD cadence. */
    private static final int SILENCE_SPOKES = 1 << 16;
    private static final int CURFEW_SPOKES = 1 << 14;

    /** A cycle without work has parked for the linger time: after so many that is over, whatever the clock says. */
    private static final int IDLE_SHUTDOWN_CYCLES_MAX = 3;
    private static final int SHUTDOWN_CYCLES_PER_CONNECTION_MAX = 64;

    final ReactorMetrics metrics;
    final PeerTable peers;
    final Journal journal;
    final Inspector inspector;
    final Totals totals;
    final Share share;
    final Endpoint endpoint;
    final Faults faults;
    final GuardedListener listener;
    final AttendedClock clock;
    final Held held;
    final Coalescer coalescer;
    final LivenessTracker tracker;
    final SocketIo io;
    final Departures departures;
    final Drain drain;
    final Allowance allowance;
    final Judge judge;
    final Curfew curfew;
    final Frames frames;
    final Commands commands;
    final Arrivals arrivals;

    private final int expiryLimit;
    private final long lingerNs;
    private final Selector selector;
    private final Router router = new Router();
    private final Consumer<SelectionKey> readyHandler = this::onReady;
    private final TimingWheel silences;
    private long maxParkNs;
    private long parkedNs;
    private boolean isParked;
    private long wokenNs;
    /** What arrived before this time has been heard, so silence may be judged up to it. */
    private long heardUntilNs;

    private Reactor(
        final ReactorContext<?> ctx, final Totals totals, final Share share, final Faults faults,
        final Endpoint endpoint, final Gate gate, final Selector selector)
    {
        metrics = new ReactorMetrics(CloseReason.values().length, Labels.of(ctx.protocolNames()));
        this.totals = totals;
        this.share = share;
        this.endpoint = endpoint;
        this.selector = selector;
        expiryLimit = ctx.expiryLimit();
        lingerNs = ctx.lingerNs();
        maxParkNs = ctx.maxParkNs();
        peers = new PeerTable(share.index);
        inspector = new Inspector(peers);
        journal = new Journal(metrics, totals.isAlone() ? Journal.ALONE : share.index);
        clock = new AttendedClock(ctx.nanoClock(), ctx.stallNs(), router);
        this.faults = faults;
        listener = new GuardedListener(ctx.listenerOf(share.index), ctx.identities(), clock, faults, metrics);
        held = new Held(peers, metrics, totals, share, router::onEnd);
        coalescer = new Coalescer(ctx, peers::size, metrics, clock.nowNs());
        silences = new TimingWheel(clock.nowNs(), ctx.tickNs(), SILENCE_SPOKES, 0);
        tracker = new LivenessTracker(silences, clock.nowNs(), 0 == maxParkNs ? 0 : ctx.probeSlackNs());
        final TimingWheel curfews = new TimingWheel(clock.nowNs(), ctx.tickNs(), CURFEW_SPOKES, 0);
        io = new SocketIo(router, clock, held, coalescer, metrics);
        departures =
            new Departures(ctx, clock, peers, io, held, tracker, curfews, journal, listener, faults, endpoint);
        drain = new Drain(clock, peers, departures, ctx.closeLimit());
        allowance = new Allowance(ctx, clock, departures);
        judge = new Judge(tracker, clock, peers, io, departures, allowance, listener, metrics);
        curfew = new Curfew(ctx.frameTimeoutNs(), curfews, clock, peers, io, departures, gate);
        frames = new Frames(ctx, clock, allowance, judge, curfew, departures, io, endpoint, gate,
            listener, coalescer, metrics);
        commands = new Commands(ctx, selector, clock, io, held, judge, departures, endpoint, listener, journal);
        arrivals = new Arrivals(ctx, selector, peers, commands, io, allowance, judge, departures, endpoint, listener,
            journal);
        router.start(gate, endpoint, io, judge, curfew, allowance, departures, listener, journal);
    }

    /**
     * Make a reactor for an endpoint, and start the endpoint. If either fails, all that was opened is closed.
     */
    static Reactor open(
        final ReactorContext<?> ctx, final Totals totals, final Share share, final Faults faults,
        final Endpoint endpoint, final Gate gate, final Consumer<Reactor> starter)
    {
        Selector selector = null;
        try
        {
            selector = ctx.selectorProvider().openSelector();
            final Reactor reactor = new Reactor(ctx, totals, share, faults, endpoint, gate, selector);
            starter.accept(reactor);
            return reactor;
        }
        catch (final IOException ex)
        {
            faults.close(endpoint);
            throw new UncheckedIOException(ex);
        }
        catch (final RuntimeException | Error ex)
        {
            faults.close(endpoint);
            faults.close(selector);
            throw ex;
        }
    }

    /** {@return what is counted and measured, live; from any thread} */
    public ReactorMetrics metrics()
    {
        return metrics;
    }

    /** {@return views of all connections, completed on the reactor thread, or by its end; from any thread} */
    public CompletableFuture<List<ConnectionView>> inspect()
    {
        final CompletableFuture<List<ConnectionView>> answer = inspector.inspect();
        commands.wakeup();
        return answer;
    }

    /** The calling thread runs the duty cycle from now on, until another thread calls this. */
    public void enter()
    {
        commands.enterReactorThread();
    }

    /** {@return whether the calling thread runs the duty cycle; from any thread} */
    public boolean isEntered()
    {
        return commands.isReactorThread();
    }

    /** {@return whether another thread, which is alive, runs the duty cycle; from any thread} */
    public boolean isElsewhere()
    {
        return commands.isElsewhere();
    }

    /** End the present park, from any thread. */
    public void wakeup()
    {
        commands.wakeup();
    }

    /** {@return whether a drain has begun and all peers have left} */
    public boolean isDrained()
    {
        return drain.isDone();
    }

    /** {@return the application's error handler, guarded: what it throws gets no further} */
    public ErrorHandler errorHandler()
    {
        return faults;
    }

    /**
     * Have the reactor end. Only the first reason counts. The application is told, unless it asked for the end itself.
     *
     * @param ex that was thrown.
     */
    public void fail(final Throwable ex)
    {
        faults.end(ex);
        if (!(ex instanceof AgentTerminationException))
        {
            faults.onError(ex);
        }
    }

    /** {@return why the reactor has to end, or null; from any thread} */
    public Throwable ending()
    {
        return faults.ending();
    }

    /** {@return what broke the reactor, or null if it runs or ends as it was told to; from any thread} */
    public Throwable failure()
    {
        return faults.failure();
    }

    /**
     * Run one duty cycle. Sockets come before deadlines: what the kernel already has is heard before a peer is judged.
     *
     * @return amount of work done; 0 if there was none.
     */
    public int doWork()
    {
        enterCycle();
        return
            commands.drain() +          // what other threads asked for
            inspector.doWork() +        // what they want to know, of some connections at a time
            pollSockets() +             // park until the next deadline at most; hear all peers, write what did not fit
            expireDeadlines() +         // judge silence: probe or condemn, a bounded number per cycle
            endpoint.doWork() +         // make connections
            drain.doWork() +            // let peers leave whose turn has come
            departures.doWork() +       // close, free the slot, then tell the listener
            trackCycle();               // stalls and cycle time
    }

    private void enterCycle()
    {
        assert commands.isReactorThread() : "another thread runs the duty cycle";
        clock.sample();
        wokenNs = clock.lastSampleNs();
    }

    /**
     * Hear every peer from which the kernel has bytes. After a full batch more may wait, and a deadline that is due has
     * to wait for bytes that arrived before it: select again, and judge by the clock sampled before that select. After
     * as many batches as hear every connection once, all that was there is heard, whatever arrives meanwhile.
     */
    private int pollSockets()
    {
        int events = 0;
        boolean isAllHeard = false;
        final long parkNs = parkNs();
        long gatheredNs = parkNs > 0 ? coalescer.gather(heardUntilNs, clock.nowNs(), parkNs) : 0;
        if (parkNs > 0 && 0 == gatheredNs)
        {
            events = park(coalescer.selectNs(clock.nowNs(), parkNs));
            isAllHeard = events < FULL_BATCH && nextDeadlineNs() - heardUntilNs > 0;
        }

        for (int batches = peers.size() / FULL_BATCH + 2; batches > 0 && !isAllHeard; batches--)
        {
            clock.sample(gatheredNs);
            gatheredNs = 0;
            heardUntilNs = clock.nowNs();
            final int batch = select(0);
            events += batch;
            isAllHeard = batch < FULL_BATCH;
        }
        coalescer.onLook(clock.nowNs(), events);
        return events;
    }

    private int park(final long parkNs)
    {
        // Rounded up: a wake-up before the deadline would find nothing to do.
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
            clock.sample(parkedNs);
            heardUntilNs = clock.nowNs();
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
            // Without a selector no peer can be heard.
            throw new UncheckedIOException(ex);
        }
    }

    private long parkNs()
    {
        if (!commands.isEmpty() || departures.hasCondemned() || inspector.isAsked() || drain.isDone())
        {
            return 0;
        }
        return Math.max(0, Math.min(maxParkNs, nextDeadlineNs() - clock.nowNs()));
    }

    private long nextDeadlineNs()
    {
        final long nowNs = clock.nowNs();
        final long noneNs = nowNs + maxParkNs + 1;
        return nowNs + Math.min(
            Math.min(judge.nextDeadlineNs(noneNs) - nowNs, curfew.nextDeadlineNs(noneNs) - nowNs),
            Math.min(endpoint.nextDeadlineNs(noneNs) - nowNs, drain.nextDeadlineNs(noneNs) - nowNs));
    }

    private void onReady(final SelectionKey key)
    {
        wake();
        if (!(key.attachment() instanceof Peer peer))
        {
            coalescer.onUrgent(clock.nowNs());
            endpoint.onReady(key);
        }
        else if (peer.state <= Peer.LEAVING && key.isValid())
        {
            router.onReady(peer, key);
        }
    }

    private int expireDeadlines()
    {
        final int expired = judge.poll(heardUntilNs, expiryLimit) + curfew.poll(heardUntilNs, expiryLimit);
        if (expired >= expiryLimit)
        {
            journal.onCutOff("deadlines", expired);
        }
        coalescer.onExpired(expired);
        return expired;
    }

    private int trackCycle()
    {
        clock.sample();
        metrics.record(Measure.CYCLE, clock.lastSampleNs() - wokenNs);
        metrics.add(Counter.CYCLES, 1);
        metrics.set(Counter.DEADLINES, silences.scheduledCount());
        return 0;
    }

    /** Make no more connections, and let all peers leave with a BYE. */
    public void shutdown()
    {
        // An AgentRunner that runs out of patience interrupts the thread. A selector does not wait then.
        final boolean isInterrupted = Thread.interrupted();
        endpoint.close();
        maxParkNs = Math.max(lingerNs, Cadence.MIN_NS);
        clock.sample();
        peers.forEach(peer -> departures.leave(peer, CloseReason.SHUTDOWN, ""));
        int idleCycles = 0;
        int cycles = SHUTDOWN_CYCLES_PER_CONNECTION_MAX * (peers.size() + 1);
        for (; cycles > 0 && peers.size() > 0 && idleCycles < IDLE_SHUTDOWN_CYCLES_MAX; cycles--)
        {
            idleCycles += 0 == doWork() ? 1 : 0;
        }
        if (isInterrupted)
        {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * End all connections that are left, without a BYE, and release everything, whatever fails meanwhile. Hardly
     * anything is allocated, as the agent may end for lack of memory.
     */
    public void release()
    {
        faults.close(endpoint);
        departures.abandonAll();
        faults.close(inspector);
        faults.close(commands);
        faults.close(selector);
    }
}
