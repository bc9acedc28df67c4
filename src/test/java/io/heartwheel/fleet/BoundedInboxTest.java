package io.heartwheel.fleet;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

class BoundedInboxTest
{
    private final FleetCounts counts = new FleetCounts();
    private final BoundedInbox inbox = new BoundedInbox(1_000, counts);

    @Test
    void shouldDropAndCountWhatDoesNotFit()
    {
        final byte[] large = new byte[1_000 - 48];
        inbox.onMessage(new byte[1_000 - 47]);
        inbox.onMessage(large);
        inbox.onMessage(new byte[0]);
        assertEquals(2, counts.count(FleetCounter.INBOX_FULL));
        assertTrue(inbox.takeOverflow());
        assertFalse(inbox.takeOverflow());
        assertSame(large, inbox.poll());
        assertNull(inbox.poll());
        inbox.onMessage(new byte[0]);
        assertEquals(0, inbox.poll().length);
        assertFalse(inbox.takeOverflow());
    }

    @Test
    void shouldCountTheLeastMessageToo()
    {
        for (int i = 0; i < 1_000; i++)
        {
            inbox.onMessage(new byte[0]);
        }
        assertEquals(1_000 - 1_000 / 48, counts.count(FleetCounter.INBOX_FULL));
    }
}
