package io.heartwheel.bench.fleet;

import io.heartwheel.bench.harness.Figure;
import io.heartwheel.bench.harness.Run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * What {@link FleetReactor} found: every window, and medians beside those of a healthy registry.
 */
final class FleetReactorReport
{
    private static final List<Figure> COMPARED = List.of(
        Figure.REACTOR_US_PER_HEARTBEAT, Figure.CPU_US_PER_HEARTBEAT, Figure.ROUND_TRIP_P50_MS,
        Figure.ROUND_TRIP_P99_MS, Figure.LATENESS_P50_MS, Figure.LATENESS_P99_MS);
    private static final List<Figure> SHOWN = List.of(
        Figure.HEARTBEATS_PER_S, Figure.WAKE_UPS_PER_HEARTBEAT, Figure.WAITED_PERCENT, Figure.OWN_STALLS,
        Figure.SILENT_MISSED, Figure.SILENT_EARLY, Figure.CLIENT_GAP_MS);

    private final String serverFlags;
    private final List<Window> windows = new ArrayList<>();

    /**
     * @param run     its figures.
     * @param state   of the lease at its end.
     * @param waiting connections of which the registry had to be told at its end.
     * @param failed  exchanges with the registry that failed meanwhile.
     */
    record Window(Run run, String state, int waiting, long failed)
    {
    }

    FleetReactorReport(final String serverFlags)
    {
        this.serverFlags = serverFlags;
    }

    void add(final Window window)
    {
        windows.add(window);
    }

    String page(final Map<String, String> facts, final int connections, final int silent, final int seconds)
    {
        final StringBuilder page =
            new StringBuilder("# The reactor of a server, whatever the registry of its fleet does\n\n");
        facts.forEach((name, value) -> page.append("- ").append(name).append(": ").append(value).append('\n'));
        page.append(String.format(Locale.ROOT,
            "- clients: %,d, a PING a second each, on the same cores; windows of %d s, behind which %,d fall silent%n" +
            "- server flags: %s%n", connections, seconds, silent, serverFlags));
        page.append("\nMedian of the windows, how many times that of the healthy registry, and the least and most.\n\n")
            .append(head("registry", COMPARED));
        for (final Registry registry : Registry.values())
        {
            page.append("| ").append(registry);
            COMPARED.forEach((figure) -> page.append(" | ").append(compared(registry, figure)));
            page.append(" |\n");
        }
        page.append("\n## Every window\n\n").append(everyWindow());
        return page.toString();
    }

    private static String head(final String first, final List<Figure> figures)
    {
        final StringJoiner titles = new StringJoiner(" | ", "| ", " |\n").add(first);
        figures.forEach((figure) -> titles.add(figure.title()));
        return titles + "|---|" + "---:|".repeat(figures.size()) + '\n';
    }

    private String compared(final Registry registry, final Figure figure)
    {
        final double[] found = valuesOf(registry, figure);
        final double[] healthy = valuesOf(Registry.HEALTHY, figure);
        if (0 == found.length || 0 == healthy.length)
        {
            return "-";
        }
        final String digits = "%." + figure.digits() + "f";
        return String.format(Locale.ROOT, digits + ", %.2f × (" + digits + "–" + digits + ")",
            median(found), median(found) / median(healthy), found[0], found[found.length - 1]);
    }

    private double[] valuesOf(final Registry registry, final Figure figure)
    {
        return windows.stream().filter((window) -> registry.toString().equals(window.run.contender()))
            .map((window) -> window.run.figures().get(figure)).filter((value) -> null != value)
            .mapToDouble(Double::doubleValue).sorted().toArray();
    }

    private static double median(final double[] sorted)
    {
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private String everyWindow()
    {
        final List<Figure> figures = new ArrayList<>(COMPARED);
        figures.addAll(SHOWN);
        final StringBuilder table = new StringBuilder(
            head("round | registry | lease | waiting at the end | exchanges failed", figures)
                .replace("|---|", "|---:|---|---|---:|---:|"));
        for (final Window window : windows)
        {
            table.append(String.format(Locale.ROOT, "| %d | %s | %s | %,d | %,d", window.run.round(),
                window.run.contender(), window.state, window.waiting, window.failed));
            figures.forEach((figure) -> table.append(" | ").append(String.format(
                Locale.ROOT, "%." + figure.digits() + "f", window.run.figures().get(figure))));
            table.append(" |\n");
        }
        return table.toString();
    }
}
