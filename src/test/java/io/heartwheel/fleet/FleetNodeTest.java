package io.heartwheel.fleet;

import org.junit.jupiter.api.Test;

import java.util.List;

import static io.heartwheel.fleet.FleetRig.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Two or three nodes of one registry.
 */
class FleetNodeTest
{
    private static final String ANN = "ann";

    private final FleetRig rig = new FleetRig();
    private final FleetRig.Node a = rig.add("a");
    private final FleetRig.Node b = rig.add("b");

    FleetNodeTest()
    {
        rig.run(SECOND);
        a.told.clear();
        b.told.clear();
    }

    @Test
    void shouldJoinTellWarningsAndKnowTheOthersByTheNextRenewal()
    {
        final FleetRig.Node c = rig.add("c");
        rig.run(SECOND);
        assertEquals(List.of("HELD", "warning mind the gap"), c.told);
        assertEquals(3, c.node.members().size());
        rig.run(FleetSettings.DEFAULT.renewNs());
        assertEquals(3, a.node.members().size());
        assertEquals("c", a.node.members().get("c.1"));
    }

    @Test
    void shouldFindTheConnectionOfAnIdentityFromAnywhere()
    {
        a.open(ANN, 1);
        rig.run(SECOND);
        assertEquals("a.1", rig.answer(b.node.locate(ANN)).lease());
        assertEquals(1, rig.answer(a.node.locate(ANN)).connection());
        assertNull(rig.answer(b.node.locate("bob")));
        assertEquals(1, rig.answer(b.node.count()));
    }

    @Test
    void shouldTakeTheOlderConnectionOver()
    {
        a.open(ANN, 1);
        rig.run(SECOND);
        b.open(ANN, 7);
        rig.run(SECOND);
        assertEquals(List.of("1 taken over by b 7"), a.told);
        a.node.gone(1);
        rig.run(SECOND);
        assertEquals("b", rig.answer(a.node.locate(ANN)).boot());
        assertEquals(List.of(), b.told);
    }

    @Test
    void shouldTakeTheOlderConnectionOfTheSameNodeOver()
    {
        a.open(ANN, 1);
        rig.run(SECOND);
        a.open(ANN, 2);
        rig.run(SECOND);
        assertEquals(List.of("1 taken over by a 2"), a.told);
        a.node.gone(1);
        rig.run(SECOND);
        assertEquals(2, rig.answer(b.node.locate(ANN)).connection());
    }

    /** The newer one has gone meanwhile, and so the older one was written again. */
    @Test
    void shouldReleaseOneThatIsToldTooLateThatItWasTakenOver()
    {
        a.open(ANN, 1);
        rig.run(SECOND);
        final Session older = rig.answer(b.node.locate(ANN));
        final Session newer = new Session(ANN, "b.1", 7, older.stampUs() + 1);
        b.engine.publish(List.of(new Envelope("a", Parcel.taken(older, newer).encoded())));
        rig.run(SECOND);
        assertEquals(List.of("1 taken over by b 7"), a.told);
        a.node.gone(1);
        rig.run(SECOND);
        assertNull(rig.answer(b.node.locate(ANN)));
    }

    @Test
    void shouldHaveTheLaterOpenedWinThoughItsClaimComesFirst()
    {
        a.engine.isCut = true;
        a.open(ANN, 1);
        rig.run(2 * SECOND);
        b.open(ANN, 7);
        rig.run(SECOND);
        a.engine.isCut = false;
        rig.run(3 * SECOND);
        assertEquals(List.of("1 taken over by b 7"), a.told);
        assertEquals("b", rig.answer(a.node.locate(ANN)).boot());
    }

    @Test
    void shouldClaimOnceAndReleaseThoughRepliesAreLost()
    {
        a.engine.isReplyLost = true;
        a.open(ANN, 1);
        rig.run(2 * SECOND);
        assertNotNull(rig.answer(b.node.locate(ANN)));
        a.node.gone(1);
        a.engine.isReplyLost = false;
        rig.run(2 * SECOND);
        assertNull(rig.answer(b.node.locate(ANN)));
    }

    @Test
    void shouldNotTellTheEngineOfConnectionsThatEndBeforeItCanBeAsked()
    {
        a.engine.isCut = true;
        rig.run(2 * SECOND);
        for (int i = 1; i <= 1_000; i++)
        {
            a.open("user" + i, i);
            a.node.gone(i);
        }
        a.engine.isCut = false;
        rig.run(2 * SECOND);
        assertEquals(0, a.node.size());
        assertEquals(0, a.node.counts().count(FleetCounter.RELEASES));
        assertEquals(0, a.node.counts().count(FleetCounter.CLAIMS_WON));
    }

    @Test
    void shouldShowNobodyOfANodeThatDied()
    {
        a.open(ANN, 1);
        rig.run(SECOND);
        a.isStopped = true;
        rig.run(FleetSettings.DEFAULT.leaseNs() + FleetSettings.DEFAULT.renewNs());
        assertNull(rig.answer(b.node.locate(ANN)));
        assertEquals(0, rig.answer(b.node.count()));
        rig.run(SECOND);
        assertEquals(1, b.node.counts().count(FleetCounter.SESSIONS_SWEPT));
        assertEquals(0, records());
    }

    @Test
    void shouldSweepWhatTheReaperLeft()
    {
        a.open(ANN, 1);
        rig.run(SECOND);
        a.isStopped = true;
        b.engine.isReplyLost = true;
        rig.run(12 * SECOND);
        b.isStopped = true;
        final FleetRig.Node c = rig.add("c");
        rig.run(45 * SECOND);
        assertEquals(1, c.node.counts().count(FleetCounter.SESSIONS_SWEPT));
        assertEquals(0, records());
    }

    @Test
    void shouldComeBackWithANewLeaseAfterAStopAndKeepItsStamps()
    {
        a.open(ANN, 1);
        a.open("bob", 2);
        rig.run(SECOND);
        final long stampUs = rig.answer(b.node.locate(ANN)).stampUs();
        a.isStopped = true;
        rig.run(20 * SECOND);
        b.open("bob", 9);
        rig.run(SECOND);
        a.isStopped = false;
        rig.run(4 * SECOND);
        assertEquals(List.of("DETACHED", "JOINING", "HELD", "warning mind the gap", "2 taken over by b 9"), a.told);
        final Session found = rig.answer(b.node.locate(ANN));
        assertEquals("a.2", found.lease());
        assertEquals(stampUs, found.stampUs());
    }

    @Test
    void shouldKeepItsLeaseWhenTheEngineStoodStill()
    {
        a.open(ANN, 1);
        rig.run(SECOND);
        a.engine.isCut = true;
        b.engine.isCut = true;
        rig.run(30 * SECOND);
        assertEquals(List.of("DETACHED"), a.told);
        a.engine.isCut = false;
        b.engine.isCut = false;
        rig.run(2 * SECOND);
        assertEquals(List.of("DETACHED", "HELD"), a.told);
        assertEquals("a.1", rig.answer(b.node.locate(ANN)).lease());
    }

    @Test
    void shouldWriteAllAgainWhenTheEngineLostIt()
    {
        for (int i = 0; i < 100; i++)
        {
            a.open("user" + i, i);
        }
        rig.run(SECOND);
        assertEquals(100, records());
        rig.registry.clear();
        rig.run(6 * SECOND);
        assertEquals(100, records());
        assertEquals(100, rig.answer(b.node.count()));
    }

    @Test
    void shouldWriteAgainWhatAFailoverLost()
    {
        final Runnable failover = rig.registry.savepoint();
        a.open(ANN, 1);
        rig.run(SECOND);
        failover.run();
        assertEquals(0, records());
        a.engine.connects++;
        rig.run(3 * SECOND);
        assertEquals(1, records());
        assertEquals(1, a.node.counts().count(FleetCounter.ENGINE_LOSSES));
    }

    /** A cluster may have one master that does not write. */
    @Test
    void shouldVerifyTheOtherBucketsAndSweepThoughOneBucketCannotBeVerified()
    {
        final int buckets = FleetRig.BUCKETS;
        for (int i = 0; i < 200; i++)
        {
            a.open("user" + i, i);
        }
        b.open(ANN, 1);
        rig.run(SECOND);
        final Runnable failover = rig.registry.savepoint();
        a.open("bob", 1_000);
        rig.run(SECOND);
        a.engine.unverifiable = 0;
        failover.run();
        a.engine.connects++;
        b.isStopped = true;
        rig.run(40 * SECOND);
        assertTrue(a.node.counts().count(FleetCounter.BUCKETS_VERIFIED) >= buckets - 1);
        assertNotNull(rig.answer(a.node.locate("bob")));
        assertEquals(201, records(), "what the other node had is swept");
    }

    @Test
    void shouldLookForWhatItMissedWhenItsInboxWasFull()
    {
        final FleetSettings d = FleetSettings.DEFAULT;
        final FleetRig small = new FleetRig(new FleetSettings(FleetPolicy.NEWEST, d.leaseNs(), d.claimNs(),
            d.verifyNs(), d.spreadNs(), d.sweepsPerSecond(), d.maxReleases(), d.maxRequests(), 1 << 10));
        final FleetRig.Node x = small.add("x");
        final FleetRig.Node y = small.add("y");
        x.open(ANN, 1);
        x.open("bob", 2);
        small.run(4 * SECOND);
        x.told.clear();
        x.isStopped = true;
        y.node.send("bob", new byte[900]);
        small.run(SECOND);
        y.open(ANN, 7);
        small.run(SECOND);
        x.isStopped = false;
        small.run(5 * SECOND);
        assertEquals(1, x.node.counts().count(FleetCounter.INBOX_FULL));
        assertEquals("1 taken over by y 7", x.told.get(x.told.size() - 1));
    }

    /** It has not heard of the newer one, and the registry's own record of that was lost. */
    @Test
    void shouldTellTheOlderWhoseRecordAVerifyFinds()
    {
        a.open(ANN, 1);
        rig.run(SECOND);
        final Runnable failover = rig.registry.savepoint();
        a.engine.isDeaf = true;
        b.open(ANN, 7);
        rig.run(SECOND);
        assertEquals(List.of(), a.told);
        a.engine.isDeaf = false;
        failover.run();
        b.engine.connects++;
        rig.run(3 * SECOND);
        assertEquals(List.of("1 taken over by b 7"), a.told);
        assertEquals("b", rig.answer(a.node.locate(ANN)).boot());
        assertEquals(List.of(), b.told);
    }

    @Test
    void shouldBeGoneForOthersOnceItLeft()
    {
        a.open(ANN, 1);
        rig.run(SECOND);
        a.node.leave();
        rig.run(FleetSettings.DEFAULT.renewNs());
        assertNull(rig.answer(b.node.locate(ANN)));
        assertFalse(b.node.members().containsKey("a.1"));
        final int calls = a.engine.calls;
        rig.run(20 * SECOND);
        assertEquals(calls, a.engine.calls);
    }

    @Test
    void shouldAskTheEngineOnceATurnAtMost()
    {
        for (int i = 0; i < 3_000; i++)
        {
            a.open("user" + i, i);
        }
        for (int i = 0; i < 1_000; i++)
        {
            final int calls = a.engine.calls;
            a.node.doWork(rig.nowNs);
            assertTrue(a.engine.calls <= calls + 1);
        }
        assertEquals(3_000, records());
    }

    @Test
    void shouldRefuseTheNewcomerWhereTheOldestWins()
    {
        final FleetSettings d = FleetSettings.DEFAULT;
        final FleetRig oldest = new FleetRig(new FleetSettings(FleetPolicy.OLDEST, d.leaseNs(), d.claimNs(),
            d.verifyNs(), d.spreadNs(), d.sweepsPerSecond(), d.maxReleases(), d.maxRequests(), d.maxInboxBytes()));
        final FleetRig.Node x = oldest.add("x");
        final FleetRig.Node y = oldest.add("y");
        oldest.run(SECOND);
        x.open(ANN, 1);
        oldest.run(SECOND);
        y.open(ANN, 7);
        oldest.run(4 * SECOND);
        assertEquals("7 refused for x 1", y.told.get(y.told.size() - 1));
        y.node.gone(7);
        x.node.gone(1);
        x.open(ANN, 2);
        oldest.run(SECOND);
        assertFalse(x.told.toString().contains("refused"), x.told::toString);
        x.isStopped = true;
        oldest.run(SECOND * 14);
        y.open(ANN, 8);
        oldest.run(SECOND);
        assertFalse(y.told.toString().contains("8 refused"), y.told::toString);
    }

    @Test
    void shouldVerifyAllWhenTooManyReleasesWait()
    {
        final FleetSettings d = FleetSettings.DEFAULT;
        final FleetRig small = new FleetRig(new FleetSettings(FleetPolicy.NEWEST, d.leaseNs(), d.claimNs(),
            d.verifyNs(), d.spreadNs(), d.sweepsPerSecond(), 10, d.maxRequests(), d.maxInboxBytes()));
        final FleetRig.Node x = small.add("x");
        for (int i = 0; i < 100; i++)
        {
            x.open("user" + i, i);
        }
        small.run(SECOND);
        x.engine.isCut = true;
        small.run(SECOND);
        for (int i = 0; i < 90; i++)
        {
            x.node.gone(i);
        }
        x.engine.isCut = false;
        small.run(3 * SECOND);
        assertEquals(1, x.node.counts().count(FleetCounter.RELEASES_OVERFLOWN));
        int records = 0;
        for (int bucket = 0; bucket < FleetRig.BUCKETS; bucket++)
        {
            records += small.registry.list(bucket).size();
        }
        assertEquals(10, records);
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
