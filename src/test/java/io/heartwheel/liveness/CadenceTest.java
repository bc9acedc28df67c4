package io.heartwheel.liveness;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CadenceTest
{
    private static final long MIN = Cadence.MIN_NS;
    private static final long MAX = Cadence.MAX_NS;

    @Test
    void shouldDetectInTheTimesOfThePresets()
    {
        assertEquals(35_000_000_000L, Cadence.STANDARD.detectionNs());
        assertEquals(7_500_000_000L, Cadence.STRICT.detectionNs());
        assertFalse(Cadence.STANDARD.isPassive() || Cadence.STANDARD.isOff());
    }

    @Test
    void shouldWaitForThePeerToSpeakIfPassive()
    {
        assertThrows(IllegalArgumentException.class, () -> Cadence.passive(0));
        final Cadence passive = Cadence.passive(4 * MIN);

        assertTrue(passive.isPassive());
        assertFalse(passive.isOff());
        assertEquals(4 * MIN, passive.detectionNs());
        assertEquals(4 * MIN, passive.graceNs());
        assertTrue(new Cadence(MIN, MIN, 0).isPassive());
        assertEquals(MIN, new Cadence(MIN, MAX, 0).detectionNs());
    }

    @Test
    void shouldBeNeitherPassiveNorJudgingIfOff()
    {
        assertTrue(Cadence.OFF.isOff());
        assertFalse(Cadence.OFF.isPassive());
        assertEquals(new Cadence(0, 0, 0), Cadence.OFF);
    }

    @Test
    void shouldOweOneIntervalAfterAStall()
    {
        assertEquals(5_000_000_000L, Cadence.STANDARD.graceNs());
    }

    @Test
    void shouldNotOverflowAtItsLargest()
    {
        final Cadence largest = new Cadence(MAX, MAX, Cadence.MAX_COUNT);

        assertEquals(MAX + 1000 * MAX, largest.detectionNs());
        assertTrue(largest.detectionNs() > 0 && largest.detectionNs() < 1L << 62);
    }

    @ParameterizedTest
    @CsvSource({"0,0,1000", "1,0,1", "0,1,1", "0,0,0"})
    void shouldTakeItsSmallestAndLargestNumbers(final int idleStep, final int intervalStep, final int count)
    {
        final Cadence cadence = new Cadence(0 == idleStep ? MIN : MAX, 0 == intervalStep ? MIN : MAX, count);

        assertEquals(count, cadence.count());
    }

    @Test
    void shouldRejectANumberThatIsOutOfItsRange()
    {
        rejects("idleNs=" + (MIN - 1), MIN - 1, MIN, 1);
        rejects("idleNs=" + (MAX + 1), MAX + 1, MIN, 1);
        rejects("idleNs=-1", -1, MIN, 1);
        rejects("idleNs=" + Long.MIN_VALUE, Long.MIN_VALUE, MIN, 1);
        rejects("idleNs=0", 0, MIN, 1);
        rejects("idleNs=0", 0, 0, 1);
        rejects("idleNs=0", 0, MIN, 0);
        rejects("intervalNs=" + (MIN - 1), MIN, MIN - 1, 1);
        rejects("intervalNs=" + (MAX + 1), MIN, MAX + 1, 1);
        rejects("intervalNs=0", MIN, 0, 1);
        rejects("intervalNs=-1", MIN, -1, 0);
        rejects("count=-1", MIN, MIN, -1);
        rejects("count=" + (Cadence.MAX_COUNT + 1), MIN, MIN, Cadence.MAX_COUNT + 1);
        rejects("idleNs=" + (MIN - 1), MIN - 1, 0, 0);
    }

    private static void rejects(final String part, final long idleNs, final long intervalNs, final int count)
    {
        final String message = assertThrows(
            IllegalArgumentException.class, () -> new Cadence(idleNs, intervalNs, count)).getMessage();
        assertTrue(message.startsWith(part + " not in "), message);
    }
}
