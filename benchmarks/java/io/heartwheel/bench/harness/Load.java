package io.heartwheel.bench.harness;

import io.heartwheel.bench.sidebyside.Beats;
import io.heartwheel.bench.sidebyside.Growth;
import io.heartwheel.liveness.Cadence;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A load for contenders, named as in the results.
 */
public enum Load
{
    /** Servers ask each second; at the end one client in forty falls silent. */
    SERVER_1S("server-1s", cadence(1_000, 3), 0),

    /** Servers ask every ten seconds. */
    SERVER_10S("server-10s", cadence(10_000, 3), 0),

    /** Clients speak each second; at the end one client in forty falls silent. */
    CLIENT_1S("client-1s", cadence(4_000, 0), 1_000),

    /** Some clients speak each second, and the server asks the others every ten: for {@link Growth}. */
    TALKERS("talkers", cadence(10_000, 3), 1_000),

    /** Clients speak each second, then all fall silent at once. */
    ALL_SILENT("all-silent", cadence(4_000, 0), 1_000),

    /** All clients come as fast as they are served. */
    CONNECT_STORM("connect-storm", cadence(15_000, 0), 0),

    /** Clients speak each second, and the server is stopped for six. */
    STALL_6S("stall-6s", cadence(4_000, 0), 1_000),

    /** Clients come and, once served, go. */
    CHURN("churn", cadence(15_000, 0), 0),

    /** As {@link #CLIENT_1S}, in another order than that of connecting: for {@link Beats}, as all below. */
    CLIENT_1S_RANDOM("client-1s-random", cadence(4_000, 0), 1_000),

    /** As {@link #CLIENT_1S}, then many fall silent at once: each has to be closed at its own time. */
    MASS_DEATH("mass-death", cadence(4_000, 0), 1_000),

    /** The same, but each speaks a last time at that moment: all have to be closed at once. */
    MASS_DEATH_TOGETHER("mass-death-together", cadence(4_000, 0), 1_000),

    /** As {@link #SERVER_1S}, then many stop to answer. */
    MASS_DEATH_ASKED("mass-death-asked", cadence(1_000, 3), 0);

    static final int CHURN_PER_S = 2_000;
    static final int STALL_MS = 6_000;

    private static final int SILENT_PART = 40;
    private static final int GRACE_MS = 1_000;
    private static final int LAST_WAIT_MS = 3_000;
    private static final int WARM_UP_CONNECTIONS = 1_000;
    private static final int WARM_UP_PING_MS = 150;
    private static final int WARM_UP_SILENT = 300;
    /** Between two PINGs of a client there is time for the server to ask: both ways are compiled before they count. */
    public static final Cadence WARM_UP_CADENCE = cadence(100, 5);

    private final String label;
    private final Cadence cadence;
    private final int pingMs;

    Load(final String label, final Cadence cadence, final int pingMs)
    {
        this.label = label;
        this.cadence = cadence;
        this.pingMs = pingMs;
    }

    /**
     * The load of a name.
     */
    public static Load of(final String label)
    {
        for (final Load load : values())
        {
            if (load.label.equals(label))
            {
                return load;
            }
        }
        throw new IllegalArgumentException("no load " + label + ", but " + List.of(values()));
    }

    public Cadence cadence()
    {
        return cadence;
    }

    /**
     * Is there a time in which nothing but heartbeats happens, so that they can be counted against CPU time?
     */
    boolean isSteady()
    {
        return SERVER_1S == this || SERVER_10S == this || CLIENT_1S == this || CLIENT_1S_RANDOM == this ||
            TALKERS == this;
    }

    /**
     * Are the clients no swarm, but come and go by themselves?
     */
    boolean isConnecting()
    {
        return CONNECT_STORM == this || CHURN == this;
    }

    /**
     * Do many fall silent at once, of the clients of {@link Beats}?
     */
    boolean isMassDeath()
    {
        return MASS_DEATH == this || MASS_DEATH_TOGETHER == this || MASS_DEATH_ASKED == this;
    }

    /**
     * Is it one that {@link Beats} can make?
     */
    public boolean isOfBeats()
    {
        return isMassDeath() || isSteady() && TALKERS != this;
    }

    /**
     * Is it one that only {@link Beats} can make?
     */
    public boolean isOnlyOfBeats()
    {
        return isMassDeath() || CLIENT_1S_RANDOM == this;
    }

    /**
     * Is the server warm? When all come at once it has as a rule just started.
     */
    boolean isWarm()
    {
        return CONNECT_STORM != this;
    }

    /**
     * How long heartbeats are counted: at least as asked, and a whole number of their intervals.
     */
    long windowMs(final int seconds)
    {
        final long periodMs = SERVER_10S == this ? 10_000 : 1_000;
        return isSteady() ? (seconds * 1_000L + periodMs - 1) / periodMs * periodMs : 0;
    }

    /**
     * The arguments of the clients.
     */
    List<String> clientArguments(final int port, final int connections, final int seconds, final int settleSeconds)
    {
        final long settleMs = settleSeconds * 1_000L;
        if (isConnecting())
        {
            return CHURN == this ?
                arguments("connect", port, connections, CHURN_PER_S, settleMs + seconds * 1_000L + GRACE_MS) :
                arguments("connect", port, connections, 0, 60_000);
        }

        final int silent = ALL_SILENT == this ? connections :
            SERVER_1S == this || CLIENT_1S == this ? Math.max(1, connections / SILENT_PART) : 0;
        final long detectionMs = TimeUnit.NANOSECONDS.toMillis(cadence.detectionNs());
        final long silentAtMs = settleMs + windowMs(seconds) + GRACE_MS;
        final long runMs = silentAtMs + (STALL_6S == this ? STALL_MS : 0) +
            (SERVER_10S == this || TALKERS == this ? 0 : detectionMs + LAST_WAIT_MS);
        return arguments(ClientProcess.SWARM, port, connections, pingMs, silent, silentAtMs, runMs);
    }

    /**
     * What the clients of {@link Beats} do.
     *
     * @param seed    of the order of their turns, if it is random.
     * @param churned connections that end and are made anew before anything is measured.
     */
    BeatPlan beatPlan(
        final int port,
        final int connections,
        final long seed,
        final int churned,
        final boolean isSpinning,
        final boolean isWebSocket)
    {
        return new BeatPlan(port, connections, pingMs, CLIENT_1S_RANDOM == this ? seed : 0,
            TimeUnit.NANOSECONDS.toMillis(cadence.detectionNs()), churned, isSpinning, isWebSocket,
            false);
    }

    /**
     * The arguments of clients that only answer, until they are ended.
     */
    static List<String> quietArguments(final int port, final int connections)
    {
        return arguments(ClientProcess.SWARM, port, connections, 0, 0, 0, TimeUnit.MINUTES.toMillis(30));
    }

    /**
     * The arguments of clients that warm a server up.
     */
    static List<String> warmUpArguments(final int port, final int seconds, final boolean isWebSocket)
    {
        return arguments(isWebSocket ? ClientProcess.WEBSOCKET_SWARM : ClientProcess.SWARM, port, WARM_UP_CONNECTIONS,
            WARM_UP_PING_MS, WARM_UP_SILENT, seconds * 500L, seconds * 1_000L,
            TimeUnit.NANOSECONDS.toMillis(WARM_UP_CADENCE.detectionNs()));
    }

    private static List<String> arguments(final String kind, final long... numbers)
    {
        final String[] arguments = new String[1 + numbers.length];
        arguments[0] = kind;
        for (int i = 0; i < numbers.length; i++)
        {
            arguments[1 + i] = Long.toString(numbers[i]);
        }
        return List.of(arguments);
    }

    private static Cadence cadence(final int idleMs, final int count)
    {
        final long idleNs = TimeUnit.MILLISECONDS.toNanos(idleMs);
        return new Cadence(idleNs, 0 == count ? 0 : idleNs, count);
    }

    @Override
    public String toString()
    {
        return label;
    }
}
