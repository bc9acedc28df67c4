package io.heartwheel.fleet;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Nodes of one registry in memory, and a time that goes when told to. Each node can be cut off from the engine.
 */
final class FleetRig
{
    static final long MS = 1_000_000;
    static final long SECOND = 1_000 * MS;
    static final int BUCKETS = 16;

    final FleetSettings settings;
    final List<Node> nodes = new ArrayList<>();
    final MemoryRegistry registry;
    long nowNs;
    long engineUs = 1_700_000_000_000_000L;

    FleetRig(final FleetSettings settings)
    {
        this.settings = settings;
        // Close to where it overflows.
        nowNs = Long.MAX_VALUE - 5 * SECOND;
        registry = new MemoryRegistry(() -> engineUs, BUCKETS);
    }

    FleetRig()
    {
        this(FleetSettings.DEFAULT);
    }

    Node add(final String boot)
    {
        final Node node = new Node(boot);
        nodes.add(node);
        return node;
    }

    /** All nodes work for so long. */
    void run(final long durationNs)
    {
        for (long leftNs = durationNs; leftNs > 0; leftNs -= 10 * MS)
        {
            advance(Math.min(leftNs, 10 * MS));
            nodes.forEach(Node::work);
        }
    }

    /** Time passes, and nobody works. */
    void advance(final long durationNs)
    {
        nowNs += durationNs;
        engineUs += durationNs / 1_000;
    }

    /** What is promised, once the nodes have worked for it. */
    <R> R answer(final CompletableFuture<R> future)
    {
        for (int i = 0; i < 100 && !future.isDone(); i++)
        {
            run(10 * MS);
        }
        assertTrue(future.isDone());
        return future.join();
    }

    /** A node, and what it told its host. */
    final class Node implements Host
    {
        final CutEngine engine = new CutEngine(new MemoryEngine(registry));
        final List<String> told = new ArrayList<>();
        final FleetNode node;
        boolean isStopped;

        private Node(final String boot)
        {
            node = new FleetNode(engine, boot, boot, settings, this, 1, nowNs);
        }

        void work()
        {
            for (int i = 0; !isStopped && i < 100 && node.doWork(nowNs) > 0; i++)
            {
                advance(MS / 100);
            }
        }

        void open(final String identity, final long connection)
        {
            node.open(identity, connection, nowNs);
        }

        @Override
        public void onTakenOver(final long connection, final Session newer)
        {
            told.add(connection + " taken over by " + newer.boot() + ' ' + newer.connection());
        }

        @Override
        public void onRefused(final long connection, final Session older)
        {
            told.add(connection + " refused for " + older.boot() + ' ' + older.connection());
        }

        @Override
        public void onMessage(final long connection, final byte[] message)
        {
            told.add(connection + " gets " + new String(message, StandardCharsets.UTF_8));
        }

        @Override
        public void onClose(final long connection, final byte reason)
        {
            told.add(connection + " to close");
        }

        @Override
        public void onState(final FleetState state)
        {
            told.add(state.toString());
        }

        @Override
        public void onWarning(final String warning)
        {
            told.add("warning " + warning);
        }
    }
}
