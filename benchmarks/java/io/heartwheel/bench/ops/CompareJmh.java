package io.heartwheel.bench.ops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Compares the JMH results of two commits: {@code CompareJmh BEFORE.csv AFTER.csv}, each from {@code -rf csv -rff
 * FILE}.
 */
public final class CompareJmh
{
    private static final String PARAM = "Param: ";
    /** Bytes per operation, from {@code -prof gc}: all else that a profiler writes is left out. */
    private static final String ALLOCATED = ":gc.alloc.rate.norm";

    private CompareJmh()
    {
    }

    private record Score(double value, double error, String unit)
    {
        private boolean isApartFrom(final Score other)
        {
            return Math.abs(value - other.value) > error + other.error;
        }
    }

    public static void main(final String[] args) throws IOException
    {
        if (2 != args.length)
        {
            System.err.println("usage: CompareJmh BEFORE.csv AFTER.csv");
            System.exit(2);
        }
        System.out.print(table(read(Path.of(args[0])), read(Path.of(args[1]))));
    }

    private static String table(final Map<String, Score> before, final Map<String, Score> after)
    {
        final StringBuilder text = new StringBuilder("| benchmark | before | after | after / before | |\n");
        text.append("|---|---:|---:|---:|---|\n");
        after.forEach((name, score) ->
        {
            final Score was = before.get(name);
            if (null == was)
            {
                text.append(String.format(Locale.ROOT, "| %s | - | %s | | new |%n", name, text(score)));
            }
            else
            {
                text.append(String.format(Locale.ROOT, "| %s | %s | %s | %.2f | %s |%n", name, text(was), text(score),
                    score.value / was.value, score.isApartFrom(was) ? "differs" : "within the errors"));
            }
        });
        before.forEach((name, score) ->
        {
            if (!after.containsKey(name))
            {
                text.append(String.format(Locale.ROOT, "| %s | %s | - | | gone |%n", name, text(score)));
            }
        });
        return text.toString();
    }

    private static String text(final Score score)
    {
        return String.format(Locale.ROOT, "%.3f ± %.3f %s", score.value, score.error, score.unit);
    }

    private static Map<String, Score> read(final Path file) throws IOException
    {
        final List<String> lines = Files.readAllLines(file);
        final String[] titles = fields(lines.get(0));
        final Map<String, Score> scores = new LinkedHashMap<>();
        for (final String line : lines.subList(1, lines.size()))
        {
            final String[] fields = fields(line);
            if (fields[0].contains(":") && !fields[0].endsWith(ALLOCATED))
            {
                continue;
            }
            final StringBuilder name = new StringBuilder();
            final Map<String, String> values = new LinkedHashMap<>();
            for (int i = 0; i < fields.length; i++)
            {
                values.put(titles[i], fields[i]);
                if (titles[i].startsWith(PARAM) && !fields[i].isEmpty())
                {
                    name.append(' ').append(titles[i].substring(PARAM.length())).append('=').append(fields[i]);
                }
            }
            final double error = Double.parseDouble(values.get("Score Error (99.9%)"));
            scores.put(values.get("Benchmark").replaceFirst("^[a-z_.]*", "") + name, new Score(
                Double.parseDouble(values.get("Score")), Double.isNaN(error) ? 0 : error, values.get("Unit")));
        }
        return scores;
    }

    /**
     * No name or value of ours has a comma in it.
     */
    private static String[] fields(final String line)
    {
        return Arrays.stream(line.split(",", -1)).map((field) -> field.replace("\"", "")).toArray(String[]::new);
    }
}
