package io.heartwheel.reactor;

import io.heartwheel.host.Log;
import io.heartwheel.metrics.Counter;
import org.agrona.CloseHelper;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.TimeUnit;

/**
 * Waits when accepting fails. For lack of file descriptors, most likely, the listening socket stays ready, so that
 * going on at once would spin: accepting pauses for {@link #PAUSE_NS}, and is tried again until it works.
 */
final class AcceptPause implements AutoCloseable
{
    static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /**
     * Where each client that leaves makes room for one more, accepting fails and works in turn: told once in this time.
     */
    static final long TELLING_PAUSE_NS = TimeUnit.SECONDS.toNanos(10);

    private final SelectorProvider provider;
    private final SelectionKey key;
    private final Reactor reactor;
    /**
     * A file descriptor to spare, given up for a pause when there is no other, so that the log can say so.
     */
    private SocketChannel reserve;
    private boolean isPaused;
    private long resumeNs;
    /** The log says that accepting fails, and does not say yet that it works again. */
    private boolean isToldFailing;
    private boolean isTold;
    private long failingSinceNs;
    private long toldNs;
    private long failuresUntold;

    /**
     * @param key of the listening socket.
     */
    AcceptPause(final SelectorProvider provider, final SelectionKey key, final Reactor reactor)
    {
        this.provider = provider;
        this.key = key;
        this.reactor = reactor;
        reserve();
    }

    /**
     * Accepting has failed.
     */
    void begin(final Throwable ex)
    {
        isPaused = true;
        resumeNs = reactor.clock.nowNs() + PAUSE_NS;
        key.interestOps(0);
        reactor.metrics.add(Counter.ACCEPT_FAILURES, 1);
        if (isToldFailing)
        {
            return;
        }
        if (isTold && reactor.clock.nowNs() - toldNs < TELLING_PAUSE_NS)
        {
            ++failuresUntold;
            return;
        }
        isTold = true;
        isToldFailing = true;
        toldNs = reactor.clock.nowNs();
        failingSinceNs = toldNs;
        CloseHelper.quietClose(reserve);
        reserve = null;
        Log.line(Level.WARNING, "cannot accept with {0} connections open: {1}; trying again each {2} ms{3}",
            reactor.peers.size(), IoFailures.textOf(ex), PAUSE_NS / 1_000_000,
            0 == failuresUntold ? "" : ", failed " + failuresUntold + " times since this was told last");
        failuresUntold = 0;
    }

    /**
     * Accepting works.
     */
    void onAccepted()
    {
        if (isToldFailing)
        {
            isToldFailing = false;
            Log.line(Level.INFO, "accepting again after {0} ms",
                (reactor.clock.nowNs() - failingSinceNs) / 1_000_000);
        }
    }

    /**
     * Accept again when it is time to.
     */
    int doWork()
    {
        if (!isPaused || resumeNs - reactor.clock.nowNs() > 0)
        {
            return 0;
        }
        isPaused = false;
        key.interestOps(SelectionKey.OP_ACCEPT);
        // By now the line is written.
        reserve();
        return 1;
    }

    long nextDeadlineNs(final long noneNs)
    {
        return isPaused ? resumeNs : noneNs;
    }

    private void reserve()
    {
        try
        {
            reserve = null != reserve ? reserve : provider.openSocketChannel();
        }
        catch (final IOException ex)
        {
            reserve = null;
        }
    }

    @Override
    public void close() throws IOException
    {
        isPaused = false;
        if (null != reserve)
        {
            reserve.close();
        }
    }
}
