package io.heartwheel.config;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads and writes durations with their unit, such as {@code 15s}, {@code 1.5s} or {@code 1500ms}.
 */
public final class Durations
{
    private static final Pattern FORM = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?)(h|m|s|ms|us|ns)");

    /** One year: longer than any sensible setting, and the sum of two does not overflow. */
    private static final BigDecimal MAX_NS = BigDecimal.valueOf(365 * 24 * unitNs("h"));

    private Durations()
    {
    }

    /**
     * Read a duration.
     *
     * @param text a number with one of the units h, m, s, ms, us, ns; or 0.
     * @return nanoseconds, one year at most.
     * @throws IllegalArgumentException if the text is no duration, or longer than a year; the message says which.
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
     * Write a duration for people, rounded: {@code 0s}, {@code 850us}, {@code 12.3ms}, {@code 1.25s}.
     *
     * @param durationNs in nanoseconds.
     * @return the rounded number and its unit.
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
     * Write a duration exactly, as a setting has it: in the longest unit from ns to s that needs no fraction.
     *
     * @param durationNs in nanoseconds.
     * @return the duration, such as {@code 1500ms}.
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
