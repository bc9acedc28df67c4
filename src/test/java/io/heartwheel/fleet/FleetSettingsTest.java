package io.heartwheel.fleet;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class FleetSettingsTest
{
    @Test
    void shouldNameAValueOutOfItsRange()
    {
        assertRefused(FleetRig.SECOND - 1, 1, "leaseNs=999999999");
        assertRefused(10 * FleetRig.SECOND, 0, "claimNs=0");
        assertRefused(10 * FleetRig.SECOND, FleetRig.SECOND / 2 + 1, "claimNs=500000001");
        settings(10 * FleetRig.SECOND, FleetRig.SECOND / 2);
    }

    private static void assertRefused(final long leaseNs, final long claimNs, final String named)
    {
        final IllegalArgumentException ex =
            assertThrows(IllegalArgumentException.class, () -> settings(leaseNs, claimNs));
        assertEquals(named, ex.getMessage().replaceFirst(" .*", ""));
    }

    private static FleetSettings settings(final long leaseNs, final long claimNs)
    {
        return new FleetSettings(FleetPolicy.NEWEST, leaseNs, claimNs, 600 * FleetRig.SECOND, 0, 1, 1, 1, 1_024);
    }
}
