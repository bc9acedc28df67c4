package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import org.agrona.SystemUtil;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.function.LongFunction;

/**
 * Every setting that can be made by system property: its name, its default, what it means. Code that sets a value in a
 * Context takes precedence over the property, the property over the default.
 * <p>
 * Durations are written with their unit: {@code 15s}, {@code 1500ms}, {@code 200us}, {@code 50ns}. Sizes are bytes, or
 * {@code 64k}, {@code 1m}.
 */
public final class Configuration
{
    /** What the names of all settings begin with. */
    public static final String PREFIX = "heartwheel.";

    private Configuration()
    {
    }

    /**
     * One setting.
     */
    public enum Knob
    {
        /** Address to listen at. */
        BIND("bind", "127.0.0.1:7400", "address the server listens at, HOST:PORT; port 0 takes any free one"),

        /** Cadence by name. */
        CADENCE("cadence", "standard", "how peers are watched: `standard` (15s, 5s, 4), `strict` (3s, 1500ms, 3) " +
            "or `off`; the next three change single numbers of it"),

        /** Idle time. */
        IDLE("idle", "of the cadence", "silence before a peer is probed"),

        /** Interval. */
        INTERVAL("interval", "of the cadence", "wait for an answer to each probe"),

        /** Count. */
        COUNT("count", "of the cadence", "unanswered probes after which a peer is gone; 0 sends none, and a peer " +
            "is gone after the idle time"),

        /** Shortest idle time a client may ask for. */
        IDLE_MIN("idle.min", "1s", "shortest idle time a client may ask for by HELLO"),

        /** Longest idle time a client may ask for. */
        IDLE_MAX("idle.max", "600s", "longest idle time a client may ask for"),

        /** Shortest interval a client may ask for. */
        INTERVAL_MIN("interval.min", "500ms", "shortest interval a client may ask for"),

        /** Longest interval a client may ask for. */
        INTERVAL_MAX("interval.max", "60s", "longest interval a client may ask for"),

        /** Largest count a client may ask for. */
        COUNT_MAX("count.max", "10", "largest count a client may ask for"),

        /** Tick. */
        TICK("tick", "1ms", "resolution of deadlines, rounded up to a power of two in ns; a verdict comes up to one " +
            "tick late"),

        /** Largest number of connections. */
        CONNECTIONS_MAX("connections.max", "100000", "connections at a time; one more is told BYE and REFUSED"),

        /** Accept backlog. */
        ACCEPT_BACKLOG("accept.backlog", "4096", "connections the kernel may keep waiting to be accepted; it caps " +
            "this at net.core.somaxconn"),

        /** Accepts per duty cycle. */
        ACCEPT_LIMIT("accept.limit", "64", "connections accepted per duty cycle"),

        /** Wheel expiries per duty cycle. */
        EXPIRY_LIMIT("expiry.limit", "2048", "deadlines looked at per duty cycle"),

        /** Closes per duty cycle. */
        CLOSE_LIMIT("close.limit", "256", "connections closed per duty cycle"),

        /** Commands from other threads per duty cycle. */
        COMMAND_LIMIT("command.limit", "1024", "requests of other threads (send, close) served per duty cycle"),

        /** Commands from other threads waiting. */
        COMMANDS_MAX("commands.max", "65536", "requests of other threads that may wait; more are back-pressured"),

        /** Longest message. */
        MESSAGE_MAX("message.max", "16k", "longest message accepted or sent, at most 65535 bytes"),

        /** Unsent bytes per connection. */
        OUTBOUND_MAX("outbound.max", "256k", "unsent bytes per connection; a message beyond is back-pressured"),

        /** Stall threshold. */
        STALL("stall", "100ms", "a gap between our own duty cycles above this is a stall, and not held against peers"),

        /** Longest park. */
        PARK_MAX("park.max", "1s", "longest wait in one duty cycle; 0ns never waits"),

        /** Linger of a graceful close. */
        LINGER("linger", "1s", "time a closing connection has to take its last bytes and close its end");

        private static final Knob[] VALUES = values();

        private final String propertyName;
        private final String defaultValue;
        private final String meaning;

        Knob(final String name, final String defaultValue, final String meaning)
        {
            this.propertyName = PREFIX + name;
            this.defaultValue = defaultValue;
            this.meaning = meaning;
        }

        /**
         * Name of the system property.
         *
         * @return the name.
         */
        public String propertyName()
        {
            return propertyName;
        }

        /**
         * Value when the property is not set.
         *
         * @return the value, as it would be written.
         */
        public String defaultValue()
        {
            return defaultValue;
        }

        /**
         * What it sets, in one line.
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

        private boolean isSet()
        {
            return null != System.getProperty(propertyName);
        }

        long durationNs(final long minNs, final long maxNs)
        {
            final String text = text();
            final String unit = text.replaceFirst("^[0-9]+", "").toLowerCase(Locale.ROOT);
            if (text.isEmpty() || unit.length() == text.length() || !unit.matches("s|ms|us|ns"))
            {
                throw unreadable("a duration with its unit, such as 15s or 1500ms");
            }
            try
            {
                return checkRange(
                    SystemUtil.parseDuration(propertyName, text), minNs, maxNs, text, Configuration::durationText);
            }
            catch (final NumberFormatException ex)
            {
                return checkRange(Long.MAX_VALUE, minNs, maxNs, text, Configuration::durationText);
            }
        }

        int integer(final int min, final int max)
        {
            try
            {
                return (int)checkRange(Long.parseLong(text()), min, max, text(), Long::toString);
            }
            catch (final NumberFormatException ex)
            {
                throw unreadable("a whole number");
            }
        }

        int size(final int min, final int max)
        {
            try
            {
                return (int)checkRange(SystemUtil.parseSize(propertyName, text()), min, max, text(), Long::toString);
            }
            catch (final NumberFormatException ex)
            {
                throw unreadable("a size such as 65535 or 64k");
            }
        }

        /** A duration set by code. */
        long inRange(final long durationNs, final long minNs, final long maxNs)
        {
            return checkRange(durationNs, minNs, maxNs, durationText(durationNs), Configuration::durationText);
        }

        /** A number set by code. */
        int inRange(final int value, final int min, final int max)
        {
            return (int)checkRange(value, min, max, Integer.toString(value), Long::toString);
        }

        private long checkRange(
            final long value, final long min, final long max, final String text, final LongFunction<String> format)
        {
            if (value < min || value > max)
            {
                throw new ConfigurationException(propertyName + "=" + text + ": expected a value from " +
                    format.apply(min) + " to " + format.apply(max));
            }
            return value;
        }

        private ConfigurationException unreadable(final String expected)
        {
            return new ConfigurationException(propertyName + "=" + text() + ": expected " + expected);
        }
    }

    /**
     * The cadence set by {@link Knob#CADENCE}, {@link Knob#IDLE}, {@link Knob#INTERVAL} and {@link Knob#COUNT}.
     *
     * @return the cadence.
     */
    public static Cadence cadence()
    {
        final Cadence preset = switch (Knob.CADENCE.text())
        {
            case "standard" -> Cadence.STANDARD;
            case "strict" -> Cadence.STRICT;
            case "off" -> Cadence.OFF;
            default -> throw Knob.CADENCE.unreadable("standard, strict or off");
        };
        if (preset.isOff())
        {
            requireUnsetWhenOff(Knob.IDLE, Knob.INTERVAL, Knob.COUNT);
            return preset;
        }

        return new Cadence(
            Knob.IDLE.isSet() ? Knob.IDLE.durationNs(Cadence.MIN_NS, Cadence.MAX_NS) : preset.idleNs(),
            Knob.INTERVAL.isSet() ? Knob.INTERVAL.durationNs(Cadence.MIN_NS, Cadence.MAX_NS) : preset.intervalNs(),
            Knob.COUNT.isSet() ? Knob.COUNT.integer(0, Cadence.MAX_COUNT) : preset.count());
    }

    /**
     * The address set by {@link Knob#BIND}.
     *
     * @return the address, not resolved if its host is a name that cannot be.
     */
    public static InetSocketAddress bindAddress()
    {
        try
        {
            return parseAddress(Knob.BIND.text());
        }
        catch (final IllegalArgumentException ex)
        {
            throw Knob.BIND.unreadable("HOST:PORT, " + ex.getMessage());
        }
    }

    /**
     * Read an address.
     *
     * @param text HOST:PORT; an IPv6 host in square brackets.
     * @return the address.
     * @throws IllegalArgumentException that says what is wrong with it.
     */
    public static InetSocketAddress parseAddress(final String text)
    {
        final int colon = text.lastIndexOf(':');
        final String host = colon < 0 ? "" : text.substring(0, colon);
        final boolean isBracketed = host.startsWith("[") && host.endsWith("]");
        if (host.isEmpty() || host.indexOf(':') >= 0 && !isBracketed)
        {
            throw new IllegalArgumentException("such as 127.0.0.1:7400 or [::1]:7400, not '" + text + "'");
        }
        try
        {
            return new InetSocketAddress(
                isBracketed ? host.substring(1, host.length() - 1) : host,
                Integer.parseInt(text.substring(colon + 1)));
        }
        catch (final IllegalArgumentException ex)
        {
            throw new IllegalArgumentException("with a port from 0 to 65535, not '" + text + "'");
        }
    }

    /**
     * Check that every system property that begins with {@link #PREFIX} is a known setting.
     *
     * @throws ConfigurationException naming one that is not, its value and the nearest known name.
     */
    public static void checkNames()
    {
        for (final String name : System.getProperties().stringPropertyNames())
        {
            if (name.startsWith(PREFIX) && Arrays.stream(Knob.VALUES).noneMatch(k -> k.propertyName.equals(name)))
            {
                final Knob nearest = Arrays.stream(Knob.VALUES)
                    .min(Comparator.comparingInt(k -> editDistance(name, k.propertyName)))
                    .orElseThrow();
                throw new ConfigurationException("unknown property " + name + "=" + System.getProperty(name) +
                    ": did you mean " + nearest.propertyName + "?");
            }
        }
    }

    /**
     * A duration in the longest unit that tells it exactly, from ns to s.
     */
    static String durationText(final long durationNs)
    {
        if (0 == durationNs % 1_000_000_000)
        {
            return durationNs / 1_000_000_000 + "s";
        }
        if (0 == durationNs % 1_000_000)
        {
            return durationNs / 1_000_000 + "ms";
        }
        return 0 == durationNs % 1_000 ? durationNs / 1_000 + "us" : durationNs + "ns";
    }

    private static void requireUnsetWhenOff(final Knob... knobs)
    {
        for (final Knob knob : knobs)
        {
            if (knob.isSet())
            {
                throw new ConfigurationException(knob.propertyName + "=" + knob.text() + " is at odds with " +
                    Knob.CADENCE.propertyName + "=off");
            }
        }
    }

    private static int editDistance(final String a, final String b)
    {
        final int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= a.length(); i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++)
            {
                final int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
