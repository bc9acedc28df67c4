package io.heartwheel.websocket;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Our decoder and Jetty's parser find the same messages and control frames: right streams, and such in which bits were
 * changed, each cut at random.
 */
class AgainstJettyTest
{
    private static final int MAX_LENGTH = 1 << 16;
    private static final int STREAMS = 2_000;

    @Test
    void shouldFindWhatJettyFinds()
    {
        final Seed seed = Seed.next();
        final SplittableRandom random = seed.random();
        final ClientFrames frames = new ClientFrames(random);
        int refusedByBoth = 0;
        for (int run = 0; run < STREAMS; run++)
        {
            frames.clear();
            for (int i = random.nextInt(8); i >= 0; i--)
            {
                frames.putRandom();
            }
            final byte[] bytes = new byte[frames.length()];
            frames.all().get(bytes);
            for (int i = random.nextInt(3); i > 0; i--)
            {
                bytes[random.nextInt(1 + random.nextInt(bytes.length))] ^= (byte)(1 << random.nextInt(8));
            }

            refusedByBoth += JettyOracle.isRefused(
                bytes, MAX_LENGTH, (left) -> 1 + random.nextInt(1 << random.nextInt(12)), seed.toString()) ? 1 : 0;
        }
        assertTrue(refusedByBoth > STREAMS / 50, refusedByBoth + " refused by both, " + seed);
    }
}
