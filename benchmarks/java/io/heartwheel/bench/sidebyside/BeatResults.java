package io.heartwheel.bench.sidebyside;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heartwheel.bench.harness.Figure;
import io.heartwheel.bench.harness.Load;
import io.heartwheel.bench.harness.Run;
import io.heartwheel.bench.servers.Contender;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes the results of {@link Beats}: every run, so that two regimes are seen as two; medians, and how many times that
 * of the plain loop they are, or of the same Netty with its own handler.
 */
final class BeatResults
{
    private final Map<String, String> facts;
    private final List<String> contenders;
    private final int rounds;
    private final List<Run> runs = new ArrayList<>();

    BeatResults(final Map<String, String> facts, final List<String> contenders, final int rounds)
    {
        this.facts = facts;
        this.contenders = contenders;
        this.rounds = rounds;
    }

    /**
     * Take over what {@link #write} left in a folder.
     *
     * @return number of rounds that are there.
     */
    int resume(final Path folder) throws IOException
    {
        final Map<String, Figure> byTitle =
            Arrays.stream(Figure.values()).collect(Collectors.toMap(Figure::title, (figure) -> figure));
        for (final JsonElement element : JsonParser.parseString(Files.readString(folder.resolve("beats.json")))
            .getAsJsonObject().getAsJsonArray("runs"))
        {
            final JsonObject json = element.getAsJsonObject();
            final Run run = new Run(json.get("contender").getAsString(), Load.of(json.get("load").getAsString()),
                json.get("round").getAsInt());
            byTitle.forEach((title, figure) ->
            {
                if (json.has(title))
                {
                    run.figures().put(figure, json.get(title).getAsDouble());
                }
            });
            runs.add(json.has("failure") ? run.failed(json.get("failure").getAsString()) : run);
        }
        return runs.stream().mapToInt(Run::round).max().orElse(0);
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
        Files.writeString(folder.resolve("beats.md"), markdown());
        Files.writeString(folder.resolve("beats.json"), Results.json(facts, runs));
    }

    String markdown()
    {
        final StringBuilder text = new StringBuilder("# What a heartbeat costs\n\n");
        facts.forEach((name, value) -> text.append("- ").append(name).append(": ").append(value).append('\n'));
        text.append("\nRuns of all contenders alternate. The last column is the median by the median of ")
            .append(Contender.PLAIN_NIO).append(", of the same Netty without +heartwheel, or of ")
            .append(Contender.HEARTWHEEL).append(" for those that speak WebSocket; in brackets the worst run by the ")
            .append("same.\n");
        runs.stream().map(Run::load).distinct().forEach((load) -> addTable(text, load));
        runs.stream().filter((run) -> null != run.failure()).forEach((run) -> text.append("\nFailed: ")
            .append(run.contender()).append(", ").append(run.load()).append(", round ").append(run.round())
            .append(": ").append(run.failure()).append('\n'));
        return text.toString();
    }

    private void addTable(final StringBuilder text, final Load load)
    {
        text.append("\n## ").append(load).append("\n\n| figure | contender |");
        for (int round = 1; round <= rounds; round++)
        {
            text.append(" run ").append(round).append(" |");
        }
        text.append(" median | times |\n|---|---|").append("---:|".repeat(rounds + 2)).append('\n');
        for (final Figure figure : Figure.values())
        {
            String title = figure.title();
            for (final String contender : contenders)
            {
                final double floor = Results.median(known(values(load, figure, floorOf(contender))));
                final double[] values = values(load, figure, contender);
                if (known(values).length > 0)
                {
                    addRow(text, figure, title, contender, values, floor);
                    title = "";
                }
            }
        }
    }

    /**
     * What a contender is compared with: a server of Netty with our handler with the same server without, and one of
     * WebSocket with our own frames.
     */
    private static String floorOf(final String contender)
    {
        if (contender.endsWith("-websocket"))
        {
            return Contender.HEARTWHEEL.toString();
        }
        final int plus = contender.indexOf('+');
        return plus < 0 ? Contender.PLAIN_NIO.toString() : contender.substring(0, plus);
    }

    private static void addRow(
        final StringBuilder text,
        final Figure figure,
        final String title,
        final String contender,
        final double[] values,
        final double floor)
    {
        text.append("| ").append(title).append(" | ").append(contender).append(" |");
        for (final double value : values)
        {
            text.append(' ').append(number(figure, value)).append(" |");
        }
        final double[] known = known(values);
        final double median = Results.median(known);
        final double worst = Arrays.stream(known).max().orElseThrow();
        text.append(' ').append(number(figure, median)).append(" | ")
            .append(figure.hasRatio() && floor > 0 ?
                String.format(Locale.ROOT, "%.2f (%.2f)", median / floor, worst / floor) : "")
            .append(" |\n");
    }

    private static String number(final Figure figure, final double value)
    {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%,." + figure.digits() + "f", value);
    }

    /**
     * The values of a figure by round, NaN where there is none.
     */
    private double[] values(final Load load, final Figure figure, final String contender)
    {
        final double[] values = new double[rounds];
        Arrays.fill(values, Double.NaN);
        runs.stream()
            .filter((run) -> load == run.load() && contender.equals(run.contender()))
            .forEach((run) -> values[run.round() - 1] = run.figures().getOrDefault(figure, Double.NaN));
        return values;
    }

    private static double[] known(final double[] values)
    {
        return Arrays.stream(values).filter((value) -> !Double.isNaN(value)).toArray();
    }
}
