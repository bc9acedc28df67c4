package io.heartwheel.status;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HealthTest
{
    private static final long SECOND_NS = 1_000_000_000L;

    @Test
    void shouldBeGoodWhileTheDutyCycleTurns()
    {
        final Health health = new Health(SECOND_NS);
        for (int i = 0; i < 100; i++)
        {
            health.sample(i, i * SECOND_NS);
            assertTrue(health.isGood(i * SECOND_NS));
        }
    }

    @Test
    void shouldBeBadAfterThreeSecondsWithoutATurn()
    {
        final Health health = new Health(SECOND_NS);
        health.sample(7, 0);
        health.sample(7, SECOND_NS);

        assertTrue(health.isGood(3 * SECOND_NS - 1));
        assertFalse(health.isGood(3 * SECOND_NS));
        assertEquals("the duty cycle has not turned for 3.5 s: is a listener blocked?",
            health.text(7 * SECOND_NS / 2));
        health.sample(8, 4 * SECOND_NS);
        assertTrue(health.isGood(4 * SECOND_NS));
    }

    /**
     * After {@code kill -STOP} or {@code docker pause}, the first request must not be answered by "restart it": the
     * process has just come back.
     */
    @Test
    void shouldNotTakeAPauseOfAllForOneOfTheDutyCycle()
    {
        final Health health = new Health(SECOND_NS);
        health.sample(7, 0);
        health.sample(7, 20 * SECOND_NS);
        assertTrue(health.isGood(20 * SECOND_NS));
        health.sample(7, 22 * SECOND_NS);
        assertTrue(health.isGood(23 * SECOND_NS - 1));
        assertFalse(health.isGood(23 * SECOND_NS), "it had its time since");
        health.sample(8, 24 * SECOND_NS);
        health.sample(8, 50 * SECOND_NS);
        assertTrue(health.isGood(50 * SECOND_NS), "another pause");
    }

    @Test
    void shouldBeBadThoughOnlyASupervisorLooksNowAndThen()
    {
        final Health health = new Health(SECOND_NS);
        health.sample(7, 0);
        health.sample(7, 10 * SECOND_NS);
        health.sample(7, 20 * SECOND_NS);
        assertFalse(health.isGood(20 * SECOND_NS));
    }

    @Test
    void shouldAllowForALongerPark()
    {
        final Health health = new Health(10 * SECOND_NS);
        health.sample(7, 0);

        assertTrue(health.isGood(20 * SECOND_NS - 1));
        assertFalse(health.isGood(20 * SECOND_NS));
    }
}
