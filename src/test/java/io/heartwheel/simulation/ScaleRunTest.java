package io.heartwheel.simulation;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ScaleRunTest
{
    private static final int CONNECTIONS = 1_000;
    private static final int LIVENESS_BYTES_MAX = 64;

    @Test
    void silentPeersAreFoundAndNobodyElseInLittleMemory()
    {
        final Seed seed = Seed.next();
        final ScaleResult result =
            new Fleet(CONNECTIONS, TimeUnit.MINUTES.toNanos(5), seed.value()).run(elapsedNs -> {});
        assertEquals(List.of(), result.faults(), seed::toString);
        assertEquals(1, result.verdicts(), seed::toString);
        assertEquals(0, result.falseVerdicts(), seed::toString);
        final long livenessBytes = result.footprint().livenessBytes() / CONNECTIONS;
        assertTrue(livenessBytes > 0 && livenessBytes <= LIVENESS_BYTES_MAX, livenessBytes + " bytes");
    }
}
