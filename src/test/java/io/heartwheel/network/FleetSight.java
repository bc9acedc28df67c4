package io.heartwheel.network;

import io.heartwheel.support.Program;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What a {@link FleetEye} has seen so far.
 */
final class FleetSight
{
    private static final double NS_PER_S = 1e9;

    final Program eye;

    FleetSight(final Program eye)
    {
        this.eye = eye;
    }

    /** {@return identity to node, connection and stamp of all that are seen now} */
    Map<String, String> seen()
    {
        final Map<String, String> seen = new HashMap<>();
        for (final String line : eye.lines())
        {
            final String[] words = line.split(" ", 4);
            if ("+".equals(words[0]))
            {
                seen.put(words[2], words[3]);
            }
            else if ("-".equals(words[0]))
            {
                seen.remove(words[2]);
            }
        }
        return seen;
    }

    /** {@return the name of the node where it is seen now, or ""} */
    String nodeOf(final String identity)
    {
        return seen().getOrDefault(identity, "").split(" ")[0];
    }

    /** {@return when it was seen first as it is now, or is seen no more since} */
    long changedNs(final String identity)
    {
        long ns = 0;
        for (final String line : eye.lines())
        {
            final String[] words = line.split(" ");
            if ("+-".contains(words[0]) && identity.equals(words[2]))
            {
                ns = Long.parseLong(words[1]);
            }
        }
        return ns;
    }

    /** It sees this. */
    void await(final Predicate<Map<String, String>> isSeen, final double withinS) throws InterruptedException
    {
        final long startNs = System.nanoTime();
        while (!isSeen.test(seen()))
        {
            assertTrue((System.nanoTime() - startNs) / NS_PER_S < withinS,
                () -> "not seen within " + withinS + " s: " + eye.lines());
            Thread.sleep(20);
        }
    }
}
