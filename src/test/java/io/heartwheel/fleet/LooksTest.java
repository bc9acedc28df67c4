package io.heartwheel.fleet;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

import static io.heartwheel.fleet.FleetRig.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LooksTest
{
    private static final int NODES = FleetNode.BATCH + 44;
    /** The clock overflows meanwhile. */
    private static final long NOW_NS = Long.MAX_VALUE - SECOND / 2;

    private final FleetRig rig = new FleetRig();
    private final Members members = new Members();
    private final Lease lease =
        new Lease("n0", FleetSettings.DEFAULT, new SplittableRandom(1), new FleetCounts(), rig.add("host"), NOW_NS);
    private final Looks looks = new Looks(lease, members, new FleetCounts());
    private final MemoryEngine engine = new MemoryEngine(rig.registry);
    private final Map<String, List<BitSet>> heard = new TreeMap<>();

    LooksTest()
    {
        lease.next();
        lease.hold(NOW_NS);
        renew(NOW_NS);
        for (int i = 0; i < NODES; i++)
        {
            final List<BitSet> ofNode = new ArrayList<>();
            heard.put("n" + i, ofNode);
            new MemoryEngine(rig.registry).subscribe("n" + i, (message) -> ofNode.add(Parcel.of(message).buckets()));
        }
    }

    private void renew(final long sentNs)
    {
        final Map<String, String> nodes = new TreeMap<>();
        for (int i = 0; i < NODES; i++)
        {
            nodes.put("n" + i + ".1", "node");
        }
        members.onReply(new LeaseReply(true, 1, "r", 1, List.of(), nodes), sentNs);
    }

    private static BitSet bits(final int... buckets)
    {
        final BitSet bits = new BitSet();
        for (final int bucket : buckets)
        {
            bits.set(bucket);
        }
        return bits;
    }

    @Test
    void shouldTellAllMembersOnceInBatches()
    {
        looks.add(3);
        looks.add(9);
        for (int batches = 0; batches < 2; batches++)
        {
            final Exchange<?> exchange = looks.next(NOW_NS + batches);
            assertNotNull(exchange);
            exchange.ask(engine);
            assertNull(exchange.end(NOW_NS + batches));
        }
        assertNull(looks.next(NOW_NS + 2));
        heard.values().forEach((each) -> assertEquals(List.of(bits(3, 9)), each));
    }

    @Test
    void shouldAskForTheMembersFirst()
    {
        final long laterNs = NOW_NS + SECOND;
        assertFalse(lease.isDue(laterNs));
        looks.add(3);
        assertNull(looks.next(laterNs));
        assertTrue(lease.isDue(laterNs), "a renewal is wanted");
        renew(laterNs - 1);
        assertNull(looks.next(laterNs + 1), "it was sent before");
        renew(laterNs);
        assertNotNull(looks.next(laterNs + 1));
    }

    /** Else an engine that fails for some claims only would keep the others from being told for ever. */
    @Test
    void shouldTellOfThoseThatFailedBeforeThoughClaimsGoOnFailing()
    {
        looks.add(3);
        looks.next(NOW_NS + 1);
        looks.add(4);
        renew(NOW_NS + 1);
        looks.next(NOW_NS + 2).ask(engine);
        assertEquals(List.of(bits(3)), heard.get("n0"));
        while (null != looks.next(NOW_NS + 2))
        {
            looks.add(4);
        }
        renew(NOW_NS + 2);
        looks.next(NOW_NS + 3).ask(engine);
        assertEquals(List.of(bits(3), bits(4)), heard.get("n0"));
    }

    @Test
    void shouldTellAgainWhomItCouldNotTell()
    {
        looks.add(3);
        for (int i = 0; i < 2; i++)
        {
            final Exchange<?> lost = looks.next(NOW_NS);
            lost.fail(new EngineException("lost", null));
            lost.end(NOW_NS);
        }
        for (Exchange<?> next = looks.next(NOW_NS); null != next; next = looks.next(NOW_NS))
        {
            next.ask(engine);
            next.end(NOW_NS);
        }
        heard.values().forEach((each) -> assertEquals(List.of(bits(3)), each));
    }

    @Test
    void shouldTellNobodyWithoutALease()
    {
        looks.add(3);
        final long endNs = NOW_NS + FleetSettings.DEFAULT.heldNs();
        renew(endNs);
        assertNull(looks.next(endNs));
        assertNotNull(looks.next(endNs - 1));
    }
}
