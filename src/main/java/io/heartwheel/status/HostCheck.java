package io.heartwheel.status;

import io.heartwheel.admission.IpLiteral;
import io.heartwheel.config.Knob;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * By which names a server may be called. Any page in a browser may have a name of its own point here (DNS rebinding),
 * and would be let to read what is answered: so names have to be known. An address cannot be pointed anywhere else.
 */
final class HostCheck
{
    static final String REMEDY =
        "call it by its address, or add the name to " + Knob.HTTP_HOSTS.propertyName();

    private final boolean isAnyKnown;
    private final Set<String> known = new HashSet<>(Set.of("localhost"));

    /**
     * @param names in lower case, or null for any.
     * @param bound host that it listens at.
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
     * @param host as HTTP has it: with a port or without, an IPv6 address in square brackets.
     */
    boolean isKnown(final String host)
    {
        final String name = host.replaceFirst(":[0-9]*$", "").replaceFirst("\\.$", "").toLowerCase(Locale.ROOT);
        return isAnyKnown || known.contains(name) ||
            (name.startsWith("[") && name.endsWith("]") ?
                IpLiteral.isIpv6(name.substring(1, name.length() - 1)) : IpLiteral.isIpv4(name));
    }
}
