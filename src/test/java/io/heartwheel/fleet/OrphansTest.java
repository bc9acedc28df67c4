package io.heartwheel.fleet;

import org.junit.jupiter.api.Test;

import static io.heartwheel.fleet.FleetRig.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Records by leases that the registry does not know.
 */
class OrphansTest
{
    private static final String ANN = "ann";

    private final FleetRig rig = new FleetRig();
    private final FleetRig.Node a = rig.add("a");
    private final FleetRig.Node b = rig.add("b");

    OrphansTest()
    {
        rig.run(SECOND);
    }

    /** Its lease is in no list: neither of those that live nor of those that have ended. */
    @Test
    void shouldSweepWhatANodeWroteToARegistryThatHadForgottenIt()
    {
        rig.registry.clear();
        a.open(ANN, 1);
        a.work();
        b.open("bob", 2);
        assertEquals(1, records());
        a.isStopped = true;
        rig.run(FleetSettings.DEFAULT.leaseNs());
        assertEquals(2, records(), "its node may be about to write it by another lease");
        rig.run(FleetSettings.DEFAULT.leaseNs());
        assertEquals(1, records());
        assertEquals("b", rig.answer(b.node.locate("bob")).boot());
    }

    @Test
    void shouldLeaveToANodeThatJoinsAgainWhatItWroteToARegistryThatHadForgottenIt()
    {
        rig.registry.clear();
        a.open(ANN, 1);
        a.work();
        a.engine.isCut = true;
        rig.run(6 * SECOND);
        a.engine.isCut = false;
        rig.run(2 * FleetSettings.DEFAULT.leaseNs());
        assertEquals("a.2", rig.answer(b.node.locate(ANN)).lease());
        assertEquals(0, b.node.counts().count(FleetCounter.BUCKETS_SWEPT));
    }

    @Test
    void shouldSweepARecordThatCameBackWhenItsBucketIsVerifiedInItsTurn()
    {
        b.open("bob", 2);
        rig.registry.claim(new Claim(ANN, "c.1", 1, 0, Long.MAX_VALUE, 0));
        rig.run(FleetSettings.DEFAULT.verifyNs() + 2 * FleetSettings.DEFAULT.leaseNs());
        assertEquals(1, records());
        assertEquals("b", rig.answer(a.node.locate("bob")).boot());
        assertEquals(1, a.node.counts().count(FleetCounter.SESSIONS_SWEPT) +
            b.node.counts().count(FleetCounter.SESSIONS_SWEPT));
    }

    private int records()
    {
        int records = 0;
        for (int bucket = 0; bucket < FleetRig.BUCKETS; bucket++)
        {
            records += rig.registry.list(bucket).size();
        }
        return records;
    }
}
