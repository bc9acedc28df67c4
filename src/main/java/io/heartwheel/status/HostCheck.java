package io.heartwheel.status;

import io.heartwheel.admission.IpLiteral;
import io.heartwheel.config.Knob;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Checks the name by which an HTTP client calls the server. A web page can have a name of its own resolve to this
 * server (DNS rebinding), and the browser would let the page read the answers. So only known names are accepted.
 * Addresses are accepted, as a page cannot redirect these.
 */
final class HostCheck
{
    static final String REMEDY =
        "call it by its address, or add the name to " + Knob.HTTP_HOSTS.propertyName();

    private final boolean isAnyKnown;
    private final Set<String> known = new HashSet<>(Set.of("localhost"));

    /**
     * @param names that are accepted, in lower case, or null for any.
     * @param bound host that the server listens at.
     */
    HostCheck(final Set<String> names, final String bound)
    {
        isAnyKnown = null == names;
        if (!isAnyKnown)
        {
            known.addAll(names);
        }
        known.add(bound.toLowerCase(Locale.ROOT));
    }

    /**
     * @param host as in the header of HTTP: with or without a port, an IPv6 address in square brackets.
     */
    boolean isKnown(final String host)
    {
        final String name = host.replaceFirst(":[0-9]*$", "").replaceFirst("\\.$", "").toLowerCase(Locale.ROOT);
        return isAnyKnown || known.contains(name) ||
            (name.startsWith("[") && name.endsWith("]") ?
                IpLiteral.isIpv6(name.substring(1, name.length() - 1)) : IpLiteral.isIpv4(name));
    }
}
