package io.heartwheel.fleet;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import static io.heartwheel.fleet.FleetRig.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What the application asks two nodes of one registry, and what they carry between them.
 */
class FleetNodeRequestsTest
{
    private static final String ANN = "ann";

    private final FleetRig rig = new FleetRig();
    private final FleetRig.Node a = rig.add("a");
    private final FleetRig.Node b = rig.add("b");

    FleetNodeRequestsTest()
    {
        rig.run(SECOND);
        a.told.clear();
        b.told.clear();
    }

    @Test
    void shouldDeliverMessagesToTheOwnerAlone()
    {
        a.open(ANN, 1);
        rig.run(SECOND);
        assertEquals(SendOutcome.SENT, rig.answer(b.node.send(ANN, bytes("hello"))));
        assertEquals(SendOutcome.SENT, rig.answer(a.node.send(ANN, bytes("you"))));
        assertEquals(SendOutcome.ABSENT, rig.answer(a.node.send("bob", bytes("nobody"))));
        assertEquals(SendOutcome.SENT, rig.answer(b.node.close(ANN, (byte)1)));
        rig.run(10 * FleetRig.MS);
        assertEquals(List.of("1 gets hello", "1 gets you", "1 to close"), a.told);
    }

    @Test
    void shouldDropWhatIsForAnotherStampOrComesWithoutALease()
    {
        a.open(ANN, 1);
        rig.run(SECOND);
        final Session session = rig.answer(b.node.locate(ANN));
        final MemoryEngine other = new MemoryEngine(rig.registry);
        final Session stale = new Session(ANN, session.lease(), 1, session.stampUs() - 1);
        final Session newer = new Session(ANN, "b.1", 7, session.stampUs() + 1);
        for (final Parcel parcel : List.of(
            Parcel.message(stale, bytes("stale")),
            Parcel.taken(stale, newer),
            Parcel.taken(session, session)))
        {
            other.publish(List.of(new Envelope("a", parcel.encoded())));
        }
        other.publish(List.of(new Envelope("a", new byte[]{9, 9})));
        rig.run(SECOND);
        assertEquals(List.of(), a.told);
        assertEquals(4, a.node.counts().count(FleetCounter.DROPPED));

        a.engine.isCut = true;
        rig.run(12 * SECOND);
        other.publish(List.of(new Envelope("a", Parcel.message(session, bytes("late")).encoded())));
        rig.run(SECOND);
        assertEquals(List.of("DETACHED"), a.told);
    }

    @Test
    void shouldListenAnewWhenItDoesNotHearItself()
    {
        a.open(ANN, 1);
        rig.run(SECOND);
        a.engine.isDeaf = true;
        rig.run(2 * SECOND);
        b.open(ANN, 7);
        rig.run(SECOND);
        assertEquals(List.of(), a.told);
        rig.run(11 * SECOND);
        assertEquals(1, a.node.counts().count(FleetCounter.INBOX_RENEWED));
        assertEquals(List.of("1 taken over by b 7"), a.told);
        rig.run(20 * SECOND);
        assertEquals(1, a.node.counts().count(FleetCounter.INBOX_RENEWED));
    }

    @Test
    void shouldListAllDevicesOfAUser()
    {
        a.open("ann/phone", 1);
        b.open("ann/desk", 2);
        b.open("ann", 3);
        a.open("anna", 4);
        rig.run(SECOND);
        assertEquals(3, rig.answer(a.node.sessionsOf(ANN)).size());
        int listed = 0;
        for (int cursor = 0; cursor >= 0;)
        {
            final FleetPage page = rig.answer(a.node.list(cursor));
            listed += page.sessions().size();
            cursor = page.next();
        }
        assertEquals(4, listed);
        assertThrows(IllegalArgumentException.class, () -> a.node.list(FleetRig.BUCKETS));
    }

    @Test
    void shouldKnowNothingOfOthersWithoutALease()
    {
        b.engine.isCut = true;
        rig.run(12 * SECOND);
        assertEquals(FleetState.DETACHED, b.node.state());
        final CompletableFuture<Session> located = b.node.locate(ANN);
        rig.run(10 * FleetRig.MS);
        assertTrue(located.isCompletedExceptionally());
        assertTrue(assertThrows(ExecutionException.class, located::get).getCause() instanceof EngineException);
    }

    private static byte[] bytes(final String text)
    {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
