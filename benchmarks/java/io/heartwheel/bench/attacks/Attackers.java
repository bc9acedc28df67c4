package io.heartwheel.bench.attacks;

import io.heartwheel.CloseReason;
import io.heartwheel.bench.harness.Pace;
import io.heartwheel.bench.harness.RawPeer;
import io.heartwheel.bench.harness.RawReader;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Runs many attackers of one kind on one thread and one selector. An attacker whose connection was closed connects
 * again at once, as far as the rate of connects allows. An attacker that finds no room to write waits for room.
 * <p>
 * An instance runs once. {@link #stop()} may be called from any thread.
 */
final class Attackers
{
    private static final int TURN_LIMIT = 512;
    private static final long FAILURE_WAIT_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Attack attack;
    private final InetSocketAddress server;
    private final InetAddress source;
    private final Attacker[] attackers;
    private final int connectsPerS;
    private final ArrayDeque<Attacker> waiting = new ArrayDeque<>();
    private final Selector selector = Selector.open();
    private final ByteBuffer out = ByteBuffer.allocateDirect(Attack.WRITE_LENGTH_MAX);
    private final RawReader reader = new RawReader();
    private final Map<String, Long> endings = new TreeMap<>();

    private int next;
    private int opened;
    private long frames;
    private long bytes;
    private long longestNs;
    private long ranNs;
    private long timeOfFailureNs;
    private volatile boolean isStopped;

    private static final class Attacker
    {
        private RawPeer peer;
        private boolean isConnected;
        private int connection;
        private int turn;
    }

    Attackers(
        final Attack attack,
        final InetSocketAddress server,
        final InetAddress source,
        final int attackers,
        final int connectsPerS)
        throws IOException
    {
        this.attack = attack;
        this.server = server;
        this.source = source;
        this.attackers = new Attacker[attackers];
        this.connectsPerS = connectsPerS;
        for (int i = 0; i < attackers; i++)
        {
            this.attackers[i] = new Attacker();
            waiting.add(this.attackers[i]);
        }
    }

    void stop()
    {
        isStopped = true;
        selector.wakeup();
    }

    /**
     * Attack until stopped.
     */
    void run() throws IOException
    {
        final long startNs = System.nanoTime();
        timeOfFailureNs = startNs - FAILURE_WAIT_NS;
        final Pace connects = new Pace(connectsPerS, startNs);
        final Pace writes = new Pace((double)attack.writesPerS() * attackers.length, startNs);
        while (!isStopped)
        {
            final long nowNs = System.nanoTime();
            for (int i = 0; i < TURN_LIMIT && canOpen(nowNs) && connects.take(nowNs); i++)
            {
                open(waiting.poll(), nowNs);
            }
            for (int i = 0; i < TURN_LIMIT && writes.take(nowNs); i++)
            {
                write(attackers[next]);
                next = (next + 1) % attackers.length;
            }
            if (writes.isDue(System.nanoTime()))
            {
                selector.selectNow(this::onReady);
            }
            else
            {
                selector.select(this::onReady, 1);
            }
        }
        ranNs = System.nanoTime() - startNs;
        closeAll();
    }

    /**
     * What was done and what came of it, a number for each name.
     */
    Map<String, Long> report()
    {
        final Map<String, Long> report = new TreeMap<>();
        report.put(AttackRun.RAN_MS, TimeUnit.NANOSECONDS.toMillis(ranNs));
        report.put(AttackRun.CONNECTS, (long)opened);
        report.put(AttackRun.FRAMES, frames);
        report.put(AttackRun.BYTES, bytes);
        report.put(AttackRun.LONGEST_MS, TimeUnit.NANOSECONDS.toMillis(longestNs));
        endings.forEach((ending, count) -> report.put(AttackRun.ENDED + ending, count));
        return report;
    }

    private boolean canOpen(final long nowNs)
    {
        return !waiting.isEmpty() && nowNs - timeOfFailureNs >= FAILURE_WAIT_NS;
    }

    private void open(final Attacker attacker, final long nowNs)
    {
        attacker.connection = opened++;
        attacker.turn = 0;
        attacker.isConnected = false;
        try
        {
            attacker.peer = new RawPeer(selector, source, server, Attack.NEVER_READS != attack, attacker);
        }
        catch (final IOException ex)
        {
            attacker.peer = null;
            onFailed(attacker, nowNs);
        }
    }

    private void onFailed(final Attacker attacker, final long nowNs)
    {
        timeOfFailureNs = nowNs;
        count("not connected");
        waiting.add(attacker);
    }

    private void onReady(final SelectionKey key)
    {
        final Attacker attacker = (Attacker)key.attachment();
        if (!attacker.isConnected)
        {
            connect(attacker, key);
        }
        else if (attacker.peer.key == key)
        {
            read(attacker);
        }
    }

    private void connect(final Attacker attacker, final SelectionKey key)
    {
        try
        {
            attacker.peer.channel.finishConnect();
        }
        catch (final IOException ex)
        {
            attacker.peer.close();
            onFailed(attacker, System.nanoTime());
            return;
        }
        attacker.isConnected = true;
        switch (attack)
        {
            case FIN_STORM ->
            {
                attacker.peer.close();
                end(attacker, "left");
            }
            case RESET_STORM ->
            {
                attacker.peer.reset();
                end(attacker, "left");
            }
            case NEVER_READS -> key.interestOps(0);
            default -> key.interestOps(SelectionKey.OP_READ);
        }
    }

    private void write(final Attacker attacker)
    {
        if (!attacker.isConnected)
        {
            return;
        }
        if (!attacker.peer.canWrite())
        {
            bytes += attacker.peer.writeRest();
        }
        else if (!attacker.peer.hasWriteFailed)
        {
            frames += attack.put(out.clear(), attacker.connection, attacker.turn++);
            bytes += attacker.peer.write(out.flip());
        }
        if (attacker.peer.hasWriteFailed && Attack.NEVER_READS == attack)
        {
            end(attacker, "reset");
        }
    }

    private void read(final Attacker attacker)
    {
        final int length = reader.read(attacker.peer);
        if (length < 0)
        {
            end(attacker, attacker.peer.byeReason >= 0 ? "BYE " + CloseReason.nameOf(attacker.peer.byeReason) :
                RawReader.CLOSED == length ? "closed" : "reset");
        }
    }

    private void end(final Attacker attacker, final String ending)
    {
        count(ending);
        longestNs = Math.max(longestNs, System.nanoTime() - attacker.peer.timeOfConnectNs);
        attacker.isConnected = false;
        attacker.peer.close();
        attacker.peer = null;
        waiting.add(attacker);
    }

    private void count(final String ending)
    {
        endings.merge(ending, 1L, Long::sum);
    }

    private void closeAll() throws IOException
    {
        for (final Attacker attacker : attackers)
        {
            if (attacker.isConnected)
            {
                attacker.peer.reset();
                end(attacker, AttackRun.OPEN);
            }
        }
        selector.close();
    }
}
