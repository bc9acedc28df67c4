package io.heartwheel.fleet;

import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LeaseTest
{
    private static final FleetSettings SETTINGS = FleetSettings.DEFAULT;
    /** The clock overflows while the lease is held. */
    private static final long SENT_NS = Long.MAX_VALUE - 1_000;

    private final FleetRig rig = new FleetRig();
    private final FleetCounts counts = new FleetCounts();
    private final Lease lease =
        new Lease("a", SETTINGS, new SplittableRandom(1), counts, rig.add("host"), SENT_NS);

    @Test
    void shouldBeHeldForTheLeaseButATwentiethFromWhenTheRenewalWasSent()
    {
        assertFalse(lease.isHeld(SENT_NS));
        assertEquals(LeaseAction.JOIN, lease.next());
        lease.hold(SENT_NS);
        final long endNs = SENT_NS + SETTINGS.leaseNs() - SETTINGS.leaseNs() / 20;
        assertTrue(lease.isHeld(endNs - 1));
        assertFalse(lease.isHeld(endNs));
        lease.judge(endNs - 1);
        assertEquals(FleetState.HELD, lease.state());
        lease.judge(endNs);
        assertEquals(FleetState.DETACHED, lease.state());
        assertEquals(1, counts.count(FleetCounter.LAPSES));
        assertTrue(lease.isDue(endNs));
    }

    @Test
    void shouldBeRenewedThreeTimesInALease()
    {
        lease.next();
        for (int i = 0; i < 100; i++)
        {
            lease.hold(SENT_NS);
            assertFalse(lease.isDue(SENT_NS + SETTINGS.renewNs() * 4 / 5 - 1));
            assertTrue(lease.isDue(SENT_NS + SETTINGS.renewNs()));
        }
    }

    @Test
    void shouldRenewALeaseThatLapsedAndTakeANewNameForEachTryToJoin()
    {
        assertEquals(LeaseAction.JOIN, lease.next());
        assertEquals("a.1", lease.name());
        assertEquals(LeaseAction.JOIN, lease.next());
        assertEquals("a.2", lease.name());
        lease.hold(SENT_NS);
        lease.judge(SENT_NS + SETTINGS.leaseNs());
        assertEquals(LeaseAction.RENEW, lease.next());
        assertEquals("a.2", lease.name());
        lease.lose(SENT_NS);
        assertEquals(LeaseAction.JOIN, lease.next());
        assertEquals("a.3", lease.name());
    }
}
