package io.heartwheel.websocket;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

class MaskingTest
{
    @Test
    void shouldMaskEachByteWithItsByteOfTheKey()
    {
        final Seed seed = Seed.next();
        final SplittableRandom random = seed.random();
        for (int length = 0; length < 40; length++)
        {
            for (int phase = 0; phase < 9; phase++)
            {
                final byte[] bytes = new byte[length + 5];
                random.nextBytes(bytes);
                final int key = random.nextInt();
                final byte[] expected = bytes.clone();
                for (int i = 0; i < length; i++)
                {
                    expected[2 + i] ^= (byte)(key >>> 24 - (phase + i) % 4 * 8);
                }

                Masking.apply(ByteBuffer.wrap(bytes), 2, 2 + length, key, phase);

                assertArrayEquals(expected, bytes, seed::toString);
            }
        }
    }
}
