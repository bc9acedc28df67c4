package io.heartwheel.reactor;

import io.heartwheel.host.Log;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;
import org.agrona.CloseHelper;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.TimeUnit;

/**
 * Pauses accepting for {@link #PAUSE_NS} when it fails, and tries again until it works. Most failures are a lack of
 * file descriptors. The listening socket stays ready then, so going on at once would spin.
 */
final class AcceptPause implements AutoCloseable
{
    static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /**
     * Shortest time between two log lines about failures. If each client that leaves makes room for one more, accepting
     * fails and works in turn.
     */
    static final long TELLING_PAUSE_NS = TimeUnit.SECONDS.toNanos(10);

    private final SelectorProvider provider;
    private final SelectionKey key;
    private final AttendedClock clock;
    private final PeerTable peers;
    private final ReactorMetrics metrics;
    /**
     * A spare file descriptor, so that the log can be written when there is no other: it is closed for the pause.
     */
    private SocketChannel reserve;
    private boolean isPaused;
    private long resumeNs;
    /** The log says that accepting fails, and not yet that it works again. */
    private boolean isToldFailing;
    private boolean isTold;
    private long failingSinceNs;
    private long toldNs;
    private long failuresUntold;
    private boolean isMute;

    /**
     * @param key of the listening socket.
     */
    AcceptPause(
        final SelectorProvider provider,
        final SelectionKey key,
        final AttendedClock clock,
        final PeerTable peers,
        final ReactorMetrics metrics)
    {
        this.provider = provider;
        this.key = key;
        this.clock = clock;
        this.peers = peers;
        this.metrics = metrics;
        reserve();
    }

    /**
     * Pause from now on without a word in the log.
     */
    void mute()
    {
        isMute = true;
    }

    /**
     * Accepting failed: pause, and log it if it is time to.
     */
    void begin(final Throwable ex)
    {
        isPaused = true;
        resumeNs = clock.nowNs() + PAUSE_NS;
        key.interestOps(0);
        metrics.add(Counter.ACCEPT_FAILURES, 1);
        if (isToldFailing || isMute)
        {
            return;
        }
        if (isTold && clock.nowNs() - toldNs < TELLING_PAUSE_NS)
        {
            ++failuresUntold;
            return;
        }
        isTold = true;
        isToldFailing = true;
        toldNs = clock.nowNs();
        failingSinceNs = toldNs;
        CloseHelper.quietClose(reserve);
        reserve = null;
        Log.line(Level.WARNING, "cannot accept with {0} connections open: {1}; trying again each {2} ms{3}",
            peers.size(), IoFailures.textOf(ex), PAUSE_NS / 1_000_000,
            0 == failuresUntold ? "" : ", failed " + failuresUntold + " times since this was told last");
        failuresUntold = 0;
    }

    /**
     * Accepting works: log it if the log says that it fails.
     */
    void onAccepted()
    {
        if (isToldFailing)
        {
            isToldFailing = false;
            Log.line(Level.INFO, "accepting again after {0} ms",
                (clock.nowNs() - failingSinceNs) / 1_000_000);
        }
    }

    /**
     * Accept again if the pause is over.
     */
    int doWork()
    {
        if (!isPaused || resumeNs - clock.nowNs() > 0)
        {
            return 0;
        }
        isPaused = false;
        key.interestOps(SelectionKey.OP_ACCEPT);
        // The log line is written by now.
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
