package io.heartwheel.websocket;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

class MaskKeysTest
{
    @Test
    void shouldGiveEachByteOfItsSourceOnce()
    {
        final Seed seed = Seed.next();
        final Random same = new Random(seed.value());
        final MaskKeys keys = new MaskKeys(new Random(seed.value()));
        for (int fetched = 0; fetched < 3; fetched++)
        {
            final byte[] bytes = new byte[1_024];
            same.nextBytes(bytes);
            final ByteBuffer expected = ByteBuffer.wrap(bytes);
            while (expected.hasRemaining())
            {
                assertEquals(expected.getInt(), keys.next(), seed::toString);
            }
        }
    }

    @Test
    void shouldBeginEachConnectionWithOtherBytes()
    {
        final MaskKeys keys = new MaskKeys(new java.security.SecureRandom());
        final Set<String> nonces = new HashSet<>();
        for (int i = 0; i < 100; i++)
        {
            nonces.add(Arrays.toString(keys.nonce()));
        }
        assertEquals(100, nonces.size());
        assertFalse(nonces.contains(Arrays.toString(new byte[ClientOpening.NONCE_LENGTH])));
    }
}
