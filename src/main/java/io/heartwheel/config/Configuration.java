package io.heartwheel.config;

import io.heartwheel.admission.AddressCounts;
import io.heartwheel.admission.IpLiteral;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.tls.TlsSettings;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads the settings that are made up of several {@link Knob}s, and checks the names of system properties. A value that
 * code sets in a context takes precedence over the system property; the property takes precedence over the default.
 * <p>
 * The properties are read anew on each call. Any thread may call these methods.
 */
public final class Configuration
{
    /** Prefix of the names of all settings. */
    public static final String PREFIX = "heartwheel.";

    private static final int MAX_PORT = 65_535;
    /** ASCII digits only: Integer.parseInt also takes a sign, and digits of any script. */
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
    /** Names of containers may have underscores. Internationalized names have letters of any script. */
    private static final Pattern HOST = Pattern.compile("[\\p{L}\\p{M}\\p{N}._-]{1,255}");
    private static final Pattern IPV6_IN_BRACKETS = Pattern.compile("\\[[0-9A-Fa-f:.]+(%[0-9A-Za-z._-]+)?]");

    private Configuration()
    {
    }

    /**
     * The cadence set by {@link Knob#CADENCE}, {@link Knob#IDLE}, {@link Knob#INTERVAL} and {@link Knob#COUNT}.
     *
     * @return the cadence.
     * @throws ConfigurationException if one of them is unreadable, out of range, or set although the cadence is off.
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
            requireUnsetWhenOff(Knob.CADENCE, Knob.IDLE, Knob.INTERVAL, Knob.COUNT);
            return preset;
        }

        return new Cadence(
            Knob.IDLE.isSet() ? Knob.IDLE.durationNs() : preset.idleNs(),
            Knob.INTERVAL.isSet() ? Knob.INTERVAL.durationNs() : preset.intervalNs(),
            Knob.COUNT.isSet() ? Knob.COUNT.integer() : preset.count());
    }

    /**
     * TCP keepalive as set by {@link Knob#TCP_KEEPALIVE}.
     *
     * @return its idle time, interval and count, or {@link Cadence#OFF}.
     * @throws ConfigurationException if it is unreadable, or if the kernel does not accept the numbers.
     */
    public static Cadence tcpKeepAlive()
    {
        final Knob knob = Knob.TCP_KEEPALIVE;
        final String[] parts = knob.text().split("\\s*,\\s*");
        if (1 == parts.length && "off".equals(parts[0]))
        {
            return Cadence.OFF;
        }
        if (3 != parts.length || !parts[2].matches("[0-9]{1,9}"))
        {
            throw knob.unreadable("off, or idle, interval and count such as 6s,5s,3");
        }
        return KeepAliveRules.validate(new Cadence(
            knob.durationNs(parts[0], Cadence.MIN_NS, Cadence.MAX_NS),
            knob.durationNs(parts[1], Cadence.MIN_NS, Cadence.MAX_NS),
            knob.inRange(Integer.parseInt(parts[2]), 1, KeepAliveRules.MAX_COUNT)));
    }

    /**
     * The address set by {@link Knob#BIND}.
     *
     * @return the address; unresolved if the look-up of its host failed.
     * @throws ConfigurationException if it is unreadable.
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
     * The address set by {@link Knob#HTTP}.
     *
     * @return the address, or null if HTTP is off.
     * @throws ConfigurationException if it is unreadable.
     */
    public static InetSocketAddress httpAddress()
    {
        return addressOrOff(Knob.HTTP);
    }

    static InetSocketAddress addressOrOff(final Knob knob)
    {
        final String text = knob.text();
        try
        {
            return "off".equals(text) ? null : parseAddress(text);
        }
        catch (final IllegalArgumentException ex)
        {
            throw knob.unreadable("off, or HOST:PORT, " + ex.getMessage());
        }
    }

    /**
     * The names set by {@link Knob#HTTP_HOSTS}.
     *
     * @return the names in lower case, or null if any name is accepted.
     * @throws ConfigurationException if they are unreadable.
     */
    public static Set<String> httpHosts()
    {
        final String text = Knob.HTTP_HOSTS.text().toLowerCase(Locale.ROOT);
        if (!text.matches("[a-z0-9._-]+(\\s*,\\s*[a-z0-9._-]+)*"))
        {
            throw Knob.HTTP_HOSTS.unreadable("none, any, or names without a port, such as gateway,status.example.com");
        }
        return switch (text)
        {
            case "none" -> Set.of();
            case "any" -> null;
            default -> new HashSet<>(List.of(text.split("\\s*,\\s*")));
        };
    }

    /**
     * The drain time set by {@link Knob#DRAIN}.
     *
     * @return the time.
     * @throws ConfigurationException if it is unreadable or out of range.
     */
    public static Duration drain()
    {
        return Duration.ofNanos(Knob.DRAIN.durationNs());
    }

    /**
     * The time for a rehearsal set by {@link Knob#REHEARSAL}.
     *
     * @param defaultNs that applies when it is not set, in nanoseconds.
     * @return the time in nanoseconds.
     * @throws ConfigurationException if it is unreadable or out of range.
     */
    public static long rehearsalNs(final long defaultNs)
    {
        return Knob.REHEARSAL.isSet() ? Knob.REHEARSAL.durationNs() : defaultNs;
    }

    /**
     * TLS as set by the knobs that begin with {@code heartwheel.tls}.
     *
     * @return the settings, or null if TLS is off.
     * @throws ConfigurationException if one of them is unreadable, missing, or set although TLS is off.
     */
    public static TlsSettings tls()
    {
        if ("off".equals(Knob.TLS_KEY_STORE.text()))
        {
            requireUnsetWhenOff(Knob.TLS_KEY_STORE, Knob.TLS_KEY_STORE_PASSWORD, Knob.TLS_TRUST_STORE,
                Knob.TLS_TRUST_STORE_PASSWORD, Knob.TLS_CLIENT_CERTIFICATES);
            return null;
        }
        final boolean isTrusting = !"off".equals(Knob.TLS_TRUST_STORE.text());
        try
        {
            return new TlsSettings(
                Path.of(Knob.TLS_KEY_STORE.text()),
                secret(Knob.TLS_KEY_STORE_PASSWORD),
                isTrusting ? Path.of(Knob.TLS_TRUST_STORE.text()) : null,
                isTrusting ? secret(Knob.TLS_TRUST_STORE_PASSWORD) : null,
                clientCertificates(),
                List.of(Knob.TLS_PROTOCOLS.text().split("\\s*,\\s*")));
        }
        catch (final ConfigurationException ex)
        {
            throw ex;
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ConfigurationException(ex.getMessage());
        }
    }

    /**
     * The password, or null if none is set. No message contains it.
     */
    static String secret(final Knob knob)
    {
        final String text = knob.text();
        if (text.startsWith("env:"))
        {
            final String secret = System.getenv(text.substring(4));
            if (null == secret)
            {
                throw new ConfigurationException(knob.propertyName() + "=" + text + ": there is no such variable");
            }
            return secret;
        }
        if (text.startsWith("file:"))
        {
            try
            {
                return Files.readString(Path.of(text.substring(5))).stripTrailing();
            }
            catch (final IOException | InvalidPathException ex)
            {
                throw new ConfigurationException(
                    knob.propertyName() + "=" + text + ": cannot be read: " + ex.getMessage());
            }
        }
        return text.equals(knob.defaultValue()) ? null : text;
    }

    private static TlsSettings.ClientCertificates clientCertificates()
    {
        return switch (Knob.TLS_CLIENT_CERTIFICATES.text())
        {
            case "none" -> TlsSettings.ClientCertificates.NONE;
            case "wanted" -> TlsSettings.ClientCertificates.WANTED;
            case "required" -> TlsSettings.ClientCertificates.REQUIRED;
            default -> throw Knob.TLS_CLIENT_CERTIFICATES.unreadable("none, wanted or required");
        };
    }

    /**
     * An empty count of connections for each address prefix, as set by {@link Knob#ADDRESS_PREFIX}.
     *
     * @return the count.
     * @throws ConfigurationException if the setting is unreadable or out of range.
     */
    public static AddressCounts addressCounts()
    {
        final Knob knob = Knob.ADDRESS_PREFIX;
        if (!knob.text().matches("[0-9]{1,3},[0-9]{1,3}"))
        {
            throw knob.unreadable("bits of IPv4 and of IPv6, such as 32,64");
        }
        final String[] bits = knob.text().split(",");
        return addressCounts(Integer.parseInt(bits[0]), Integer.parseInt(bits[1]));
    }

    /**
     * An empty count of connections for each address prefix, as set by code.
     *
     * @param ipv4Bits length of an IPv4 prefix, 1 to 32.
     * @param ipv6Bits length of an IPv6 prefix, 1 to 64.
     * @return the count.
     * @throws ConfigurationException if a length is out of range.
     */
    public static AddressCounts addressCounts(final int ipv4Bits, final int ipv6Bits)
    {
        return new AddressCounts(
            Knob.ADDRESS_PREFIX.inRange(ipv4Bits, 1, 32), Knob.ADDRESS_PREFIX.inRange(ipv6Bits, 1, 64));
    }

    /**
     * Read an address, and look its host up. A look-up may block for seconds.
     *
     * @param text HOST:PORT; an IPv6 host in square brackets.
     * @return the address; unresolved if the look-up failed.
     * @throws IllegalArgumentException if the text is no address; the message says why.
     */
    public static InetSocketAddress parseAddress(final String text)
    {
        final InetSocketAddress address = parseUnresolvedAddress(text);
        return new InetSocketAddress(address.getHostString(), address.getPort());
    }

    /**
     * Read an address without looking its host up.
     *
     * @param text HOST:PORT; an IPv6 host in square brackets.
     * @return the address, unresolved.
     * @throws IllegalArgumentException if the text is no address; the message says why.
     */
    public static InetSocketAddress parseUnresolvedAddress(final String text)
    {
        final int colon = text.lastIndexOf(':');
        final String host = colon < 0 ? "" : text.substring(0, colon);
        final boolean isBracketed = host.startsWith("[") && host.endsWith("]");
        if (!(isBracketed ? IPV6_IN_BRACKETS : HOST).matcher(host).matches())
        {
            throw new IllegalArgumentException("such as 127.0.0.1:7400 or [::1]:7400, not '" + text + "'");
        }
        final String port = text.substring(colon + 1);
        if (!PORT.matcher(port).matches() || Integer.parseInt(port) > MAX_PORT)
        {
            throw new IllegalArgumentException("with a port from 0 to 65535, not '" + text + "'");
        }
        return InetSocketAddress.createUnresolved(
            isBracketed ? host.substring(1, host.length() - 1) : host, Integer.parseInt(port));
    }

    /**
     * Write an address in the form that {@link #parseAddress(String)} reads. Logs, metrics, status and {@code toString}
     * all use this form.
     *
     * @param address to write.
     * @return HOST:PORT; an IPv6 host is in square brackets and spelt as in RFC 5952: {@code [2001:db8::1]:7400}.
     */
    public static String addressText(final InetSocketAddress address)
    {
        final String host = IpLiteral.canonical(address.getHostString());
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    /**
     * Check that every system property that begins with {@link #PREFIX} is a known setting.
     *
     * @throws ConfigurationException if one is unknown; the message has its name, its value and the nearest known name.
     */
    public static void checkNames()
    {
        for (final String name : System.getProperties().stringPropertyNames())
        {
            if (name.startsWith(PREFIX) && Arrays.stream(Knob.values()).noneMatch(k -> k.propertyName().equals(name)))
            {
                final Knob nearest = Arrays.stream(Knob.values())
                    .min(Comparator.comparingInt(k -> editDistance(name, k.propertyName())))
                    .orElseThrow();
                throw new ConfigurationException("unknown property " + name + "=" + System.getProperty(name) +
                    ": did you mean " + nearest.propertyName() + "?");
            }
        }
    }

    private static void requireUnsetWhenOff(final Knob offKnob, final Knob... knobs)
    {
        for (final Knob knob : knobs)
        {
            if (!knob.text().equals(knob.defaultValue()))
            {
                throw new ConfigurationException(
                    knob.assignment() + " is at odds with " + offKnob.propertyName() + "=off");
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
