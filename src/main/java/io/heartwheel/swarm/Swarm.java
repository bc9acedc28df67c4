package io.heartwheel.swarm;

import io.heartwheel.swarm.SwarmPlan.Fate;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs many clients of one server on one thread and one selector. They connect, send heartbeats, die as planned, and
 * note how the server reacts.
 * <p>
 * A swarm runs once. {@link #stop()} may be called from any thread, all other methods only from one.
 */
public final class Swarm
{
    /** Short, because a stall of our own goes unnoticed within a park. */
    private static final long PARK_MAX_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long PARK_CONNECTING_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int PING_LIMIT = 1_024;
    private static final int CLOSE_LIMIT = 64;

    /** Most events that one select of the JDK returns. After as many there may be more. */
    private static final int SELECT_LIMIT = 1_024;
    private static final int DEATH_LIMIT = 1_024;

    private final SwarmPlan plan;
    private final DeathList deaths;
    private final SwarmClient[] clients;
    private final Conversation conversation;
    private final Consumer<SelectionKey> onReady = this::onReady;

    private SwarmConnector connector;
    private long startNs;
    private long timeOfAllConnectedNs;
    private boolean isAllConnected;
    private int toldConnected;

    /** Begin of a round of PINGs. Client {@code pingIndex} of n sends {@code interval * pingIndex / n} after it. */
    private long timeOfRoundNs;
    private int pingIndex;

    /** Time at which the selector returned the events that are being handled. */
    private long batchNs;
    private int batchLength;
    private long longestGapNs;

    private volatile Selector selector;
    private volatile boolean isStopped;

    /**
     * Construct a swarm. {@link #run} starts it.
     *
     * @param plan that it follows.
     */
    public Swarm(final SwarmPlan plan)
    {
        this.plan = plan;
        conversation =
            SwarmProtocol.WEBSOCKET == plan.protocol() ? new WebSocketConversation() : new FrameConversation();
        deaths = new DeathList(plan.connections(), plan.deaths());
        clients = new SwarmClient[plan.connections()];
        for (int i = 0; i < clients.length; i++)
        {
            clients[i] = new SwarmClient(deaths.fateOf(i));
        }
    }

    /**
     * Have each client say who it is, {@code u0}, {@code u1} and so on, to a server that asks for that by its HELLO. To
     * be called before {@link #run}.
     *
     * @return this.
     */
    public Swarm named()
    {
        for (int i = 0; i < clients.length; i++)
        {
            clients[i].identity = "u" + i;
        }
        return this;
    }

    /**
     * Receives the progress of connecting.
     */
    @FunctionalInterface
    public interface Progress
    {
        /** Ignores the progress. */
        Progress NONE = (connected, total) ->
        {
        };

        /**
         * More clients are connected. This is called on the thread of the swarm, so it must be quick.
         *
         * @param connected number of clients.
         * @param total     number of clients.
         */
        void onProgress(int connected, int total);
    }

    /**
     * Run the plan to its end, or until {@link #stop()}, or until no connection is left. Blocks for that time. All
     * sockets are reset at the end.
     *
     * @param progress that receives each step of connecting.
     * @return the report.
     * @throws IOException if not all clients could be connected; the message says why.
     */
    public SwarmReport run(final Progress progress) throws IOException
    {
        final long cpuStartNs = threadCpuNs();
        try
        {
            selector = Selector.open();
            // To close its first socket the JDK opens two files. This makes it do so before the limit is reached.
            SocketChannel.open().close();
            startNs = System.nanoTime();
            timeOfRoundNs = startNs;
            connector = new SwarmConnector(plan, clients, selector, conversation, startNs);

            long nowNs = startNs;
            while (!isStopped && !isOver(nowNs))
            {
                nowNs = doCycle(nowNs, progress);
            }

            return report(nowNs, threadCpuNs() - cpuStartNs);
        }
        finally
        {
            closeAll();
        }
    }

    /**
     * End the run soon, with a report of the time until then. Any thread may call this.
     */
    public void stop()
    {
        isStopped = true;
        final Selector toWake = selector;
        if (null != toWake)
        {
            toWake.wakeup();
        }
    }

    private long doCycle(final long cycleStartNs, final Progress progress) throws IOException
    {
        // Rounded up to the whole ms of the selector: waking early would cost a cycle for nothing.
        final long parkMs = TimeUnit.NANOSECONDS.toMillis(Math.max(0, parkNs(cycleStartNs)) + 999_999);
        batchLength = 0;
        if (0 == parkMs)
        {
            selector.selectNow(onReady);
        }
        else
        {
            selector.select(onReady, parkMs);
        }
        if (0 == batchLength)
        {
            batchNs = System.nanoTime();
        }
        if (batchLength < SELECT_LIMIT)
        {
            conversation.closeEnded(CLOSE_LIMIT);
        }

        if (!isAllConnected)
        {
            connect(progress);
        }
        sendPings(System.nanoTime());
        if (isAllConnected)
        {
            endLives(System.nanoTime());
        }

        final long nowNs = System.nanoTime();
        trackGap(cycleStartNs, TimeUnit.MILLISECONDS.toNanos(parkMs), nowNs);
        return nowNs;
    }

    private void onReady(final SelectionKey key)
    {
        final long nowNs = System.nanoTime();
        if (0 == batchLength++)
        {
            batchNs = nowNs;
        }
        if (!key.isValid())
        {
            return;
        }

        final SwarmClient client = (SwarmClient)key.attachment();
        if (client.isOpen())
        {
            conversation.onReady(client, key, nowNs, batchNs);
        }
        else
        {
            connector.onReady(client, nowNs);
        }
    }

    private void connect(final Progress progress) throws IOException
    {
        connector.open(System.nanoTime());
        if (connector.connected() != toldConnected)
        {
            toldConnected = connector.connected();
            progress.onProgress(toldConnected, clients.length);
        }
        if (connector.isDone())
        {
            isAllConnected = true;
            timeOfAllConnectedNs = System.nanoTime();
        }
    }

    private void sendPings(final long nowNs)
    {
        final long intervalNs = plan.pingIntervalNs();
        if (0 == intervalNs)
        {
            return;
        }

        for (int i = 0; i < PING_LIMIT && timeOfNextPingNs() - nowNs <= 0; i++)
        {
            final SwarmClient client = clients[pingIndex];
            if (client.isSpeaking())
            {
                conversation.ping(client, System.nanoTime());
            }
            if (++pingIndex == clients.length)
            {
                pingIndex = 0;
                timeOfRoundNs += intervalNs;
                if (nowNs - timeOfRoundNs > intervalNs)
                {
                    timeOfRoundNs = nowNs; // Rounds that were slept through are not made up for.
                }
            }
        }
    }

    private long timeOfNextPingNs()
    {
        return timeOfRoundNs + (long)((double)plan.pingIntervalNs() * pingIndex / clients.length);
    }

    private void endLives(final long nowNs)
    {
        for (int i = 0; i < DEATH_LIMIT && deaths.hasNext() && timeOfNextDeathNs() - nowNs <= 0; i++)
        {
            final SwarmClient client = clients[deaths.takeNext()];
            if (client.isOpen())
            {
                endLife(client);
            }
        }
    }

    private long timeOfNextDeathNs()
    {
        return timeOfAllConnectedNs + deaths.nextOffsetNs();
    }

    private void endLife(final SwarmClient client)
    {
        client.hasDied = true;
        client.timeOfDeathNs = System.nanoTime();
        client.unsent = null;
        client.key.interestOps(SelectionKey.OP_READ);
        try
        {
            if (Fate.CLOSE == client.fate)
            {
                client.channel.shutdownOutput();
            }
            else if (Fate.RESET == client.fate)
            {
                client.channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                conversation.leave(client);
            }
        }
        catch (final IOException ex)
        {
            client.hasDied = false; // The server was quicker: the next read tells.
        }
    }

    private boolean isOver(final long nowNs)
    {
        return isAllConnected &&
            (0 == conversation.openCount() || nowNs - timeOfAllConnectedNs - plan.runNs() >= 0);
    }

    private long parkNs(final long nowNs)
    {
        if (!isAllConnected)
        {
            return connector.isEager(nowNs) ? 0 : PARK_CONNECTING_NS;
        }

        if (conversation.hasEnded())
        {
            return 0;
        }
        long parkNs = Math.min(PARK_MAX_NS, timeOfAllConnectedNs + plan.runNs() - nowNs);
        if (plan.pingIntervalNs() > 0)
        {
            parkNs = Math.min(parkNs, timeOfNextPingNs() - nowNs);
        }
        if (deaths.hasNext())
        {
            parkNs = Math.min(parkNs, timeOfNextDeathNs() - nowNs);
        }
        return parkNs;
    }

    /**
     * Record the time of a cycle in which the swarm did not listen: all of it but the planned park.
     */
    private void trackGap(final long cycleStartNs, final long parkNs, final long nowNs)
    {
        final long waitedNs = Math.min(batchNs - cycleStartNs, parkNs);
        longestGapNs = Math.max(longestGapNs, nowNs - cycleStartNs - waitedNs);
    }

    private SwarmReport report(final long nowNs, final long cpuNs)
    {
        final long connectNs = (isAllConnected ? timeOfAllConnectedNs : nowNs) - startNs;
        final SwarmReport.Timing timing = new SwarmReport.Timing(
            nowNs, connectNs, isAllConnected ? nowNs - timeOfAllConnectedNs : 0, longestGapNs, cpuNs, isStopped);
        return Assessment.of(plan, clients, timing, conversation.traffic());
    }

    /**
     * Close all connections by RST. A FIN leaves each local port in TIME_WAIT for a minute, and the next swarm would
     * have to search for free ones.
     */
    private void closeAll() throws IOException
    {
        for (final SwarmClient client : clients)
        {
            if (null != client.channel && client.channel.isOpen())
            {
                try (SocketChannel channel = client.channel)
                {
                    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                }
                catch (final IOException ex)
                {
                    // Then the socket closes by FIN.
                }
            }
        }
        if (null != selector)
        {
            selector.close();
        }
    }

    private static long threadCpuNs()
    {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
