package io.heartwheel.config;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them, {@code 15s}, {@code 1.5s}, {@code 1500ms}, as a number of nanoseconds.
 */
public final class Durations
{
    private static final Pattern FORM = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?)(h|m|s|ms|us|ns)");

    /** A year: beyond any meant, and two of them can still be added. */
    private static final BigDecimal MAX_NS = BigDecimal.valueOf(365 * 24 * unitNs("h"));

    private Durations()
    {
    }

    /**
     * Read a duration.
     *
     * @param text with a unit, or 0.
     * @return nanoseconds, a year at most.
     * @throws IllegalArgumentException that says what is wrong with it.
     */
    public static long parseNs(final String text)
    {
        if ("0".equals(text))
        {
            return 0L;
        }
        final Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches())
        {
            throw new IllegalArgumentException("'" + text + "' is no duration with its unit, such as 15s or 1500ms");
        }
        final BigDecimal durationNs =
            new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unitNs(matcher.group(2))));
        if (durationNs.compareTo(MAX_NS) > 0)
        {
            throw new IllegalArgumentException("'" + text + "' is longer than a year");
        }
        return durationNs.longValue();
    }

    /**
     * A duration with its unit: {@code 0s}, {@code 850us}, {@code 12.3ms}, {@code 1.25s}, as people read it.
     *
     * @param durationNs in nanoseconds.
     * @return three digits or more, rounded.
     */
    public static String text(final long durationNs)
    {
        final long magnitude = Math.abs(durationNs);
        if (0 == durationNs || magnitude >= 1_000_000_000L)
        {
            return trimmed(durationNs / 1e9) + "s";
        }
        return magnitude >= 1_000_000L ? trimmed(durationNs / 1e6) + "ms" : trimmed(durationNs / 1e3) + "us";
    }

    /**
     * A duration in the longest unit that tells it exactly, from ns to s, as a setting is written.
     *
     * @param durationNs in nanoseconds.
     * @return such as {@code 1500ms}.
     */
    public static String exact(final long durationNs)
    {
        if (0 == durationNs % 1_000_000_000)
        {
            return durationNs / 1_000_000_000 + "s";
        }
        if (0 == durationNs % 1_000_000)
        {
            return durationNs / 1_000_000 + "ms";
        }
        return 0 == durationNs % 1_000 ? durationNs / 1_000 + "us" : durationNs + "ns";
    }

    private static String trimmed(final double value)
    {
        final String digits = String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.1f" : "%.2f", value);
        return digits.replaceFirst("\\.?0+$", "");
    }

    private static long unitNs(final String unit)
    {
        return switch (unit)
        {
            case "h" -> 3_600_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "s" -> 1_000_000_000L;
            case "ms" -> 1_000_000L;
            case "us" -> 1_000L;
            default -> 1L;
        };
    }
}
