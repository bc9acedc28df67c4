package io.heartwheel.fleet;

import org.junit.jupiter.api.Test;

import java.util.List;

import static io.heartwheel.fleet.FleetRig.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Who claims again, since no reply came, finds its own record, and cannot know whose that replaced.
 */
class FleetLostRepliesTest
{
    private static final String ANN = "ann";

    private final FleetRig rig = new FleetRig();
    private final FleetRig.Node a = rig.add("a");
    private final FleetRig.Node b = rig.add("b");

    FleetLostRepliesTest()
    {
        rig.run(SECOND);
        a.told.clear();
        b.told.clear();
    }

    private void openWithoutReply(final FleetRig.Node node, final long connection)
    {
        node.engine.isReplyLost = true;
        node.open(ANN, connection);
        rig.run(SECOND / 10);
        node.engine.isReplyLost = false;
        rig.run(3 * SECOND);
    }

    @Test
    void shouldCloseTheOlderOneOfAClaimWhoseReplyIsLost()
    {
        a.open(ANN, 1);
        rig.run(SECOND);
        openWithoutReply(b, 7);
        assertEquals(List.of("1 taken over by b 7"), a.told);
        assertEquals(List.of(), b.told);
    }

    @Test
    void shouldCloseItsOwnOlderOneOfAClaimWhoseReplyIsLost()
    {
        a.open(ANN, 1);
        rig.run(SECOND);
        openWithoutReply(a, 2);
        assertEquals(List.of("1 taken over by a 2"), a.told);
    }

    /** It joined after the members were last asked for, and before the claim. */
    @Test
    void shouldCloseTheOlderOneOfAClaimWhoseReplyIsLostAtANodeThatWasNotKnown()
    {
        final FleetRig.Node c = rig.add("c");
        rig.run(SECOND / 10);
        assertFalse(b.node.members().containsKey("c.1"));
        c.open(ANN, 1);
        rig.run(SECOND / 10);
        openWithoutReply(b, 7);
        assertTrue(c.told.contains("1 taken over by b 7"));
    }

    /** Nobody pays for a failure who has nothing in the bucket. */
    @Test
    void shouldVerifyOnlyWhereAReplyWasLost()
    {
        a.open(ANN, 1);
        a.open("bob", 2);
        rig.run(SECOND);
        final long before = a.node.counts().count(FleetCounter.BUCKETS_VERIFIED);
        b.engine.isReplyLost = true;
        b.open("bob", 7);
        b.open("zoe", 8);
        rig.run(SECOND / 10);
        b.engine.isReplyLost = false;
        rig.run(3 * SECOND);
        assertEquals(1, a.node.counts().count(FleetCounter.BUCKETS_VERIFIED) - before);
    }
}
