package io.heartwheel.config;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DurationsTest
{
    @ParameterizedTest
    @CsvSource({
        "0, 0", "15s, 15000000000", "1.5s, 1500000000", "1500ms, 1500000000", "200us, 200000", "50ns, 50",
        "2m, 120000000000", "1h, 3600000000000", "3S, 3000000000"})
    void shouldRead(final String text, final long durationNs)
    {
        assertEquals(durationNs, Durations.parseNs(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "15", "s", "-1s", "1 s", "1d", "1e3s", ".5s", "9999h", "999999999999999h"})
    void shouldRefuse(final String text)
    {
        final IllegalArgumentException ex =
            assertThrows(IllegalArgumentException.class, () -> Durations.parseNs(text));
        assertTrue(ex.getMessage().contains("'" + text + "'"), ex.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0s", "1500, 1.5us", "100000, 100us", "850000, 850us", "12300000, 12.3ms", "100000000, 100ms",
        "1250000000, 1.25s", "60000000000, 60s", "-2000000, -2ms"})
    void shouldWrite(final long durationNs, final String text)
    {
        assertEquals(text, Durations.text(durationNs));
    }

    @Test
    void shouldAddTwoOfTheLongestWithoutOverflow()
    {
        final long longestNs = Durations.parseNs("8760h");
        assertTrue(longestNs + longestNs > longestNs);
    }
}
