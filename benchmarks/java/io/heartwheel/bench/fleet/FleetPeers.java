package io.heartwheel.bench.fleet;

import io.heartwheel.bench.harness.Machine;
import io.heartwheel.fleet.redis.RedisServer;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;
import redis.clients.jedis.Jedis;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Ways to keep who is connected, beside each other in one Redis each: what they ask of it at rest, what they show of a
 * node that was killed, and whom they forget by mistake: {@code FOLDER CLIENTS REST_MS LEASE_MS}.
 */
public final class FleetPeers
{
    /** Longer than any of them shows a ghost. */
    private static final int GHOST_S = 1_900;
    private static final int PLOT_S = 90;

    private final Path folder;
    private final int[] sizes;
    private final long restMs;
    private final List<IntFunction<Layout>> layouts;
    private final XYChart rest = chart("Engine commands a second at rest", "connections", "commands a second");
    private final XYChart ghosts =
        chart("Sessions of a killed node that are shown", "seconds after the kill", "sessions");
    private final StringBuilder restTable = new StringBuilder();
    private final StringBuilder faultTable = new StringBuilder();

    private FleetPeers(final Path folder, final int clients, final long restMs, final long leaseMs)
    {
        this.folder = folder;
        this.restMs = restMs;
        sizes = new int[]{clients / 10, clients / 4, clients / 2, clients};
        rest.getStyler().setYAxisLogarithmic(true);
        ghosts.getStyler().setYAxisMin(0.0);
        layouts = List.of((port) -> new LeaseLayout(port, leaseMs), RefreshLayout::new, EraseByIdLayout::new);
    }

    public static void main(final String[] args) throws IOException
    {
        new FleetPeers(Path.of(args[0]), Integer.parseInt(args[1]), Long.parseLong(args[2]), Long.parseLong(args[3]))
            .run();
    }

    static void pause(final long ms)
    {
        try
        {
            Thread.sleep(ms);
        }
        catch (final InterruptedException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    private static XYChart chart(final String title, final String x, final String y)
    {
        final XYChart chart =
            new XYChartBuilder().width(900).height(420).title(title).xAxisTitle(x).yAxisTitle(y).build();
        chart.getStyler().setDecimalPattern("#,###");
        chart.getStyler().setXAxisMin(0.0)
            .setPlotGridLinesStroke(SeriesLines.SOLID).setPlotGridLinesColor(new Color(230, 230, 230))
            .setLegendPosition(LegendPosition.OutsideS).setChartBackgroundColor(Color.WHITE);
        return chart;
    }

    private void run() throws IOException
    {
        for (final IntFunction<Layout> layout : layouts)
        {
            final List<Double> commands = new ArrayList<>();
            for (final int clients : sizes)
            {
                try (RedisServer server = RedisServer.launch(List.of());
                    Jedis redis = new Jedis("127.0.0.1", server.port());
                    Layout one = layout.apply(server.port()))
                {
                    commands.add(rest(one, redis, clients));
                    if (clients == sizes[sizes.length - 1])
                    {
                        rest.addSeries(one.title(), Arrays.stream(sizes).asDoubleStream().toArray(),
                            commands.stream().mapToDouble(Double::doubleValue).toArray());
                        faults(one, clients);
                    }
                }
            }
        }
        VectorGraphicsEncoder.saveVectorGraphic(
            rest, folder.resolve("fleet-rest.svg").toString(), VectorGraphicsFormat.SVG);
        VectorGraphicsEncoder.saveVectorGraphic(
            ghosts, folder.resolve("fleet-ghosts.svg").toString(), VectorGraphicsFormat.SVG);
        Files.writeString(folder.resolve("fleet.md"), page());
    }

    private double rest(final Layout layout, final Jedis redis, final int clients)
    {
        final RedisCosts empty = new RedisCosts(redis);
        layout.load(clients);
        final RedisCosts before = new RedisCosts(redis);
        final long startMs = System.currentTimeMillis();
        final double commands = layout.rest(restMs);
        final double seconds = (System.currentTimeMillis() - startMs) / 1e3;
        final RedisCosts after = new RedisCosts(redis);
        restTable.append(String.format(Locale.ROOT, "| %s | %,d | %,.1f | %.2f | %d |%n", layout.title(), clients,
            commands / seconds, 100 * (after.cpuS - before.cpuS) / seconds, (before.bytes - empty.bytes) / clients));
        return commands / seconds;
    }

    private void faults(final Layout layout, final int clients)
    {
        final int[] shown = layout.ghosts(GHOST_S);
        final int plotted = Math.min(PLOT_S, shown.length);
        ghosts.addSeries(layout.title(), IntStream.range(0, plotted).asDoubleStream().toArray(),
            Arrays.stream(shown).limit(plotted).asDoubleStream().toArray()).setMarker(SeriesMarkers.NONE);
        for (int client = 0; client < clients; client++)
        {
            layout.hopAndLeave(client, client % Layout.NODES, (client + 1) % Layout.NODES);
        }
        faultTable.append(String.format(Locale.ROOT, "| %s | %d | %d | %,d |%n", layout.title(),
            secondsUntil(shown, shown[0] / 2), secondsUntil(shown, 0), layout.missing(clients)));
    }

    private static int secondsUntil(final int[] shown, final int limit)
    {
        return (int)Arrays.stream(shown).takeWhile((ghosts) -> ghosts > limit).count();
    }

    private String page()
    {
        final StringBuilder page = new StringBuilder("# Who is connected where, kept in Redis in three ways\n\n");
        Machine.facts().forEach(
            (name, value) -> page.append("- ").append(name).append(": ").append(value).append('\n'));
        return page.append("\nAt rest, over ").append(restMs / 1e3).append(" s, ").append(Layout.NODES)
            .append(" nodes: commands that the nodes send, CPU of Redis, and memory of a session as it is loaded.\n\n")
            .append("| layout | connections | commands a second | CPU of Redis, % of a core | bytes a session |\n")
            .append("|---|---:|---:|---:|---:|\n").append(restTable)
            .append("\nOne node of ").append(Layout.NODES).append(" is killed with a quarter of ")
            .append(String.format(Locale.ROOT, "%,d", sizes[sizes.length - 1]))
            .append(" sessions; then each client moves to another node, and the one it left notices after that.\n\n")
            .append("| layout | seconds until half of the dead are not shown | none | living clients forgotten |\n")
            .append("|---|---:|---:|---:|\n").append(faultTable)
            .append("\n![Ghosts](fleet-ghosts.svg)\n\n![At rest](fleet-rest.svg)\n").toString();
    }
}
