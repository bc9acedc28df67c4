package io.heartwheel.bench.soak;

import io.heartwheel.bench.attacks.Attack;
import io.heartwheel.bench.harness.Pace;
import io.heartwheel.bench.harness.RawPeer;
import io.heartwheel.bench.harness.RawReader;
import io.heartwheel.bench.soak.SoakClient.State;
import io.heartwheel.config.Configuration;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * The clients of the soak. Most stay to the end. The others behave for a while, then meet a {@link SoakFate}, and the
 * next connection takes their place. For each connection that ended, it reports the reason that the server should give.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
final class SoakClients
{
    /** Said of a connection that should not have been closed at all. */
    static final String NOTHING = "-";

    /** How often each client is looked at. */
    private static final int TURNS_PER_S = 10;
    private static final int TURN_LIMIT = 2_048;
    private static final int OPEN_LIMIT = 16;
    private static final int ARRIVING_LIMIT = 2_000;
    /** In which those come that stay. */
    private static final int FIRST_CONNECTS_PER_S = 2_000;
    private static final long PING_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long GOOD_LIFE_NS = TimeUnit.SECONDS.toNanos(12);
    private static final long LEAVE_NS = TimeUnit.SECONDS.toNanos(3);
    private static final long FAILURE_WAIT_NS = TimeUnit.MILLISECONDS.toNanos(50);
    /** A client that turned and is not closed by then leaves by a reset, which will be the wrong reason. */
    private static final long OVERDUE_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long EARLY_TOLERANCE_NS = TimeUnit.MILLISECONDS.toNanos(2);
    /** Source addresses: so many that no port comes back soon, and ports in TIME_WAIT after a FIN do no harm. */
    private static final int SOURCES = 32;
    private static final int FIRST_SOURCE = 10;
    private static final int CERTAIN_ERRORS = Attack.MALFORMED_KINDS - 1;

    private final InetSocketAddress server;
    private final int connectsPerS;
    private final List<SoakFate> fates;
    private final Random random;
    private final Selector selector = Selector.open();
    private final SoakClient[] clients;
    private final ArrayDeque<SoakClient> away = new ArrayDeque<>();
    private final ByteBuffer out = ByteBuffer.allocateDirect(Attack.WRITE_LENGTH_MAX);
    private final RawReader reader = new RawReader();
    private final Pace turns;

    private Pace connects;
    private List<String> ended = new ArrayList<>();
    private int stayingAway;
    private int next;
    private int opened;
    private int arriving;
    private int failures;
    private boolean isEnding;
    private long timeOfFailureNs;
    private long timeOfCycleNs;
    private long longestGapNs;

    /**
     * @param connections  places for clients.
     * @param staying      of them live to the end.
     * @param connectsPerS at most, once those that stay are there.
     * @param fates        of the others.
     */
    SoakClients(
        final InetSocketAddress server,
        final int connections,
        final int staying,
        final int connectsPerS,
        final List<SoakFate> fates,
        final long seed)
        throws IOException
    {
        this.server = server;
        this.connectsPerS = connectsPerS;
        this.fates = fates;
        random = new Random(seed);
        clients = new SoakClient[connections];
        for (int i = 0; i < connections; i++)
        {
            clients[i] = new SoakClient(i < staying);
            away.add(clients[i]);
        }
        stayingAway = staying;
        timeOfCycleNs = System.nanoTime();
        timeOfFailureNs = timeOfCycleNs - FAILURE_WAIT_NS;
        turns = new Pace((double)TURNS_PER_S * connections, timeOfCycleNs);
        connects = new Pace(FIRST_CONNECTS_PER_S, timeOfCycleNs);
    }

    void doWork() throws IOException
    {
        final long nowNs = System.nanoTime();
        longestGapNs = Math.max(longestGapNs, nowNs - timeOfCycleNs);
        timeOfCycleNs = nowNs;
        for (int i = 0; i < OPEN_LIMIT && canOpen(nowNs) && connects.take(nowNs); i++)
        {
            open(away.poll(), nowNs);
        }
        for (int i = 0; i < TURN_LIMIT && turns.take(nowNs); i++)
        {
            onTurn(clients[next], System.nanoTime());
            next = (next + 1) % clients.length;
        }
        selector.select(this::onReady, 1);
    }

    /**
     * Are all there that stay? From then on the others come and go.
     */
    boolean isComplete()
    {
        return 0 == stayingAway;
    }

    /**
     * Close all connections, and open no more.
     */
    void end()
    {
        isEnding = true;
        final long nowNs = System.nanoTime();
        for (final SoakClient client : clients)
        {
            if (client.isStaying)
            {
                client.fate = random.nextBoolean() ? SoakFate.FIN : SoakFate.RESET;
            }
            if (State.TURNED != client.state)
            {
                client.timeOfTurnNs = nowNs + (long)(random.nextDouble() * LEAVE_NS);
            }
        }
    }

    int openCount()
    {
        return clients.length - away.size();
    }

    long longestGapNs()
    {
        return longestGapNs;
    }

    int failures()
    {
        return failures;
    }

    /**
     * Connections that ended since this was asked last, each as ADDRESS/REASON/FATE, with {@link #NOTHING} as the
     * reason of one that should not have ended.
     */
    List<String> takeEnded()
    {
        final List<String> taken = ended;
        ended = new ArrayList<>();
        return taken;
    }

    private boolean canOpen(final long nowNs)
    {
        return !isEnding && !away.isEmpty() && arriving < ARRIVING_LIMIT && nowNs - timeOfFailureNs >= FAILURE_WAIT_NS;
    }

    private void open(final SoakClient client, final long nowNs)
    {
        client.fate = SoakFate.draw(fates, random.nextDouble());
        client.isConnected = false;
        client.turn = 0;
        client.number = opened++;
        client.timeOfLastWriteNs = nowNs;
        client.timeOfOpeningNs = nowNs;
        try
        {
            client.peer = new RawPeer(selector, InetAddress.getByName("127.0.0." +
                (FIRST_SOURCE + client.number % SOURCES)), server, SoakFate.NEVER_READS != client.fate, client);
            client.address =
                Configuration.addressText((InetSocketAddress)client.peer.channel.getLocalAddress());
            client.state = State.ARRIVING;
            arriving++;
        }
        catch (final IOException ex)
        {
            onFailed(client, nowNs);
        }
    }

    private void onFailed(final SoakClient client, final long nowNs)
    {
        failures++;
        timeOfFailureNs = nowNs;
        client.state = State.AWAY;
        away.add(client);
    }

    private void onReady(final SelectionKey key)
    {
        final SoakClient client = (SoakClient)key.attachment();
        if (client.isConnected)
        {
            read(client);
            return;
        }
        try
        {
            client.peer.channel.finishConnect();
            client.isConnected = true;
            key.interestOps(SelectionKey.OP_READ);
        }
        catch (final IOException ex)
        {
            arriving--;
            client.peer.close();
            onFailed(client, System.nanoTime());
        }
    }

    private void onTurn(final SoakClient client, final long nowNs)
    {
        final boolean isTurning = isEnding || !client.isStaying;
        if (State.LIVING == client.state && isTurning && nowNs - client.timeOfTurnNs >= 0)
        {
            turn(client, nowNs);
        }
        else if (State.LIVING == client.state && nowNs - client.timeOfPingNs >= PING_NS)
        {
            Frame.putHeader(out.clear(), Frame.PING, client.turn++, 0);
            write(client, nowNs);
        }
        else if (State.TURNED == client.state)
        {
            attack(client, nowNs);
        }
    }

    /**
     * It is good no more.
     */
    private void turn(final SoakClient client, final long nowNs)
    {
        client.state = State.TURNED;
        client.timeOfTurnNs = nowNs;
        client.isBrief = 0 == client.turn || nowNs - client.timeOfOpeningNs < SoakClient.BRIEF_NS;
        client.turn = 0;
        try
        {
            switch (client.fate)
            {
                case FIN -> client.peer.channel.shutdownOutput();
                case RESET ->
                {
                    client.peer.reset();
                    end(client, client.expected(), client.fate.name());
                }
                case BYE ->
                {
                    Frame.putHeader(out.clear(), Frame.BYE, 0, 1);
                    out.put((byte)0);
                    write(client, nowNs);
                }
                case NEVER_READS -> client.peer.key.interestOps(0);
                // A silent one does nothing; the others attack by turns.
                default -> client.turn = 0;
            }
        }
        catch (final IOException ex)
        {
            client.state = State.LIVING; // The server was quicker: the next read tells.
        }
    }

    private void attack(final SoakClient client, final long nowNs)
    {
        if (nowNs - client.timeOfTurnNs > OVERDUE_NS)
        {
            client.peer.reset();
            end(client, client.expected(), client.fate + ":not-closed");
            return;
        }
        final Attack attack = client.fate.attack();
        if (null != attack &&
            nowNs - client.timeOfLastWriteNs >= TimeUnit.SECONDS.toNanos(1) / attack.writesPerS())
        {
            if (client.peer.canWrite())
            {
                attack.put(out.clear(), client.number % CERTAIN_ERRORS, client.turn++);
            }
            write(client, nowNs);
        }
    }

    /**
     * Write what {@link #out} has, unless there is a rest to be written first.
     */
    private void write(final SoakClient client, final long nowNs)
    {
        final int written = client.peer.canWrite() ? client.peer.write(out.flip()) : client.peer.writeRest();
        if (written > 0)
        {
            client.timeOfLastWriteNs = nowNs;
            client.timeOfPingNs = nowNs;
        }
        if (client.peer.hasWriteFailed && SoakFate.NEVER_READS == client.fate && State.TURNED == client.state)
        {
            end(client, client.expected(), client.fate.name());
        }
    }

    private void read(final SoakClient client)
    {
        if (reader.read(client.peer) < 0)
        {
            onClosed(client, System.nanoTime());
        }
        else if (State.ARRIVING == client.state && null != client.peer.hello)
        {
            onGreeted(client, System.nanoTime());
        }
    }

    private void onGreeted(final SoakClient client, final long nowNs)
    {
        arriving--;
        client.state = State.LIVING;
        // Spread over the second, whenever they came.
        client.timeOfPingNs = nowNs - (long)(random.nextDouble() * PING_NS);
        client.timeOfTurnNs = nowNs + (isEnding ? 0 : (long)(random.nextDouble() * GOOD_LIFE_NS));
        if (client.isStaying && 0 == --stayingAway)
        {
            connects = new Pace(connectsPerS, nowNs);
        }
    }

    private void onClosed(final SoakClient client, final long nowNs)
    {
        final long silenceNs = nowNs - client.timeOfLastWriteNs;
        final Hello hello = client.peer.hello;
        final long detectionNs = null == hello ? 0 :
            TimeUnit.MILLISECONDS.toNanos(hello.idleMs() + hello.intervalMs() * hello.count());
        final String told = client.fate + ":" + TimeUnit.NANOSECONDS.toMillis(silenceNs) + "ms-after-its-last-write";
        switch (client.state)
        {
            case ARRIVING -> end(client, NOTHING, "ARRIVING");
            case LIVING ->
            {
                // One that was late itself, as this process was held up, is silent with good reason.
                if (silenceNs < detectionNs)
                {
                    end(client, NOTHING, "LIVING:" + told);
                }
                else
                {
                    end(client, SoakFate.SILENT.reason().name(), "LATE");
                }
            }
            default ->
            {
                final boolean isEarly =
                    SoakFate.SILENT == client.fate && silenceNs < detectionNs - EARLY_TOLERANCE_NS;
                end(client, isEarly ? NOTHING : client.expected(), isEarly ? told : client.fate.name());
            }
        }
    }

    private void end(final SoakClient client, final String reason, final String what)
    {
        ended.add(client.address + "/" + reason + "/" + what);
        if (State.ARRIVING == client.state)
        {
            arriving--;
        }
        else if (client.isStaying && !isEnding)
        {
            stayingAway++;
        }
        client.peer.close();
        client.state = State.AWAY;
        away.add(client);
    }
}
