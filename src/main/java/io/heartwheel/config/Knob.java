package io.heartwheel.config;

import io.heartwheel.admission.CidrList;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.wheel.TimingWheel;
import io.heartwheel.wire.Frame;
import org.agrona.SystemUtil;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * A setting that a system property can make: its name, its default, its range and its meaning.
 * <p>
 * Durations have a unit: {@code 15s}, {@code 1500ms}, {@code 200us}, {@code 50ns}. Sizes are in bytes, or have a
 * suffix: {@code 64k}, {@code 1m}.
 */
public enum Knob
{
    /** Address to listen at. */
    BIND("bind", "127.0.0.1:7400", "address the server listens at, HOST:PORT; port 0 takes any free one"),

    /** Cadence by name. */
    CADENCE("cadence", "standard", "how peers are watched: `standard` (15s, 5s, 4), `strict` (3s, 1500ms, 3) " +
        "or `off`; the next three change single numbers of it"),

    /** Idle time. */
    IDLE("idle", "of the cadence", Cadence.MIN_NS, Cadence.MAX_NS,
        "silence before a peer is probed"),

    /** Interval. */
    INTERVAL("interval", "of the cadence", Cadence.MIN_NS, Cadence.MAX_NS,
        "wait for an answer to each probe"),

    /** Count. */
    COUNT("count", "of the cadence", 0, Cadence.MAX_COUNT,
        "unanswered probes after which a peer is gone; 0 sends none, and a peer " +
        "is gone after the idle time"),

    /** TCP keepalive. */
    TCP_KEEPALIVE("tcp.keepalive", "off", "TCP keepalive of every connection: `off`, or idle, interval and count " +
        "in whole seconds, such as `6s,5s,3`"),

    /** Shortest idle time a client may ask for. */
    IDLE_MIN("idle.min", "1s", Cadence.MIN_NS, Cadence.MAX_NS,
        "shortest idle time a client may ask for by HELLO"),

    /** Longest idle time a client may ask for. */
    IDLE_MAX("idle.max", "600s", Cadence.MIN_NS, Cadence.MAX_NS,
        "longest idle time a client may ask for"),

    /** Shortest interval a client may ask for. */
    INTERVAL_MIN("interval.min", "500ms", Cadence.MIN_NS, Cadence.MAX_NS,
        "shortest interval a client may ask for"),

    /** Longest interval a client may ask for. */
    INTERVAL_MAX("interval.max", "60s", Cadence.MIN_NS, Cadence.MAX_NS,
        "longest interval a client may ask for"),

    /** Largest count a client may ask for. */
    COUNT_MAX("count.max", "10", 0, Cadence.MAX_COUNT,
        "largest count a client may ask for"),

    /** Tick. */
    TICK("tick", "250us", Limits.MIN_TICK_NS, Limits.MAX_TICK_NS,
        "resolution of deadlines, rounded up to a power of two in ns; a verdict comes up to one " +
        "tick late"),

    /** Largest number of connections. */
    CONNECTIONS_MAX("connections.max", "100000", 1, TimingWheel.MAX_CAPACITY,
        "connections at a time; one more is told BYE and REFUSED"),

    /** Accept backlog. */
    ACCEPT_BACKLOG("accept.backlog", "4096", 1, Integer.MAX_VALUE,
        "connections the kernel may keep waiting to be accepted; it caps " +
        "this at net.core.somaxconn"),

    /** Accepts per duty cycle. */
    ACCEPT_LIMIT("accept.limit", "64", 1, Integer.MAX_VALUE,
        "connections accepted per duty cycle while anything else waits; else up to 4096, for 5ms at most"),

    /** Time for the rehearsal before the port is bound. */
    REHEARSAL("rehearsal", "1s in serve", 0, Limits.MAX_REHEARSAL_NS,
        "longest time that a server may spend before it binds its port on some 2,000 connections to itself, over the " +
        "loopback, so that the JVM has compiled all of it when the first clients come; 0ns does without, which is " +
        "the default where it is embedded"),

    /** Number of reactors. */
    REACTORS("reactors", "1", 1, Limits.MAX_REACTORS,
        "reactors, each a thread with connections of its own, behind one port and one face; `auto` is one for each " +
        "core"),

    /** Listening sockets of several reactors. */
    ACCEPT_SOCKETS("accept.sockets", "auto", "listening sockets of several reactors: `each` has one of its own " +
        "(SO_REUSEPORT), over which the kernel spreads the connections; with `one` the first reactor accepts and " +
        "hands over; `shared` is `each`, and other processes of the same user may listen at the same port if they " +
        "are set so too; `auto` is `each` on Linux and `one` elsewhere"),

    /** Wheel expiries per duty cycle. */
    EXPIRY_LIMIT("expiry.limit", "2048", 1, Integer.MAX_VALUE,
        "deadlines looked at per duty cycle"),

    /** Closes per duty cycle. */
    CLOSE_LIMIT("close.limit", "256", 1, Integer.MAX_VALUE,
        "connections closed per duty cycle"),

    /** Commands from other threads per duty cycle. */
    COMMAND_LIMIT("command.limit", "1024", 1, Integer.MAX_VALUE,
        "requests of other threads (send, close) served per duty cycle"),

    /** Commands from other threads waiting. */
    COMMANDS_MAX("commands.max", "65536", 1, Integer.MAX_VALUE,
        "requests of other threads that may wait; more are back-pressured"),

    /** Longest message. */
    MESSAGE_MAX("message.max", "16k", 1, Frame.MAX_PAYLOAD_LENGTH,
        "longest message accepted or sent, at most 65535 bytes"),

    /** Unsent bytes per connection. */
    OUTBOUND_MAX("outbound.max", "256k", 1, Limits.MAX_OUTBOUND_LENGTH,
        "unsent bytes per connection; a message beyond is back-pressured"),

    /** Bytes held for all peers. */
    HELD_MAX("held.max", "25%", Limits.MIN_HELD_BYTES, Long.MAX_VALUE,
        "bytes held for all peers together, or percent of the maximum heap: frames that are " +
        "not whole, what waits behind credentials, what is unsent; beyond it whoever holds most goes, as FLOODING or " +
        "WRITE_STALLED, and sends of other threads are back-pressured"),

    /** Bytes the kernel may queue for a connection. */
    SNDBUF("sndbuf", "128k", 0, Limits.MAX_OUTBOUND_LENGTH,
        "bytes that the kernel may queue for a connection (SO_SNDBUF; Linux doubles it, for " +
        "what it spends itself, and caps it at net.core.wmem_max): a probe waits behind them, so one who needs " +
        "longer than its probes last to read as many may be condemned; 0 is the kernel's own choice, which grows " +
        "to megabytes"),

    /** Frames a peer may send. */
    FRAME_RATE("frame.rate", "1000", 0, Limits.MAX_RATE,
        "frames a second that a peer may send in the long run, or 8 in the shortest " +
        "wait of a cadence as of the next line; a read of less than 512 bytes in which no frame ends counts as one; " +
        "beyond it is FLOODING; 0 is no limit"),

    /** Control frames a peer may send. */
    CONTROL_RATE("control.rate", "10", 0, Limits.MAX_RATE,
        "PING, HELLO and unasked PONG frames, and TLS records that say nothing, a " +
        "second that a peer may send in the long run, or 8 in the shortest wait of any cadence that was told or set " +
        "for its connection if that is more; beyond it is FLOODING; 0 is no limit"),

    /** Burst that the rates allow. */
    RATE_BURST("rate.burst", "40s", Cadence.MIN_NS, Cadence.MAX_NS,
        "what these rates allow in this time may come at once, as after a network " +
        "that held it up; and what they allow in the time of a stall of our own"),

    /** Time for a frame to become whole. */
    FRAME_TIMEOUT("frame.timeout", "30s", Cadence.MIN_NS, Cadence.MAX_NS,
        "time in which a frame, or TLS record, that has begun has to be whole"),

    /** Time to be let in. */
    HANDSHAKE_TIMEOUT("handshake.timeout", "10s", Cadence.MIN_NS, Cadence.MAX_NS,
        "time in which a peer has to be let in, where anything is asked " +
        "for: PROXY header, TLS handshake, first byte, credential; beyond it is HANDSHAKE_TIMEOUT"),

    /** Time in which a peer shows which of several protocols it speaks. */
    SNIFF("sniff", "1s", Cadence.MIN_NS, Cadence.MAX_NS,
        "where a port has several protocols: a peer that says nothing for this time is taken to wait for our HELLO"),

    /** Whether a peer has to send a byte before it is let in. */
    FIRST_REQUIRED("first.required", "false", "`true`: a peer has to say something before it is let in"),

    /** Whether a HELLO is believed that says who its peer is. */
    IDENTITY_HELLO("identity.hello", "false", "`true`: a peer is believed that says by HELLO who it is; anybody can " +
        "say anything"),

    /** Addresses that are let in. */
    ALLOW("allow", "any", "addresses that are let in: `any`, or blocks such as `10.0.0.0/8,2001:db8::/32`"),

    /** Addresses that are not let in. */
    DENY("deny", "none", "addresses that are not let in, of those allowed: `none`, or blocks"),

    /** Connections of one address. */
    ADDRESS_MAX("address.max", "0", 0, TimingWheel.MAX_CAPACITY,
        "connections at a time of one address; one more is refused, and the most " +
        "silent of them is asked at once and has one interval to answer; 0 is no limit"),

    /** What counts as one address. */
    ADDRESS_PREFIX("address.prefix", "32,64", "bits that make one address for that: of IPv4, of IPv6"),

    /** Proxies that are trusted. */
    PROXY("proxy", "off", "proxies that begin each connection with a PROXY header (v1 or v2), which tells the " +
        "address of the client: `off`, or blocks; from other addresses no such header is taken"),

    /** Whether WebSocket is spoken on the port of the server. */
    WEBSOCKET("websocket", "off", "`shared`: WebSocket is spoken on the port of the server too; HELLO waits for the " +
        "first byte of a peer then, as by heartwheel.sniff"),

    /** Address of a listener for WebSocket alone. */
    WEBSOCKET_BIND("websocket.bind", "off", "where WebSocket alone is spoken, by the same thread: `off`, or " +
        "HOST:PORT"),

    /** Pages that may open a WebSocket. */
    WEBSOCKET_ORIGINS("websocket.origins", "same-host", "pages that may open a WebSocket: `same-host`, `any`, and " +
        "origins such as `https://app.example`, in a list with commas; others are answered 403"),

    /** Whether an Origin is required. */
    WEBSOCKET_ORIGIN_REQUIRED("websocket.origin.required", "false", "`true`: a WebSocket without an Origin, as " +
        "of most clients that are no browsers, is answered 403"),

    /** Subprotocols of WebSocket. */
    WEBSOCKET_SUBPROTOCOLS("websocket.subprotocols", "none", "subprotocols of WebSocket that are spoken, the best " +
        "liked first: `none`, or names with commas"),

    /** Proxies whose X-Forwarded-For is believed. */
    WEBSOCKET_FORWARDERS("websocket.forwarders", "off", "proxies of HTTP whose X-Forwarded-For is believed where " +
        "they open a WebSocket: `off`, or blocks; they send no PROXY header, so they are not in heartwheel.proxy"),

    /** Whether messages of text are taken by WebSocket. */
    WEBSOCKET_TEXT("websocket.text", "true", "`false`: a WebSocket over which text comes is closed with code 1003, " +
        "for a server that takes bytes alone"),

    /** Longest message by WebSocket. */
    WEBSOCKET_MESSAGE_MAX("websocket.message.max", "0", 0, Limits.MAX_WEBSOCKET_MESSAGE_LENGTH,
        "longest message accepted or sent by WebSocket, at most 16m; 0 is heartwheel.message.max"),

    /** Longest time without a byte in either direction of a WebSocket. */
    WEBSOCKET_QUIET_MAX("websocket.quiet.max", "45s", 0, Cadence.MAX_NS,
        "a PING, which has its PONG, is sent over each WebSocket at least once in this time, as proxies cut " +
        "connections that are quiet in one direction, most after 60s; 0ns leaves it to the cadence"),

    /** Time of its own silence after which the server speaks to a page that asks for it. */
    WEBSOCKET_SPEAK("websocket.speak", "0ns", 0, Cadence.MAX_NS,
        "a page that asks for it, as heartwheel.js does, is sent a message after so long without one, as pages see " +
        "no PING, and find a dead server by its silence alone; 15s is a good one; 0ns is off"),

    /** Key store for TLS. */
    TLS_KEY_STORE("tls.keystore", "off", "TLS: file with the key and certificates of the server (PKCS12 or JKS), or " +
        "`off`"),

    /** Password of the key store. */
    TLS_KEY_STORE_PASSWORD("tls.keystore.password", "none", "its password, or `file:PATH` or `env:NAME` to read it " +
        "from"),

    /** Trust store for TLS. */
    TLS_TRUST_STORE("tls.truststore", "off", "TLS: file with the certificates that those of clients are checked by"),

    /** Password of the trust store. */
    TLS_TRUST_STORE_PASSWORD("tls.truststore.password", "none", "its password, or where to read it from"),

    /** Whether clients are asked for certificates. */
    TLS_CLIENT_CERTIFICATES("tls.client.certificates", "none", "TLS: certificates of clients are `none`, `wanted` or " +
        "`required`"),

    /** Versions of TLS that are accepted. */
    TLS_PROTOCOLS("tls.protocols", "TLSv1.2,TLSv1.3", "TLS: protocols that are spoken"),

    /** TLS handshake steps per duty cycle. */
    TLS_HANDSHAKE_LIMIT("tls.handshake.limit", "16", 1, Integer.MAX_VALUE,
        "steps of TLS handshakes per duty cycle"),

    /** Period of checking the TLS files for changes. */
    TLS_RELOAD("tls.reload", "10s", 0, Cadence.MAX_NS,
        "TLS: how often the files are looked at, and read again if they have changed; " +
        "0ns never does"),

    /** Stall threshold. */
    STALL("stall", "100ms", Cadence.MIN_NS, Cadence.MAX_NS,
        "a gap between our own duty cycles above this is a stall, and not held against peers"),

    /** Longest park. */
    PARK_MAX("park.max", "1s", 0, Cadence.MAX_NS,
        "longest wait in one duty cycle; 0ns never waits"),

    /** Longest time that heartbeats wait to be read together. */
    COALESCE("coalesce", "1ms", 0, Limits.MAX_COALESCE_NS,
        "longest time that what arrives may wait to be read with more, while nothing but heartbeats " +
        "of 1,000 peers or more comes and goes, and as of the next line: last words and round trips count as later " +
        "by it; 0ns reads all at once"),

    /** Wake-ups from which on heartbeats wait to be read together. */
    COALESCE_RATE("coalesce.rate", "2000", 0, 1_000_000,
        "wake-ups a second, of less than 4 events each, from which on what arrives waits; 0 always waits, " +
        "whatever the number of peers"),

    /** Longest time that a probe waits for the turn of its group. */
    PROBE_SLACK("probe.slack", "1s", 0, Cadence.MAX_NS,
        "longest time that a probe may wait to be sent with those of neighbours in memory, at most " +
        "1/32 of its idle time and interval; only after a stall may a verdict come later for it; " +
        "0ns sends each on time"),

    /** Time without a duty cycle after which the watchdog logs. */
    WATCHDOG("watchdog", "1s", 0, Cadence.MAX_NS,
        "when the duty cycle has not turned for this time, beyond the longest park, a line of " +
        "the log says where its thread is; 0ns never does"),

    /** Time over which a server that ends says BYE to its peers. */
    DRAIN("drain", "2s", 0, Cadence.MAX_NS,
        "`serve`: time over which BYE is said to all, one after the other, when it is told to end"),

    /** Linger of a graceful close. */
    LINGER("linger", "1s", 0, Limits.MAX_LINGER_NS,
        "time a closing connection has to take its last bytes and close its end"),

    /** Registry of the fleet. */
    FLEET("fleet", "off", "registry by which servers of a fleet know who is connected where: `off`, `memory` for one " +
        "process alone, or one of Redis: `redis://HOST:PORT`, and other forms of URL as the page on fleets has them"),

    /** File with the password of the registry. */
    FLEET_PASSWORD_FILE("fleet.password.file", "none", "file with the password of the registry, read again for each " +
        "connection; else HEARTWHEEL_FLEET_PASSWORD in the environment has it; a password in the URL goes before both"),

    /** File with the certificates that the registry is checked by. */
    FLEET_TRUST_FILE("fleet.trust.file", "none", "file in PEM with the certificates that are trusted where the URL " +
        "begins with `rediss`; without it those that the JVM trusts"),

    /** Name of this node of the fleet. */
    FLEET_NODE("fleet.node", "auto", "name of this server in the fleet, one word: `auto` is its host, with " +
        "the port of `serve` or the id of the process"),

    /** Lease of a node of the fleet. */
    FLEET_LEASE("fleet.lease", "10s", Limits.MIN_LEASE_NS, Limits.MAX_LEASE_NS,
        "how long a server that died is shown as there; it tells the registry three times as often that it lives; " +
        "all of a fleet have the same"),

    /** Who keeps an identity that two connections have. */
    FLEET_POLICY("fleet.policy", "newest", "who keeps an identity that a second connection comes with: `newest`, so " +
        "that the older one is TAKEN_OVER, or `oldest`, so that the newer one is REFUSED"),

    /** Replicas that have to take a renewal. */
    FLEET_REPLICAS("fleet.replicas", "0", 0, Limits.MAX_REPLICAS,
        "replicas of Redis that have to take a renewal of the lease, or it does not hold: so a server that is cut " +
        "off with an old master knows it in time"),

    /** Longest wait for an answer of the engine. */
    FLEET_TIMEOUT("fleet.timeout", "1s", Limits.MIN_FLEET_TIMEOUT_NS, Limits.MAX_FLEET_TIMEOUT_NS,
        "longest wait for an answer of the registry, and for a connection to it; at most a third of the lease"),

    /** Buckets of the registry. */
    FLEET_BUCKETS("fleet.buckets", "4096", 1, Limits.MAX_BUCKETS,
        "parts that the registry is kept in, a power of two, with 64 identities each at most if it is to be small; " +
        "all of a fleet have the same"),

    /** Whether /health fails without the lease. */
    FLEET_HEALTH("fleet.health", "shown", "`serve`: `required`: /health is 503 while the lease of the server in the " +
        "fleet does not hold; `shown`: it only says so"),

    /** Address of the HTTP endpoint of serve. */
    HTTP("http", "off", "`serve`: where it shows itself by HTTP: `off`, or HOST:PORT such as 127.0.0.1:7480; whoever " +
        "reaches it may read all of it, so keep it on the loopback or behind something that asks who they are"),

    /** Host names that the HTTP endpoint of serve accepts. */
    HTTP_HOSTS("http.hosts", "none", "`serve`: names by which that may be called, besides addresses and `localhost`: " +
        "`none`, `any`, or names such as `gateway,status.example.com`; others are answered 421, for a web page can " +
        "have a name of its own point here (DNS rebinding)"),

    /** Connect timeout. */
    CONNECT_TIMEOUT("connect.timeout", "5s", Cadence.MIN_NS, Cadence.MAX_NS,
        "client: time for a name to be looked up, again for a connection to be made, and again for what comes " +
        "before it is open: the answer of a proxy, TLS handshake and WebSocket opening together"),

    /** Proxy of HTTP that a client goes through. */
    CLIENT_PROXY("client.proxy", "off", "client: proxy of HTTP through which it connects, by CONNECT: `off`, " +
        "HOST:PORT, or `http://USER:PASSWORD@HOST:PORT`, both parts percent-encoded; the proxy looks up the names " +
        "of servers"),

    /** Password at that proxy. */
    CLIENT_PROXY_PASSWORD("client.proxy.password", "none", "client: password of the user of `http://USER@HOST:PORT`, " +
        "or `file:PATH` or `env:NAME` to read it from"),

    /** Connects per duty cycle. */
    CONNECT_LIMIT("connect.limit", "64", 1, Integer.MAX_VALUE,
        "client: connections begun per duty cycle"),

    /** First reconnect delay. */
    RECONNECT_MIN("reconnect.min", "3s", Cadence.MIN_NS, Cadence.MAX_NS,
        "client: the first reconnect comes after a random part of this; each " +
        "further one that fails doubles it"),

    /** Longest reconnect delay. */
    RECONNECT_MAX("reconnect.max", "60s", Cadence.MIN_NS, Cadence.MAX_NS,
        "client: what the doubling stops at"),

    /** Reconnect delay after a shutdown of the server. */
    RECONNECT_SPREAD("reconnect.spread", "10s", 0, Cadence.MAX_NS,
        "client: after a server said BYE to shut down, the reconnect comes " +
        "after a random part of this"),

    /** Reconnect delay after another connection has taken over. */
    RECONNECT_TAKEN_OVER("reconnect.takenover", "60s", Cadence.MIN_NS, Cadence.MAX_NS,
        "client: after a server said BYE as a newer connection of the same identity has taken over, the reconnect " +
        "comes after this, unless the application asks for it"),

    /** Failed reconnects in a row after which a link is given up. */
    RECONNECT_LIMIT("reconnect.limit", "0", 0, Integer.MAX_VALUE,
        "client: reconnects that may fail in a row before the link is given " +
        "up; one that connected, however briefly, has not failed; 0 never gives up");

    /** ASCII digits only: Long.parseLong takes digits of any script. A number below 0 is out of every range. */
    private static final String WHOLE_NUMBER = "-?[0-9]{1,18}";

    private final String propertyName;
    private final String defaultValue;
    private final String meaning;
    private final long min;
    private final long max;

    /**
     * A setting without a range, as its value is no number.
     */
    Knob(final String name, final String defaultValue, final String meaning)
    {
        this(name, defaultValue, 0, 0, meaning);
    }

    /**
     * @param min smallest value: in ns, in bytes, or a plain number.
     * @param max largest value.
     */
    Knob(final String name, final String defaultValue, final long min, final long max, final String meaning)
    {
        this.propertyName = Configuration.PREFIX + name;
        this.defaultValue = defaultValue;
        this.min = min;
        this.max = max;
        this.meaning = meaning;
    }

    /**
     * Bounds of ranges that no other class defines.
     */
    private static final class Limits
    {
        static final long MIN_TICK_NS = TimeUnit.MICROSECONDS.toNanos(1);
        static final long MAX_TICK_NS = TimeUnit.SECONDS.toNanos(1);
        static final long MAX_COALESCE_NS = TimeUnit.MILLISECONDS.toNanos(50);
        static final long MAX_REHEARSAL_NS = TimeUnit.MINUTES.toNanos(1);
        static final long MAX_LINGER_NS = TimeUnit.MINUTES.toNanos(1);
        static final int MAX_OUTBOUND_LENGTH = 1 << 30;
        static final int MAX_WEBSOCKET_MESSAGE_LENGTH = 1 << 24;
        static final int MAX_RATE = 100_000_000;
        static final long MIN_LEASE_NS = TimeUnit.SECONDS.toNanos(1);
        static final long MAX_LEASE_NS = TimeUnit.MINUTES.toNanos(10);
        static final int MAX_REPLICAS = 16;
        static final long MIN_FLEET_TIMEOUT_NS = TimeUnit.MILLISECONDS.toNanos(10);
        static final long MAX_FLEET_TIMEOUT_NS = TimeUnit.MINUTES.toNanos(1);
        static final int MAX_BUCKETS = 1 << 16;
        /** An id of a connection has 8 bits for its reactor, of which none may make the lower half negative. */
        static final int MAX_REACTORS = 64;
        /** Enough for one message of the greatest length in each direction. */
        static final long MIN_HELD_BYTES = 256 * 1024;
    }

    /**
     * Name of the system property.
     *
     * @return the name, with its prefix.
     */
    public String propertyName()
    {
        return propertyName;
    }

    /**
     * Value that applies when the property is not set.
     *
     * @return the value, in the form in which it is set.
     */
    public String defaultValue()
    {
        return defaultValue;
    }

    /**
     * Meaning of the setting.
     *
     * @return one line of text.
     */
    public String meaning()
    {
        return meaning;
    }

    String text()
    {
        return System.getProperty(propertyName, defaultValue).trim();
    }

    /**
     * Name and value for messages. A password is left out.
     */
    String assignment()
    {
        return propertyName + "=" + (propertyName.endsWith(".password") ? "..." : text());
    }

    boolean isSet()
    {
        return null != System.getProperty(propertyName);
    }

    /**
     * Read a duration.
     *
     * @return the value in nanoseconds.
     * @throws ConfigurationException if it is no duration, or out of range.
     */
    public long durationNs()
    {
        return durationNs(text(), min, max);
    }

    long durationNs(final String text, final long minNs, final long maxNs)
    {
        final String unit = text.replaceFirst("^[0-9]+", "").toLowerCase(Locale.ROOT);
        if (text.isEmpty() || unit.length() == text.length() || !unit.matches("s|ms|us|ns"))
        {
            throw unreadable("a duration with its unit, such as 15s or 1500ms");
        }
        try
        {
            return checkRange(SystemUtil.parseDuration(propertyName, text), minNs, maxNs, text, Durations::exact);
        }
        catch (final NumberFormatException ex)
        {
            return checkRange(Long.MAX_VALUE, minNs, maxNs, text, Durations::exact);
        }
    }

    /**
     * Read a truth value.
     *
     * @return the value.
     * @throws ConfigurationException if it is neither {@code true} nor {@code false}.
     */
    public boolean flag()
    {
        return switch (text())
        {
            case "true" -> true;
            case "false" -> false;
            default -> throw unreadable("true or false");
        };
    }

    /**
     * Read a list of address blocks.
     *
     * @param whole the word that stands for an empty list, such as {@code any} or {@code none}.
     * @return the blocks.
     * @throws ConfigurationException if a part of it is no address block.
     */
    public CidrList addresses(final String whole)
    {
        try
        {
            return CidrList.parse(whole.equals(text()) ? "" : text());
        }
        catch (final IllegalArgumentException ex)
        {
            throw unreadable(whole + ", or blocks of addresses, " + ex.getMessage());
        }
    }

    /**
     * Read a whole number.
     *
     * @return the value.
     * @throws ConfigurationException if it is no whole number, or out of range.
     */
    public int integer()
    {
        if (!text().matches(WHOLE_NUMBER))
        {
            throw unreadable("a whole number");
        }
        return (int)checkRange(Long.parseLong(text()), min, max, text(), Long::toString);
    }

    /**
     * Read a whole number, or {@code auto} for the number of cores.
     *
     * @return the value.
     * @throws ConfigurationException if it is neither, or out of range.
     */
    public int cores()
    {
        return "auto".equals(text()) ? (int)Math.min(Runtime.getRuntime().availableProcessors(), max) : integer();
    }

    /**
     * Read one of several words.
     *
     * @param words that are accepted.
     * @return the word.
     * @throws ConfigurationException if it is none of these.
     */
    public String word(final String... words)
    {
        if (!Set.of(words).contains(text()))
        {
            throw unreadable("one of " + String.join(", ", words));
        }
        return text();
    }

    /**
     * Read a size.
     *
     * @return the value in bytes.
     * @throws ConfigurationException if it is no size, or out of range.
     */
    public int size()
    {
        return (int)bytes();
    }

    /**
     * Read a size, or a percentage of the maximum heap.
     *
     * @return the value in bytes.
     * @throws ConfigurationException if it is neither, or out of range.
     */
    public long heapBytes()
    {
        if (text().matches("[1-9][0-9]?%"))
        {
            return Math.max(min, Runtime.getRuntime().maxMemory() / 100 * Long.parseLong(text().replace("%", "")));
        }
        return bytes();
    }

    private long bytes()
    {
        try
        {
            if (!text().matches(WHOLE_NUMBER + "[kKmMgG]?"))
            {
                throw new NumberFormatException();
            }
            return checkRange(SystemUtil.parseSize(propertyName, text()), min, max, text(), Long::toString);
        }
        catch (final NumberFormatException ex)
        {
            throw unreadable("a size such as 65535 or 64k");
        }
    }

    /**
     * Check a duration or a size that is set by code.
     *
     * @param value in nanoseconds or bytes.
     * @return the value.
     * @throws ConfigurationException if it is out of range.
     */
    public long inRange(final long value)
    {
        final LongFunction<String> format = this != HELD_MAX ? Durations::exact : Long::toString;
        return checkRange(value, min, max, format.apply(value), format);
    }

    /**
     * Check a number that is set by code.
     *
     * @param value the number.
     * @return the value.
     * @throws ConfigurationException if it is out of range.
     */
    public int inRange(final int value)
    {
        return inRange(value, (int)min, (int)max);
    }

    int inRange(final int value, final int least, final int most)
    {
        return (int)checkRange(value, least, most, Integer.toString(value), Long::toString);
    }

    private long checkRange(
        final long value, final long least, final long most, final String text, final LongFunction<String> format)
    {
        if (value < least || value > most)
        {
            throw new ConfigurationException(propertyName + "=" + text + ": expected a value from " +
                format.apply(least) + " to " + format.apply(most));
        }
        return value;
    }

    ConfigurationException unreadable(final String expected)
    {
        return new ConfigurationException(propertyName + "=" + text() + ": expected " + expected);
    }
}
