package io.heartwheel.websocket;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Our decoder and Netty's take and refuse the same, and give the same messages: right streams, and such in which bytes
 * were changed, each cut at random.
 */
class AgainstNettyTest
{
    private static final int MAX_LENGTH = 1 << 16;
    private static final int STREAMS = 3_000;

    @Test
    void shouldTakeAndRefuseWhatNettyDoes()
    {
        final Seed seed = Seed.next();
        final SplittableRandom random = seed.random();
        final ClientFrames frames = new ClientFrames(random);
        int refused = 0;
        int taken = 0;
        for (int run = 0; run < STREAMS; run++)
        {
            frames.clear();
            for (int i = random.nextInt(8); i >= 0; i--)
            {
                frames.putRandom();
            }
            frames.close(1000 + random.nextInt(12), "over");
            final byte[] bytes = new byte[frames.length()];
            frames.all().get(bytes);
            for (int i = random.nextInt(4); i > 0; i--)
            {
                // Most bytes are payload, most that matter are near the beginning.
                bytes[random.nextInt(1 + random.nextInt(bytes.length))] ^= (byte)(1 << random.nextInt(8));
            }

            final String last = NettyOracle.compare(
                bytes, MAX_LENGTH, (left) -> 1 + random.nextInt(1 << random.nextInt(12)), seed.toString());
            refused += last.startsWith("ERROR") ? 1 : 0;
            taken += last.startsWith("CLOSE") ? 1 : 0;
        }
        assertTrue(refused > STREAMS / 10 && taken > STREAMS / 10, refused + " refused, " + taken + " taken, " + seed);
    }
}
