package io.heartwheel.network;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What these tests need of the machine: Linux, root, ip, nft, conntrack.
 */
final class Tools
{
    /** Environment variable: what is missing is a failure, and no reason to skip. */
    private static final String REQUIRED = "HEARTWHEEL_NETWORK_REQUIRED";

    private Tools()
    {
    }

    /**
     * Skip the tests, aloud, or fail them, if something is missing.
     */
    static void require()
    {
        final String missing = Hosts.missing();
        if (null != missing)
        {
            System.out.println("network tests cannot run: " + missing);
            if (Boolean.parseBoolean(System.getenv(REQUIRED)))
            {
                Assertions.fail(missing);
            }
            Assumptions.abort(missing);
        }
    }
}
