package io.heartwheel.reactor;

import io.heartwheel.ServerContext;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TotalsTest
{
    private static final int HELD_MAX = 300_000;

    private static Totals totals(final int reactors, final int maxConnections, final boolean isSpread)
    {
        return new Totals(
            new ServerContext().reactors(reactors).maxHeldBytes(HELD_MAX), maxConnections, isSpread);
    }

    private static List<Share> shares(final Totals totals)
    {
        return totals.open((share) -> share, (share) -> {});
    }

    private static void enter(final Totals totals, final Share share, final int count)
    {
        for (int i = 0; i < count; i++)
        {
            assertTrue(totals.tryEnter(share));
        }
    }

    @Test
    void shouldLetInAsManyAsMayBeInSum()
    {
        final Totals totals = totals(2, 5, true);
        final List<Share> shares = shares(totals);
        enter(totals, shares.get(0), 3);
        enter(totals, shares.get(1), 2);
        assertFalse(totals.tryEnter(shares.get(0)));
        assertEquals(3, shares.get(0).load());
        totals.leave(shares.get(1));
        assertTrue(totals.tryEnter(shares.get(0)));
        assertFalse(totals.tryEnter(shares.get(1)));
    }

    @Test
    void shouldHandOverOnlyBeyondTheBoundIfConnectionsComeToEachReactor()
    {
        final Totals totals = totals(2, 100_000, true);
        final List<Share> shares = shares(totals);
        enter(totals, shares.get(0), 64);
        assertSame(shares.get(0), totals.takerFor(shares.get(0)), "at the bound");
        enter(totals, shares.get(0), 1);
        assertSame(shares.get(1), totals.takerFor(shares.get(0)), "one beyond");
        assertSame(shares.get(1), totals.takerFor(shares.get(1)), "nobody has fewer");

        enter(totals, shares.get(1), 8_000);
        enter(totals, shares.get(0), 9_000 - 65);
        assertSame(shares.get(0), totals.takerFor(shares.get(0)), "an eighth");
        enter(totals, shares.get(0), 1);
        assertSame(shares.get(1), totals.takerFor(shares.get(0)), "one more than an eighth");
    }

    @Test
    void shouldHandOverToTheReactorWithFewestIfOneAcceptsForAll()
    {
        final Totals totals = totals(3, 100, false);
        final List<Share> shares = shares(totals);
        final int[] taken = new int[3];
        for (int i = 0; i < 30; i++)
        {
            final Share taker = totals.takerFor(shares.get(0));
            enter(totals, taker, 1);
            ++taken[taker.index];
        }
        assertEquals(List.of(10, 10, 10), List.of(taken[0], taken[1], taken[2]));
    }

    @Test
    void shouldAskTheReactorThatHoldsMostToHoldLess()
    {
        final Totals totals = totals(3, 100, true);
        final List<Share> shares = shares(totals);
        final int[] asked = new int[3];
        shares.forEach((share) -> share.onAsked(() -> ++asked[share.index]));
        totals.hold(shares.get(1), HELD_MAX - 1_000);
        totals.hold(shares.get(0), 1_000);
        assertFalse(totals.isTooMuchHeld(), "at the limit");
        totals.hold(shares.get(0), 1);
        assertFalse(totals.isToHoldLess(shares.get(0)), "it holds less than its part");
        assertTrue(totals.isToHoldLess(shares.get(1)));
        totals.askOthersToHoldLess(shares.get(0));
        totals.askOthersToHoldLess(shares.get(0));
        assertEquals(List.of(0, 1, 0), List.of(asked[0], asked[1], asked[2]), "asked once until it has looked");
        shares.get(1).onLook();
        totals.askOthersToHoldLess(shares.get(2));
        assertEquals(2, asked[1]);
    }

    @Test
    void shouldCountWhatIsQueuedAsHeld()
    {
        final Totals totals = totals(1, 100, true);
        final Share share = shares(totals).get(0);
        totals.hold(share, HELD_MAX - 10);
        totals.queue(share, 11);
        assertTrue(totals.isToHoldLess(share));
        totals.queue(share, -11);
        assertFalse(totals.isToHoldLess(share));
        assertEquals(HELD_MAX - 10, share.heldBytes());
    }
}
