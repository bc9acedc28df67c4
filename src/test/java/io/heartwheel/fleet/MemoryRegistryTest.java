package io.heartwheel.fleet;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static io.heartwheel.fleet.ClaimReply.Outcome.LATE;
import static io.heartwheel.fleet.ClaimReply.Outcome.TAKEN;
import static io.heartwheel.fleet.ClaimReply.Outcome.WON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The rules of the registry at their edges.
 */
class MemoryRegistryTest
{
    private static final long TTL_MS = 10_000;
    private static final long FAR_US = Long.MAX_VALUE;
    private static final String A = "aaaa.1";
    private static final String B = "bbbb.1";

    private final AtomicLong clockUs = new AtomicLong(1_700_000_000_000_000L);
    private final MemoryRegistry registry = new MemoryRegistry(clockUs::get, 16);

    private LeaseReply lease(final LeaseAction action, final String lease)
    {
        return registry.lease(action, lease, TTL_MS, 0, "node");
    }

    private void passMs(final long ms)
    {
        clockUs.addAndGet(1_000 * ms);
    }

    private ClaimReply claim(final String lease, final long connection, final long ageUs, final long deadlineUs)
    {
        return registry.claim(new Claim("ann", lease, connection, ageUs, deadlineUs, 0));
    }

    /** Others renew meanwhile, so that the registry is never thought to have stood still. */
    private void passWithOthersMs(final long ms)
    {
        for (long left = ms; left > 0; left -= 2_000)
        {
            passMs(Math.min(left, 2_000));
            if (left > 2_000)
            {
                lease(LeaseAction.RENEW, "other.1");
            }
        }
    }

    @Test
    void shouldReapALeaseAfterItsDeadlineAndNotAtIt()
    {
        for (final int pastMs : new int[]{-1, 0, 1})
        {
            registry.clear();
            lease(LeaseAction.JOIN, A);
            passWithOthersMs(TTL_MS + pastMs);
            final LeaseReply reply = lease(LeaseAction.RENEW, "other.1");
            assertEquals(pastMs > 0 ? List.of(A) : List.of(), reply.reaped(), "at " + pastMs);
            assertEquals(pastMs <= 0, reply.members().containsKey(A));
            assertEquals(pastMs <= 0, lease(LeaseAction.RENEW, A).isHeld());
        }
    }

    @Test
    void shouldReapItsOwnLeaseToo()
    {
        lease(LeaseAction.JOIN, A);
        passWithOthersMs(TTL_MS + 1);
        final LeaseReply reply = lease(LeaseAction.RENEW, A);
        assertFalse(reply.isHeld());
        assertEquals(List.of(A), reply.reaped());
    }

    @Test
    void shouldPutOffDeadlinesWhenNobodyWasHeardForMoreThanHalfALease()
    {
        for (final int pastMs : new int[]{-1, 0, 1})
        {
            registry.clear();
            lease(LeaseAction.JOIN, A);
            passMs(TTL_MS / 2 + pastMs);
            lease(LeaseAction.RENEW, "other.1");
            // Where it was put off, all of it is left.
            passWithOthersMs(TTL_MS / 2 - pastMs + 1);
            assertEquals(pastMs <= 0 ? List.of(A) : List.of(), lease(LeaseAction.RENEW, "other.1").reaped(),
                "at " + pastMs);
        }
    }

    @Test
    void shouldHoldALeaseThroughAStopOfTheRegistry()
    {
        lease(LeaseAction.JOIN, A);
        lease(LeaseAction.JOIN, B);
        passMs(1_000);
        lease(LeaseAction.RENEW, B);
        passMs(3_600_000);
        assertEquals(List.of(), lease(LeaseAction.RENEW, B).reaped());
        passWithOthersMs(9_000);
        assertTrue(lease(LeaseAction.RENEW, A).isHeld());
    }

    @Test
    void shouldNotLetTheDeadLiveOnWhenTheClockGoesBack()
    {
        lease(LeaseAction.JOIN, A);
        passMs(4_000);
        lease(LeaseAction.JOIN, B);
        passMs(-3_600_000);
        assertEquals(List.of(), lease(LeaseAction.RENEW, B).reaped());
        // 6 s of the lease were left when the clock went back.
        passWithOthersMs(6_000);
        assertEquals(List.of(), lease(LeaseAction.RENEW, B).reaped());
        passMs(1);
        assertEquals(List.of(A), lease(LeaseAction.RENEW, B).reaped());
    }

    @Test
    void shouldTakeAClaimAtItsDeadlineAndNotAfter()
    {
        final long nowUs = clockUs.get();
        assertEquals(LATE, claim(A, 1, 0, nowUs - 1).outcome());
        assertEquals(WON, claim(A, 1, 0, nowUs).outcome());
        assertEquals(WON, claim(B, 1, -1, nowUs + 1).outcome());
    }

    @Test
    void shouldGiveTheLaterStampOneMicrosecondApart()
    {
        for (final int laterUs : new int[]{-1, 0, 1})
        {
            registry.clear();
            claim(A, 1, 1_000, FAR_US);
            assertEquals(laterUs > 0 ? WON : TAKEN, claim(B, 1, 1_000 - laterUs, FAR_US).outcome(), "by " + laterUs);
        }
    }

    /** Else whoever looks often, by whatever lease, puts off the end of the dead. */
    @Test
    void shouldNotTakeALookForASignOfLife()
    {
        lease(LeaseAction.JOIN, A);
        for (int i = 0; i < 10; i++)
        {
            passMs(TTL_MS / 10 + 1);
            lease(LeaseAction.SHOW, "");
        }
        assertTrue(lease(LeaseAction.RENEW, A).isHeld(), "nobody was heard for a lease, so its end is put off");
    }

    @Test
    void shouldPassAStampOfTheFutureWhenTheClockWentBack()
    {
        final long futureUs = claim(A, 1, 0, FAR_US).stampUs();
        for (final int backUs : new int[]{0, 1, 3_600_000})
        {
            clockUs.set(futureUs - backUs);
            registry.verify(
                Buckets.of("ann", 16), A, List.of(new Session("ann", A, 1, futureUs)), true, Long.MAX_VALUE);
            final ClaimReply reply = claim(B, 1 + backUs, 500, FAR_US);
            assertEquals(0 == backUs ? TAKEN : WON, reply.outcome(), "back by " + backUs);
            assertEquals(0 == backUs ? futureUs : futureUs + 1, reply.stampUs());
            registry.release(new Release("ann", "bbbb", 1 + backUs));
        }
    }

    @Test
    void shouldAnswerARepeatedClaimUnderANewLeaseByItsStamp()
    {
        final ClaimReply first = claim(A, 1, 500, FAR_US);
        passMs(5_000);
        assertEquals(first, claim("aaaa.2", 1, 5_000_500, clockUs.get()));
        assertEquals(new Session("ann", "aaaa.2", 1, first.stampUs()), registry.locate("ann"));
    }

    @Test
    void shouldIgnoreTheLateReleaseOfAConnectionThatWasTakenOver()
    {
        claim(A, 1, 500, FAR_US);
        // Back on the same node.
        claim(A, 2, 100, FAR_US);
        registry.release(new Release("ann", "aaaa", 1));
        assertEquals(2, registry.locate("ann").connection());
        registry.release(new Release("ann", "aaaa", 2));
        assertNull(registry.locate("ann"));
    }

    @Test
    void shouldTellAnUnsweptLeaseAtItsAgeAndNotAgainBeforeThat()
    {
        lease(LeaseAction.JOIN, A);
        lease(LeaseAction.LEAVE, A);
        passMs(29_999);
        assertEquals(List.of(), registry.unswept(30_000));
        passMs(1);
        assertEquals(List.of(A), registry.unswept(30_000));
        assertEquals(List.of(), registry.unswept(30_000));
        passMs(30_000);
        assertEquals(List.of(A), registry.unswept(30_000));
        registry.swept(A);
        passMs(30_000);
        assertEquals(List.of(), registry.unswept(30_000));
    }

    @Test
    void shouldLoseAllAndHaveAnotherIdAndOtherVersions()
    {
        final LeaseReply before = lease(LeaseAction.JOIN, A);
        claim(A, 1, 0, FAR_US);
        passMs(1);
        registry.clear();
        assertNull(registry.locate("ann"));
        final LeaseReply after = lease(LeaseAction.RENEW, A);
        assertFalse(after.isHeld());
        assertNotEquals(before.registryId(), after.registryId());
        assertNotEquals(before.version(), after.version());
        assertEquals(Map.of(), after.members());
    }

    @Test
    void shouldGoBackToASavepointAndHaveOtherVersions()
    {
        final LeaseReply before = lease(LeaseAction.JOIN, A);
        claim(A, 1, 0, FAR_US);
        final Runnable restore = registry.savepoint();
        final LeaseReply lost = lease(LeaseAction.JOIN, B);
        claim(B, 1, -1, FAR_US);
        restore.run();
        passMs(1);
        assertEquals(A, registry.locate("ann").lease());
        final LeaseReply after = lease(LeaseAction.JOIN, "cccc.1");
        assertEquals(before.registryId(), after.registryId());
        assertNotEquals(lost.version(), after.version());
        assertFalse(lease(LeaseAction.RENEW, B).isHeld());
    }

    @Test
    void shouldPutDevicesOfAUserIntoOneBucketAndSpreadUsers()
    {
        assertEquals(Buckets.of("ann", 4_096), Buckets.of("ann/phone", 4_096));
        assertEquals(0, Buckets.of("anyone", 1));
        // Every node of a fleet has to find the same: these never change.
        assertEquals(
            List.of(2_702, 62, 0),
            List.of(Buckets.of("ann", 4_096), Buckets.of("user 17", 4_096), Buckets.of("", 4_096)));
        final Map<Integer, Long> sizes = IntStream.range(0, 4_096 * 24).boxed().collect(
            Collectors.groupingBy((i) -> Buckets.of("user-" + i, 4_096), Collectors.counting()));
        assertEquals(4_096, sizes.size());
        assertTrue(sizes.values().stream().allMatch((size) -> size < 64), sizes::toString);
    }

    @Test
    void shouldGiveAnIdentityToOneOfManyThreads() throws InterruptedException, ExecutionException
    {
        final MemoryRegistry real = new MemoryRegistry(new AtomicLong(1_000_000)::incrementAndGet, 16);
        final ExecutorService threads = Executors.newFixedThreadPool(4);
        try
        {
            final List<Future<Long>> stamps = threads.invokeAll(IntStream.range(0, 4).mapToObj(
                (node) -> (Callable<Long>)() -> claimOften(real, "boot" + node + ".1"))
                .collect(Collectors.toList()));
            long greatest = 0;
            for (final Future<Long> stamp : stamps)
            {
                greatest = Math.max(greatest, stamp.get());
            }
            assertNotNull(real.locate("ann"));
            assertEquals(greatest, real.locate("ann").stampUs());
        }
        finally
        {
            threads.shutdownNow();
        }
    }

    private static long claimOften(final MemoryRegistry registry, final String lease)
    {
        long stampUs = 0;
        for (int i = 0; i < 2_000; i++)
        {
            stampUs = Math.max(
                stampUs, registry.claim(new Claim("ann", lease, i, 0, FAR_US, 0)).stampUs());
        }
        return stampUs;
    }
}
