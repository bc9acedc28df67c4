package io.heartwheel.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Reads the settings of a fleet, anew on each call. Any thread may call these methods.
 */
public final class FleetKnobs
{
    /** One word, as the registry keeps it beside others on a line. */
    private static final Pattern NODE = Pattern.compile("[\\p{L}\\p{M}\\p{N}._:\\[\\]-]{1,128}");

    private FleetKnobs()
    {
    }

    /**
     * The registry set by {@link Knob#FLEET}.
     *
     * @return {@code memory} or a URL, or null if there is no fleet.
     */
    public static String registry()
    {
        final String text = Knob.FLEET.text();
        return "off".equals(text) ? null : text;
    }

    /**
     * A file set by a knob.
     *
     * @param knob with its path.
     * @return the path, or null if none is set.
     * @throws ConfigurationException if it is no path.
     */
    public static Path file(final Knob knob)
    {
        try
        {
            return knob.defaultValue().equals(knob.text()) ? null : Path.of(knob.text());
        }
        catch (final InvalidPathException ex)
        {
            throw knob.unreadable("a path, but " + ex.getMessage());
        }
    }

    /**
     * The name of the node set by {@link Knob#FLEET_NODE}.
     *
     * @return the name, or null for one that is made up of host and port.
     * @throws ConfigurationException if it is none.
     */
    public static String node()
    {
        final String text = Knob.FLEET_NODE.text();
        return "auto".equals(text) ? null : node(text);
    }

    /**
     * Check a name of a node.
     *
     * @param name to check.
     * @return the same.
     * @throws ConfigurationException if it is none.
     */
    public static String node(final String name)
    {
        if (!NODE.matcher(name).matches())
        {
            throw new ConfigurationException(Knob.FLEET_NODE.propertyName() + "=" + name +
                ": expected a word of letters, digits and .-_:[], 128 at most");
        }
        return name;
    }

    /**
     * Does the status of a server say that it is unhealthy while its lease does not hold, as set by {@link
     * Knob#FLEET_HEALTH}?
     *
     * @return true if it does.
     * @throws ConfigurationException if it is unreadable.
     */
    public static boolean isLeaseRequired()
    {
        return "required".equals(Knob.FLEET_HEALTH.word("shown", "required"));
    }
}
