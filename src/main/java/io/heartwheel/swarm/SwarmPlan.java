package io.heartwheel.swarm;

import io.heartwheel.config.Durations;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * The plan of a swarm. Its times count from the moment at which all clients are connected.
 * <p>
 * Immutable.
 *
 * @param server           to connect to.
 * @param connections      number of clients.
 * @param pingIntervalNs   time in ns between two PINGs of a client; with 0 the clients only answer the server's.
 * @param deaths           number, kind and time of the deaths.
 * @param runNs            length of the run in ns.
 * @param connectTimeoutNs longest wait in ns for one more client to be connected.
 * @param protocol         that the clients speak.
 * @param detectionNs      silence in ns after which the server should close, where it does not tell by a HELLO; 0 if it
 *                         is not known.
 */
public record SwarmPlan(
    InetSocketAddress server,
    int connections,
    long pingIntervalNs,
    Deaths deaths,
    long runNs,
    long connectTimeoutNs,
    SwarmProtocol protocol,
    long detectionNs)
{
    /** Default of the longest wait for one more client to be connected, in ns. */
    public static final long CONNECT_TIMEOUT_DEFAULT_NS = TimeUnit.SECONDS.toNanos(10);

    /**
     * The planned fate of a client.
     */
    public enum Fate
    {
        /** It lives to the end. */
        LIVE,

        /** It stops writing, as if its process hung, while its socket stays open. */
        SILENT,

        /** It closes its end (FIN). */
        CLOSE,

        /** It resets the connection (RST). */
        RESET
    }

    /**
     * How many clients die, how and when. The seed decides which ones.
     *
     * @param silent    number of clients that fall silent.
     * @param closing   number of clients that close.
     * @param resetting number of clients that reset.
     * @param atNs      time of the first death in ns.
     * @param overNs    time in ns over which the deaths of each kind are spread evenly; with 0 they come all at once.
     * @param seed      of the random choice.
     */
    public record Deaths(int silent, int closing, int resetting, long atNs, long overNs, long seed)
    {
        /** No client dies. */
        public static final Deaths NONE = new Deaths(0, 0, 0, 0, 0, 0);

        /**
         * Check the numbers.
         */
        public Deaths
        {
            require(silent >= 0 && closing >= 0 && resetting >= 0,
                "silent=" + silent + ", close=" + closing + ", reset=" + resetting + ": none may be negative");
            require(atNs >= 0 && overNs >= 0, "at=" + atNs + "ns, over=" + overNs + "ns: none may be negative");
        }

        /**
         * Clients that fall silent all at once.
         *
         * @param silent number of clients.
         * @param atNs   time in ns at which they do.
         * @return deaths with the seed 0.
         */
        public static Deaths ofSilence(final int silent, final long atNs)
        {
            return new Deaths(silent, 0, 0, atNs, 0, 0);
        }

        /**
         * Number of clients that die.
         *
         * @return number of clients.
         */
        public long total()
        {
            return (long)silent + closing + resetting;
        }
    }

    /**
     * Check the numbers.
     */
    public SwarmPlan
    {
        require(!server.isUnresolved(), "unknown host: " + server.getHostString());
        require(connections > 0, "connections=" + connections + ": at least 1");
        require(pingIntervalNs >= 0, "ping=" + pingIntervalNs + "ns: not negative");
        require(runNs > 0, "run=" + runNs + "ns: more than 0");
        require(connectTimeoutNs > 0, "connect timeout=" + connectTimeoutNs + "ns: more than 0");
        require(detectionNs >= 0, "detection=" + detectionNs + "ns: not negative");
        require(deaths.total() <= connections, "silent + close + reset = " + deaths.total() + " of only " +
            connections + " clients");
        require(0 == deaths.total() || deaths.atNs() + deaths.overNs() < runNs,
            "at + over = " + Durations.text(deaths.atNs() + deaths.overNs()) + " is not before the end of the run, " +
            Durations.text(runNs));
    }

    /**
     * A plan for clients that speak our own frames.
     *
     * @param server         to connect to.
     * @param connections    number of clients.
     * @param pingIntervalNs time in ns between two PINGs of a client, or 0.
     * @param deaths         number, kind and time of the deaths.
     * @param runNs          length of the run in ns.
     */
    public SwarmPlan(
        final InetSocketAddress server,
        final int connections,
        final long pingIntervalNs,
        final Deaths deaths,
        final long runNs)
    {
        this(server, connections, pingIntervalNs, deaths, runNs, CONNECT_TIMEOUT_DEFAULT_NS, SwarmProtocol.HEARTWHEEL,
            0);
    }

    private static void require(final boolean isTrue, final String otherwise)
    {
        if (!isTrue)
        {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
