package io.heartwheel.bench.sidebyside;

import io.heartwheel.bench.harness.Figure;
import io.heartwheel.bench.harness.Load;
import io.heartwheel.bench.harness.Machine;
import io.heartwheel.bench.harness.Measurement;
import io.heartwheel.bench.harness.Processes;
import io.heartwheel.bench.harness.Run;
import io.heartwheel.bench.servers.Contender;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * Measures how the cost of our server grows with the number of connections, and with the share of them that speak each
 * second.
 */
@Command(
    name = "Growth",
    description = "CPU and memory as connections and talkers become more, beside the plain loop.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class Growth implements Callable<Integer>
{
    private static final List<Contender> CONTENDERS = List.of(Contender.HEARTWHEEL, Contender.PLAIN_NIO);

    @Option(names = {"-n", "--connections"}, split = ",", defaultValue = "1000,5000,10000,19000",
        description = "numbers of clients, of which all speak (default: ${DEFAULT-VALUE})")
    private int[] connections;

    @Option(names = "--talkers", split = ",", defaultValue = "1,10,50",
        description = "percent of the largest number that speak each second; the server asks the others every 10 s " +
            "(default: ${DEFAULT-VALUE})")
    private int[] talkers;

    @Option(names = "--rounds", defaultValue = "3", description = "runs of each (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "10",
        description = "time to count heartbeats for (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--out", defaultValue = "benchmarks/results",
        description = "folder for what is found (default: ${DEFAULT-VALUE})")
    private Path out;

    /** By what was run, its runs. */
    private final Map<Point, List<Run>> runs = new TreeMap<>();

    /**
     * One place in the table.
     */
    private record Point(Contender contender, int talkerPercent, int connections) implements Comparable<Point>
    {
        private static final Comparator<Point> ORDER = Comparator
            .comparing(Point::contender)
            .thenComparing(Point::talkerPercent)
            .thenComparing(Point::connections);

        @Override
        public int compareTo(final Point other)
        {
            return ORDER.compare(this, other);
        }
    }

    public static void main(final String[] args)
    {
        System.exit(new CommandLine(new Growth()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        final List<Point> points = points();
        for (int round = 1; round <= rounds; round++)
        {
            for (final Point point : points)
            {
                System.err.printf("round %d, %s%n", round, point);
                final Run run = measurement(point).measure(point.contender().toString(), point.contender(),
                    System.getProperty("java.class.path"), List.of(), Load.TALKERS, round);
                System.err.println("    " + (null == run.failure() ? run.figures() : "FAILED: " + run.failure()));
                if (null == run.failure())
                {
                    runs.computeIfAbsent(point, (key) -> new ArrayList<>()).add(run);
                }
            }
        }

        Files.createDirectories(out);
        Files.writeString(out.resolve("growth.md"), markdown());
        final Predicate<Point> isAllTalking = (point) -> 100 == point.talkerPercent();
        plot("growth-connections", "connections, each with a PING a second", "CPU ms per s",
            isAllTalking, Point::connections, this::cpuMsPerS);
        plot("growth-memory", "connections, each with a PING a second", "RSS of all connections, MB",
            isAllTalking, Point::connections,
            (point) -> point.connections() * median(point, Figure.RSS_BYTES_PER_CONNECTION) / 1e6);
        plot("growth-talkers", "percent of " + largest() + " connections with a PING a second", "CPU ms per s",
            (point) -> largest() == point.connections(), Point::talkerPercent, this::cpuMsPerS);
        System.out.println(markdown());
        return runs.size() == points.size() ? 0 : 1;
    }

    private List<Point> points()
    {
        final List<Point> points = new ArrayList<>();
        Arrays.stream(connections).forEach((number) -> addPoints(points, 100, number));
        Arrays.stream(talkers).forEach((percent) -> addPoints(points, percent, largest()));
        return points;
    }

    private static void addPoints(final List<Point> points, final int talkerPercent, final int connections)
    {
        CONTENDERS.forEach((contender) -> points.add(new Point(contender, talkerPercent, connections)));
    }

    private int largest()
    {
        return Arrays.stream(connections).max().orElseThrow();
    }

    private Measurement measurement(final Point point)
    {
        return new Measurement(new Measurement.Settings(point.connections(), point.talkerPercent(), 4, 3, seconds,
            Processes.SERVER_FLAGS, Processes.CLIENT_FLAGS));
    }

    private String markdown()
    {
        final StringBuilder text = new StringBuilder("# Cost as the work grows\n\n");
        Machine.facts().forEach(
            (name, value) -> text.append("- ").append(name).append(": ").append(value).append('\n'));
        text.append("- server flags: ").append(String.join(" ", Processes.SERVER_FLAGS)).append("\n- rounds: ")
            .append(rounds).append(", of ").append(seconds).append(" s\n\nMedians. Talkers send a PING each second; ")
            .append("the server asks the others every 10 s.\n\n| contender | connections | talkers % | heartbeats per ")
            .append("s | CPU ms per s | CPU µs per heartbeat | RSS bytes per connection |\n|---|")
            .append("---:|".repeat(6)).append('\n');
        for (final Point point : runs.keySet())
        {
            text.append(String.format(Locale.ROOT, "| %s | %,d | %d | %,.0f | %.1f | %.2f | %,.0f |%n",
                point.contender(), point.connections(), point.talkerPercent(),
                median(point, Figure.HEARTBEATS_PER_S), cpuMsPerS(point), median(point, Figure.CPU_US_PER_HEARTBEAT),
                median(point, Figure.RSS_BYTES_PER_CONNECTION)));
        }
        return text.toString();
    }

    private double cpuMsPerS(final Point point)
    {
        return median(point, Figure.CPU_US_PER_HEARTBEAT) * median(point, Figure.HEARTBEATS_PER_S) / 1e3;
    }

    private double median(final Point point, final Figure figure)
    {
        return Results.median(runs.get(point).stream().mapToDouble((run) -> run.figures().get(figure)).toArray());
    }

    private void plot(
        final String file,
        final String axis,
        final String valueAxis,
        final Predicate<Point> isShown,
        final ToDoubleFunction<Point> place,
        final ToDoubleFunction<Point> value)
        throws IOException
    {
        final XYChart chart = new XYChartBuilder().width(900).height(500).title("Cost as the work grows")
            .xAxisTitle(axis).yAxisTitle(valueAxis).build();
        chart.getStyler().setPlotGridLinesStroke(SeriesLines.SOLID).setPlotGridLinesColor(new Color(230, 230, 230));
        chart.getStyler().setLegendPosition(LegendPosition.InsideNW).setChartBackgroundColor(Color.WHITE);
        for (final Contender contender : CONTENDERS)
        {
            final List<Point> shown = runs.keySet().stream()
                .filter((point) -> contender == point.contender()).filter(isShown).toList();
            if (!shown.isEmpty())
            {
                chart.addSeries(contender.toString(), shown.stream().mapToDouble(place).toArray(),
                    shown.stream().mapToDouble(value).toArray()).setLineStyle(SeriesLines.SOLID);
            }
        }
        VectorGraphicsEncoder.saveVectorGraphic(chart, out.resolve(file).toString(), VectorGraphicsFormat.SVG);
    }
}
