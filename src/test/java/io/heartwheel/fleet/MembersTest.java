package io.heartwheel.fleet;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MembersTest
{
    private final Members members = new Members();

    @Test
    void shouldCallALeaseDeadOnlyIfTheMembersWereAskedForAfterItsRecordWasRead()
    {
        assertEquals(Members.Life.UNKNOWN, members.lifeOf("b.1", 0));
        assertFalse(members.onReply(reply("id", 7, Map.of("a.1", "a")), 100));
        assertEquals(Members.Life.LIVE, members.lifeOf("a.1", 500));
        assertEquals(Members.Life.DEAD, members.lifeOf("b.1", 99));
        assertEquals(Members.Life.DEAD, members.lifeOf("b.1", 100));
        assertEquals(Members.Life.UNKNOWN, members.lifeOf("b.1", 101));
    }

    @Test
    void shouldRememberWhoHasEndedUntilTheEngineMayHaveGoneBack()
    {
        members.onReply(reply("id", 7, Map.of("a.1", "a", "b.1", "b")), 100);
        members.onReply(reply("id", 8, Map.of("a.1", "a")), 200);
        assertEquals(Members.Life.DEAD, members.lifeOf("b.1", 999));
        members.onLoss();
        assertEquals(Members.Life.UNKNOWN, members.lifeOf("b.1", 999));
        members.onReply(reply("id", 9, Map.of("b.1", "b")), 300);
        assertEquals(Members.Life.LIVE, members.lifeOf("b.1", 999));
        assertEquals(Members.Life.DEAD, members.lifeOf("a.1", 999));
    }

    @Test
    void shouldKeepTheMembersWhileTheirVersionIsKnown()
    {
        members.onReply(reply("id", 7, Map.of("a.1", "a")), 1);
        members.onReply(reply("id", 7, null), 2);
        assertEquals(7, members.version());
        assertEquals(Map.of("a.1", "a"), members.nodes());
    }

    @Test
    void shouldForgetAllOfARegistryThatLostItsData()
    {
        members.onReply(reply("id", 7, Map.of("a.1", "a")), 1);
        assertTrue(members.onReply(reply("other", 7, null), 2));
        assertEquals(0, members.version());
        assertEquals(Map.of(), members.nodes());
        assertEquals(Members.Life.UNKNOWN, members.lifeOf("a.1", 3));
    }

    private static LeaseReply reply(final String id, final long version, final Map<String, String> nodes)
    {
        return new LeaseReply(true, 1, id, version, List.of(), nodes);
    }
}
