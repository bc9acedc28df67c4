package io.heartwheel.fleet;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What every engine does, whatever its registry is made of.
 */
public abstract class EngineContract
{
    /** Long enough for a real engine on a busy machine, where nothing has to run out. */
    private static final long LONG_MS = 60_000;
    private static final long SHORT_MS = 600;
    private static final String A = "aaaa.1";
    private static final String B = "bbbb.1";

    /** An engine of the registry that the whole test shares. */
    protected abstract Engine engine();

    /** Time passes at the registry. */
    protected abstract void pass(long ms) throws InterruptedException;

    private static Claim claim(final String identity, final String lease, final long connection, final long ageMs)
    {
        return new Claim(identity, lease, connection, ageMs * 1_000, Long.MAX_VALUE >> 10, 0);
    }

    private static ClaimReply claim(final Engine engine, final Claim claim)
    {
        return engine.claim(List.of(claim)).get(0);
    }

    private static Session locate(final Engine engine, final String identity)
    {
        return engine.locate(List.of(identity)).get(0);
    }

    private static LeaseReply lease(
        final Engine engine, final LeaseAction action, final String lease, final long ttlMs, final long version)
    {
        return engine.lease(action, lease, ttlMs, version, "node of " + lease);
    }

    @Test
    void shouldHoldALeaseUntilItIsLeft()
    {
        final Engine engine = engine();
        final LeaseReply joined = lease(engine, LeaseAction.JOIN, A, LONG_MS, 0);
        assertTrue(joined.isHeld());
        assertEquals(Map.of(A, "node of " + A), joined.members());
        final LeaseReply renewed = lease(engine, LeaseAction.RENEW, A, LONG_MS, joined.version());
        assertTrue(renewed.isHeld());
        assertNull(renewed.members());
        assertEquals(joined.registryId(), renewed.registryId());
        assertTrue(renewed.engineUs() >= joined.engineUs());
        final LeaseReply other = lease(engine, LeaseAction.JOIN, B, LONG_MS, joined.version());
        assertTrue(other.version() > joined.version());
        assertEquals(Map.of(A, "node of " + A, B, "node of " + B), other.members());
        final LeaseReply left = lease(engine, LeaseAction.LEAVE, A, LONG_MS, other.version());
        assertFalse(left.isHeld());
        assertEquals(Map.of(B, "node of " + B), left.members());
        assertFalse(lease(engine, LeaseAction.RENEW, A, LONG_MS, 0).isHeld());
    }

    @Test
    void shouldShowWhoLivesToOneThatOnlyLooks() throws InterruptedException
    {
        final Engine engine = engine();
        assertEquals(Map.of(), lease(engine, LeaseAction.SHOW, "", 0, 0).members());
        lease(engine, LeaseAction.JOIN, A, SHORT_MS, 0);
        final LeaseReply before = lease(engine, LeaseAction.JOIN, B, LONG_MS, 0);
        final LeaseReply look = lease(engine, LeaseAction.SHOW, "", 0, before.version());
        assertEquals(Map.of(A, "node of " + A, B, "node of " + B), look.members());
        assertFalse(look.isHeld());
        assertTrue(look.engineUs() >= before.engineUs());
        pass(SHORT_MS + SHORT_MS / 10);
        assertEquals(Map.of(B, "node of " + B), lease(engine, LeaseAction.SHOW, B, LONG_MS, 0).members());
        final LeaseReply after = lease(engine, LeaseAction.RENEW, B, LONG_MS, before.version());
        assertEquals(List.of(A), after.reaped(), "to look ends no lease");
    }

    @Test
    void shouldReapALeaseThatRanOutAndTellItOnce() throws InterruptedException
    {
        final Engine engine = engine();
        lease(engine, LeaseAction.JOIN, A, SHORT_MS, 0);
        LeaseReply reply = lease(engine, LeaseAction.JOIN, B, LONG_MS, 0);
        final List<String> reaped = new ArrayList<>(reply.reaped());
        for (int i = 0; i < 100 && reaped.isEmpty(); i++)
        {
            pass(SHORT_MS / 10);
            reply = lease(engine, LeaseAction.RENEW, B, LONG_MS, reply.version());
            reaped.addAll(reply.reaped());
        }
        assertEquals(List.of(A), reaped);
        assertEquals(Map.of(B, "node of " + B), reply.members());
        assertEquals(List.of(), lease(engine, LeaseAction.RENEW, B, LONG_MS, 0).reaped());
        assertFalse(lease(engine, LeaseAction.RENEW, A, LONG_MS, 0).isHeld());

        assertEquals(List.of(), engine.unswept(LONG_MS));
        pass(20);
        assertEquals(List.of(A), engine.unswept(20));
        assertEquals(List.of(), engine.unswept(LONG_MS));
        engine.swept(A);
        pass(20);
        assertEquals(List.of(), engine.unswept(20));
    }

    @Test
    void shouldGiveAnIdentityToTheConnectionThatOpenedLast()
    {
        final Engine engine = engine();
        final ClaimReply first = claim(engine, claim("ann", A, 1, 500));
        assertEquals(ClaimReply.Outcome.WON, first.outcome());
        assertNull(first.other());
        final ClaimReply later = claim(engine, claim("ann", B, 1, 200));
        assertEquals(ClaimReply.Outcome.WON, later.outcome());
        assertTrue(later.stampUs() > first.stampUs());
        assertEquals(new Session("ann", A, 1, first.stampUs()), later.other());
        final ClaimReply late = claim(engine, claim("ann", A, 2, 30_000));
        assertEquals(ClaimReply.Outcome.TAKEN, late.outcome());
        assertEquals(new Session("ann", B, 1, later.stampUs()), late.other());
        assertEquals(later.stampUs(), late.stampUs());
        assertEquals(late.other(), locate(engine, "ann"));
    }

    @Test
    void shouldAnswerTheSameConnectionAsBeforeAndKeepItsStamp()
    {
        final Engine engine = engine();
        final ClaimReply first = claim(engine, claim("ann", A, 1, 500));
        assertEquals(first, claim(engine, claim("ann", A, 1, 100)));
        assertEquals(first, claim(engine, claim("ann", "aaaa.2", 1, 0)));
        assertEquals(new Session("ann", "aaaa.2", 1, first.stampUs()), locate(engine, "ann"));
    }

    @Test
    void shouldRefuseAClaimThatWasHeldUp()
    {
        final Engine engine = engine();
        final long engineUs = lease(engine, LeaseAction.JOIN, A, LONG_MS, 0).engineUs();
        final ClaimReply late = new ClaimReply(ClaimReply.Outcome.LATE, 0, null);
        assertEquals(late, claim(engine, new Claim("ann", A, 1, 0, engineUs - 1, 0)));
        // A stamp is true however late it comes, but its connection may have ended and been released.
        assertEquals(late, claim(engine, new Claim("ann", A, 1, 0, engineUs - 1, engineUs)));
        assertNull(locate(engine, "ann"));
        assertEquals(
            new ClaimReply(ClaimReply.Outcome.WON, engineUs, null),
            claim(engine, new Claim("ann", A, 1, 0, Long.MAX_VALUE, engineUs)));
    }

    /** Its node may have lost that lease meanwhile, and have claimed by another. */
    @Test
    void shouldNotWriteTheLeaseOfAClaimThatWasHeldUpThoughItIsOfTheSameConnection()
    {
        final Engine engine = engine();
        final long engineUs = lease(engine, LeaseAction.JOIN, A, LONG_MS, 0).engineUs();
        claim(engine, claim("ann", "aaaa.2", 1, 0));
        assertEquals(ClaimReply.Outcome.LATE,
            claim(engine, new Claim("ann", A, 1, 0, engineUs - 1, 0)).outcome());
        assertEquals("aaaa.2", locate(engine, "ann").lease());
    }

    @Test
    void shouldReleaseByConnectionOnly()
    {
        final Engine engine = engine();
        claim(engine, claim("ann", A, 1, 500));
        claim(engine, claim("ann", B, 1, 0));
        final Session taken = locate(engine, "ann");
        engine.release(List.of(
            new Release("ann", "aaaa", 1), new Release("ann", "bbbb", 2), new Release("bob", "bbbb", 1)));
        assertEquals(taken, locate(engine, "ann"));
        // Under whatever lease.
        claim(engine, claim("ann", "bbbb.2", 1, 0));
        engine.release(List.of(new Release("ann", "bbbb", 1)));
        assertNull(locate(engine, "ann"));
    }

    @Test
    void shouldVerifyWhatANodeOwns()
    {
        final Engine engine = engine();
        final int bucket = Buckets.of("ann", engine.buckets());
        claim(engine, claim("ann/taken", B, 1, 0));
        final ClaimReply mine = claim(engine, claim("ann/mine", A, 3, 0));
        claim(engine, claim("ann/lost", A, 4, 0));
        claim(engine, claim("ann/older", B, 2, 10_000));
        final Session taken = locate(engine, "ann/taken");
        final Session older = locate(engine, "ann/older");
        claim(engine, claim("ann/past", A, 6, 10_000));
        final Session past = locate(engine, "ann/past");

        final List<Session> owned = List.of(
            new Session("ann/taken", A, 1, taken.stampUs() - 1),
            new Session("ann/absent", A, 2, 7_000_000),
            new Session("ann/mine", A, 3, mine.stampUs()),
            new Session("ann/older", A, 5, older.stampUs() + 1),
            new Session("ann/past", A, 7, past.stampUs() + 1));
        assertEquals(new VerifyReply(List.of(taken, older, past), Set.of()),
            engine.verify(bucket, "aaaa.2", owned, false, Long.MAX_VALUE));
        assertEquals(new Session("ann/absent", "aaaa.2", 2, 7_000_000), locate(engine, "ann/absent"));
        assertEquals(new Session("ann/mine", "aaaa.2", 3, mine.stampUs()), locate(engine, "ann/mine"));
        assertEquals(older, locate(engine, "ann/older"));
        assertEquals(new Session("ann/past", "aaaa.2", 7, past.stampUs() + 1), locate(engine, "ann/past"));
        assertNotNull(locate(engine, "ann/lost"));

        assertEquals(new VerifyReply(List.of(taken, older), Set.of(B)),
            engine.verify(bucket, "aaaa.2", owned, true, Long.MAX_VALUE));
        assertNull(locate(engine, "ann/lost"));
        assertEquals(taken, locate(engine, "ann/taken"));
        assertEquals(5, engine.list(bucket).size());
    }

    @Test
    void shouldDoNothingForAVerifyThatWasHeldUp()
    {
        final Engine engine = engine();
        final int bucket = Buckets.of("ann", engine.buckets());
        claim(engine, claim("ann/mine", A, 3, 0));
        final long engineUs = lease(engine, LeaseAction.JOIN, A, LONG_MS, 0).engineUs();
        final List<Session> owned = List.of(new Session("ann/released", A, 2, 7_000_000));
        assertNull(engine.verify(bucket, A, owned, true, engineUs - 1));
        assertNotNull(locate(engine, "ann/mine"));
        assertNull(locate(engine, "ann/released"));
    }

    @Test
    void shouldKeepTheRecordOfAnEqualStamp()
    {
        final Engine engine = engine();
        final int bucket = Buckets.of("ann", engine.buckets());
        final Session first = new Session("ann", A, 1, 7_000_000);
        assertEquals(List.of(), engine.verify(bucket, A, List.of(first), false, Long.MAX_VALUE).others());
        final List<Session> older = List.of(new Session("ann", B, 1, 7_000_000));
        assertEquals(List.of(first), engine.verify(bucket, B, older, true, Long.MAX_VALUE).others());
        assertEquals(
            ClaimReply.Outcome.TAKEN, claim(engine, new Claim("ann", B, 1, 0, Long.MAX_VALUE, 7_000_000)).outcome());
    }

    @Test
    void shouldSweepTheRecordsOfDeadLeasesOnly()
    {
        final Engine engine = engine();
        final int bucket = Buckets.of("ann", engine.buckets());
        claim(engine, claim("ann/1", A, 1, 0));
        claim(engine, claim("ann/2", A, 2, 0));
        claim(engine, claim("ann/3", "aaaa.2", 3, 0));
        claim(engine, claim("ann/4", B, 1, 0));
        final List<Session> dead = new ArrayList<>(engine.locate(List.of("ann/1", "ann/2")));
        final List<Session> living = engine.locate(List.of("ann/3", "ann/4"));

        final List<Session> swept = new ArrayList<>(engine.sweep(bucket, List.of(A, "cccc.1")));
        swept.sort(Comparator.comparing(Session::identity));
        assertEquals(dead, swept);
        assertEquals(List.of(), engine.sweep(bucket, List.of(A)));
        assertEquals(Arrays.asList(null, null, living.get(0), living.get(1)),
            engine.locate(List.of("ann/1", "ann/2", "ann/3", "ann/4")));
    }

    @Test
    void shouldTakeManyAtOnceAndAnswerInTheirOrder()
    {
        final Engine engine = engine();
        final List<String> identities =
            IntStream.range(0, 256).mapToObj((i) -> "user " + i + "/é☃").collect(Collectors.toList());
        final List<Claim> claims = new ArrayList<>();
        identities.forEach((identity) -> claims.add(claim(identity, A, claims.size(), 0)));
        assertEquals(
            Collections.nCopies(256, ClaimReply.Outcome.WON),
            engine.claim(claims).stream().map(ClaimReply::outcome).collect(Collectors.toList()));
        final List<Session> sessions = engine.locate(identities);
        for (int i = 0; i < sessions.size(); i++)
        {
            assertEquals(identities.get(i), sessions.get(i).identity());
            assertEquals(i, sessions.get(i).connection());
        }
        int listed = 0;
        for (int bucket = 0; bucket < engine.buckets(); bucket++)
        {
            for (final Session session : engine.list(bucket))
            {
                assertEquals(bucket, Buckets.of(session.identity(), engine.buckets()));
                ++listed;
            }
        }
        assertEquals(256, listed);
        assertEquals(List.of(), engine.claim(List.of()));
        assertEquals(List.of(), engine.locate(List.of()));
        engine.release(List.of());
    }

    @Test
    void shouldSendBytesToTheInboxOfABoot() throws InterruptedException
    {
        final Engine sender = engine();
        final Engine receiver = engine();
        final BlockingQueue<String> received = new LinkedBlockingQueue<>();
        receiver.subscribe("bbbb", (message) -> received.add(new String(message, StandardCharsets.ISO_8859_1)));
        final byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++)
        {
            bytes[i] = (byte)i;
        }
        final Envelope envelope = new Envelope("bbbb", bytes);
        boolean[] isHeard = sender.publish(List.of(new Envelope("none", bytes), envelope));
        for (int i = 0; i < 100 && !isHeard[1]; i++)
        {
            pass(50);
            isHeard = sender.publish(List.of(new Envelope("none", bytes), envelope));
        }
        assertArrayEquals(new boolean[]{false, true}, isHeard);
        assertEquals(new String(bytes, StandardCharsets.ISO_8859_1), received.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void shouldAnswerNothingOnceClosed()
    {
        final Engine engine = engine();
        lease(engine, LeaseAction.JOIN, A, LONG_MS, 0);
        engine.close();
        engine.close();
        assertThrows(EngineException.class, () -> locate(engine, "ann"));
        assertThrows(EngineException.class, () -> lease(engine, LeaseAction.RENEW, A, LONG_MS, 0));
        assertNotEquals(0, engine.buckets());
    }
}
