package io.heartwheel.fleet;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

class ParcelTest
{
    private static final Session SESSION = new Session("ann", "b.3", Long.MAX_VALUE, 1_700_000_000_000_000L);

    @Test
    void shouldSayWhoTookAnIdentity()
    {
        final Session older = new Session("ann", "a.1", 4, 17);
        final Parcel parcel = Parcel.of(Parcel.taken(older, SESSION).encoded());
        assertEquals(Parcel.Type.TAKEN, parcel.type());
        assertEquals(4, parcel.connection());
        assertEquals(17, parcel.stampUs());
        assertEquals(SESSION, parcel.newer("ann"));
    }

    @Test
    void shouldCarryAMessageOfAnyLength()
    {
        for (final String text : new String[]{"", "hello"})
        {
            final byte[] message = text.getBytes(StandardCharsets.UTF_8);
            final Parcel parcel = Parcel.of(Parcel.message(SESSION, message).encoded());
            assertEquals(Parcel.Type.MESSAGE, parcel.type());
            assertArrayEquals(message, parcel.bytes());
        }
    }

    @Test
    void shouldSayWhereToLook()
    {
        final BitSet buckets = new BitSet();
        assertEquals(buckets, Parcel.of(Parcel.look(buckets).encoded()).buckets());
        buckets.set(0);
        buckets.set(4095);
        final Parcel parcel = Parcel.of(Parcel.look(buckets).encoded());
        assertEquals(Parcel.Type.LOOK, parcel.type());
        assertEquals(buckets, parcel.buckets());
    }

    @Test
    void shouldTakeNothingElseForAParcel()
    {
        final byte[] encoded = Parcel.close(SESSION, (byte)1).encoded();
        assertEquals(Parcel.Type.CLOSE, Parcel.of(encoded).type());
        for (int length = 0; length < encoded.length; length++)
        {
            assertNull(Parcel.of(Arrays.copyOf(encoded, length)));
        }
        encoded[0] = (byte)Parcel.Type.values().length;
        assertNull(Parcel.of(encoded));
        encoded[0] = -1;
        assertNull(Parcel.of(encoded));
        assertNull(Parcel.close(SESSION, (byte)1).newer("ann"));
    }
}
