package io.heartwheel.bench.sidebyside;

import io.heartwheel.bench.harness.Figure;
import io.heartwheel.bench.harness.Load;
import io.heartwheel.bench.harness.Run;
import io.heartwheel.bench.plots.PercentilePlot;
import io.heartwheel.bench.servers.Contender;
import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Writes the results of all runs: medians as a table, each figure as JSON, and the histograms of all rounds as plots.
 */
public final class Results
{
    private final Map<String, String> facts;
    private final List<Run> runs = new ArrayList<>();

    Results(final Map<String, String> facts)
    {
        this.facts = facts;
    }

    void add(final Run run)
    {
        runs.add(run);
    }

    boolean hasFailures()
    {
        return runs.stream().anyMatch((run) -> null != run.failure());
    }

    /**
     * Write all there is until now.
     */
    void write(final Path folder) throws IOException
    {
        Files.writeString(folder.resolve("side-by-side.md"), markdown());
        Files.writeString(folder.resolve("side-by-side.json"), json(facts, runs));
        for (final Load load : loads())
        {
            for (final String name : List.of(Run.LATENESS, Run.ROUND_TRIP, Run.SERVED))
            {
                final Map<String, Histogram> merged = merged(load, name);
                if (!merged.isEmpty())
                {
                    PercentilePlot.write(folder.resolve(load + "-" + name + ".svg"), load + ": " + name, merged);
                }
            }
        }
    }

    String markdown()
    {
        final StringBuilder text = new StringBuilder("# Side by side\n\n");
        facts.forEach((name, value) -> text.append("- ").append(name).append(": ").append(value).append('\n'));
        text.append("\nMedians of the rounds, and in brackets how many times that of ").append(Contender.PLAIN_NIO)
            .append(", the floor, that is.\n");
        loads().forEach((load) -> addTable(text, load));

        runs.stream().filter((run) -> null != run.failure()).forEach((run) -> text.append("\nFailed: ")
            .append(run.contender()).append(", ").append(run.load()).append(", round ").append(run.round())
            .append(": ").append(run.failure()).append('\n'));
        return text.toString();
    }

    private void addTable(final StringBuilder text, final Load load)
    {
        final List<String> contenders = runs.stream().map(Run::contender).distinct().sorted().toList();
        text.append("\n## ").append(load).append("\n\n| |");
        contenders.forEach((contender) -> text.append(' ').append(contender).append(" |"));
        text.append("\n|---|").append("---:|".repeat(contenders.size())).append('\n');
        for (final Figure figure : Figure.values())
        {
            if (values(load, figure, null).length > 0)
            {
                text.append("| ").append(figure.title()).append(" |");
                final double floor = median(values(load, figure, Contender.PLAIN_NIO.toString()));
                contenders.forEach((contender) ->
                    text.append(' ').append(cell(figure, median(values(load, figure, contender)), floor))
                        .append(" |"));
                text.append('\n');
            }
        }
    }

    private static String cell(final Figure figure, final double value, final double floor)
    {
        if (Double.isNaN(value))
        {
            return "-";
        }
        final String number = String.format(Locale.ROOT, "%,." + figure.digits() + "f", value);
        return figure.hasRatio() && floor > 0 ? String.format(Locale.ROOT, "%s (%.2f)", number, value / floor) : number;
    }

    /**
     * Each figure of each run.
     */
    static String json(final Map<String, String> facts, final List<Run> runs)
    {
        final StringBuilder text = new StringBuilder("{\n  \"facts\": {");
        String separator = "\n";
        for (final Map.Entry<String, String> fact : facts.entrySet())
        {
            text.append(separator).append("    ").append(quoted(fact.getKey())).append(": ")
                .append(quoted(fact.getValue()));
            separator = ",\n";
        }
        text.append("\n  },\n  \"runs\": [");
        separator = "\n";
        for (final Run run : runs)
        {
            text.append(separator).append("    {\"contender\": ").append(quoted(run.contender()))
                .append(", \"load\": ").append(quoted(run.load().toString()))
                .append(", \"round\": ").append(run.round());
            run.figures().forEach((figure, value) ->
                text.append(", ").append(quoted(figure.title())).append(": ").append(value));
            if (null != run.failure())
            {
                text.append(", \"failure\": ").append(quoted(run.failure()));
            }
            text.append('}');
            separator = ",\n";
        }
        return text.append("\n  ]\n}\n").toString();
    }

    private List<Load> loads()
    {
        return runs.stream().map(Run::load).distinct().toList();
    }

    /**
     * Every value of a figure, of one contender, or of all if it is null.
     */
    private double[] values(final Load load, final Figure figure, final String contender)
    {
        Stream<Run> chosen = runs.stream().filter((run) -> load == run.load() && run.figures().containsKey(figure));
        if (null != contender)
        {
            chosen = chosen.filter((run) -> contender.equals(run.contender()));
        }
        return chosen.mapToDouble((run) -> run.figures().get(figure)).toArray();
    }

    public static double median(final double[] values)
    {
        if (0 == values.length)
        {
            return Double.NaN;
        }
        Arrays.sort(values);
        final int middle = values.length / 2;
        return 1 == values.length % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private Map<String, Histogram> merged(final Load load, final String name)
    {
        final Map<String, Histogram> merged = new TreeMap<>();
        for (final Run run : runs)
        {
            if (load == run.load() && run.histograms().containsKey(name))
            {
                merged.computeIfAbsent(run.contender(), (contender) -> new Histogram(3))
                    .add(run.histograms().get(name));
            }
        }
        return merged;
    }

    private static String quoted(final String text)
    {
        final StringBuilder quoted = new StringBuilder("\"");
        for (final char each : text.toCharArray())
        {
            if ('"' == each || '\\' == each)
            {
                quoted.append('\\');
            }
            quoted.append(each < ' ' ? ' ' : each);
        }
        return quoted.append('"').toString();
    }
}
