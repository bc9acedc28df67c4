package io.heartwheel.fleet;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SessionsTest
{
    private static final int BUCKETS = 4;

    private final Sessions sessions = new Sessions(BUCKETS, 3);

    @Test
    void shouldTakeEachDirtyOnceInTheOrderInWhichTheyCame()
    {
        sessions.open("a", 1, 0);
        sessions.open("b", 2, 0);
        sessions.open("c", 3, 0);
        sessions.open("b", 2, 0);
        final List<LocalSession> first = sessions.takeDirty(2, false);
        assertEquals(List.of("a", "b"), List.of(first.get(0).identity, first.get(1).identity));
        sessions.dirty(first.get(0));
        sessions.dirty(first.get(0));
        final List<LocalSession> rest = sessions.takeDirty(9, false);
        assertEquals(List.of("c", "a"), List.of(rest.get(0).identity, rest.get(1).identity));
        assertEquals(2, rest.size());
    }

    @Test
    void shouldReleaseWhatTheEngineMayKnowAndNothingElse()
    {
        sessions.open("a", 1, 0);
        sessions.gone(1);
        assertTrue(sessions.takeReleases(9).isEmpty());
        sessions.open("b", 2, 0);
        final LocalSession sent = sessions.takeDirty(9, false).get(0);
        sessions.gone(2);
        sessions.dirty(sent);
        assertTrue(sessions.takeDirty(9, false).isEmpty());
        assertEquals(List.of(sent), sessions.takeReleases(9));
    }

    @Test
    void shouldGiveUpTheIdentityThatAConnectionHadBefore()
    {
        sessions.open("a", 1, 0);
        final LocalSession before = sessions.takeDirty(9, false).get(0);
        sessions.won(before, 5);
        sessions.open("b", 1, 0);
        assertEquals(List.of(before), sessions.takeReleases(9));
        assertEquals("b", sessions.find(1).identity);
        assertNull(sessions.owner(1, 5));
        assertEquals(1, sessions.size());
    }

    @Test
    void shouldTellOnceThatReleasesWereTooMany()
    {
        for (int i = 1; i <= 4; i++)
        {
            sessions.open("a", i, 0);
        }
        sessions.takeDirty(9, false);
        sessions.gone(1);
        sessions.gone(2);
        sessions.gone(3);
        assertTrue(!sessions.takeOverflow());
        sessions.gone(4);
        assertTrue(sessions.takeOverflow());
        assertTrue(!sessions.takeOverflow());
        assertEquals(3, sessions.takeReleases(9).size());
    }

    @Test
    void shouldOwnByStampUntilLost()
    {
        sessions.open("a", 1, 0);
        final LocalSession session = sessions.takeDirty(9, false).get(0);
        assertTrue(sessions.owned(session.bucket).isEmpty());
        sessions.won(session, 5);
        assertEquals(List.of(session), sessions.owned(session.bucket));
        assertEquals(session, sessions.owner(1, 5));
        assertNull(sessions.owner(1, 4));
        assertTrue(sessions.lose(session));
        assertTrue(!sessions.lose(session));
        assertNull(sessions.owner(1, 5));
        assertTrue(sessions.owned(session.bucket).isEmpty());
        sessions.gone(1);
        assertEquals(List.of(session), sessions.takeReleases(9));
    }

    /** Against sets of the collections framework. */
    @Test
    void shouldKeepItsListsWhateverComes()
    {
        final Seed seed = Seed.next();
        final SplittableRandom random = seed.random();
        final Map<Long, String> open = new HashMap<>();
        final Set<Long> dirty = new HashSet<>();
        for (int i = 0; i < 20_000; i++)
        {
            final long connection = random.nextLong(50);
            switch (random.nextInt(4))
            {
                case 0 ->
                {
                    final String identity = "u" + random.nextInt(9);
                    if (!identity.equals(open.put(connection, identity)))
                    {
                        dirty.add(connection);
                    }
                    sessions.open(identity, connection, i);
                }
                case 1 ->
                {
                    open.remove(connection);
                    dirty.remove(connection);
                    sessions.gone(connection);
                }
                case 2 ->
                {
                    if (open.containsKey(connection))
                    {
                        dirty.add(connection);
                        sessions.dirty(sessions.find(connection));
                    }
                }
                default -> sessions.takeDirty(random.nextInt(5), false).forEach((session) ->
                {
                    assertTrue(dirty.remove(session.connection), seed::toString);
                    sessions.won(session, 1);
                });
            }
            sessions.takeReleases(9);
        }
        assertEquals(open.size(), sessions.size(), seed::toString);
        sessions.takeDirty(99, false).forEach((session) ->
        {
            sessions.won(session, 1);
            assertTrue(dirty.remove(session.connection), seed::toString);
        });
        assertTrue(dirty.isEmpty(), seed::toString);
        int owned = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++)
        {
            for (final LocalSession session : sessions.owned(bucket))
            {
                ++owned;
                assertEquals(open.get(session.connection), session.identity, seed::toString);
                assertEquals(bucket, session.bucket);
            }
        }
        assertEquals(open.size(), owned, seed::toString);
    }
}
