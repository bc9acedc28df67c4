package io.heartwheel.bench.plots;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heartwheel.bench.harness.Figure;
import io.heartwheel.bench.sidebyside.Beats;
import io.heartwheel.bench.sidebyside.Results;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Plots what a heartbeat costs against how long its answer takes, a point for each contender of {@link Beats}:
 * {@code FOLDER LOAD}, of a folder that has {@code beats.json}.
 */
public final class CostPlot
{
    private static final Figure COST = Figure.REACTOR_US_PER_HEARTBEAT;
    private static final Figure WAIT = Figure.ROUND_TRIP_P50_MS;

    private CostPlot()
    {
    }

    public static void main(final String[] args) throws IOException
    {
        final Path folder = Path.of(args[0]);
        final String load = args[1];
        final Map<String, List<JsonObject>> byContender = new LinkedHashMap<>();
        for (final JsonElement element : JsonParser.parseString(Files.readString(folder.resolve("beats.json")))
            .getAsJsonObject().getAsJsonArray("runs"))
        {
            final JsonObject run = element.getAsJsonObject();
            if (load.equals(run.get("load").getAsString()) && run.has(COST.title()) && run.has(WAIT.title()))
            {
                byContender.computeIfAbsent(run.get("contender").getAsString(), (name) -> new ArrayList<>()).add(run);
            }
        }
        write(folder.resolve(load + "-cost.svg"), load, byContender);
    }

    private static void write(final Path file, final String load, final Map<String, List<JsonObject>> byContender)
        throws IOException
    {
        final XYChart chart = new XYChartBuilder().width(900).height(500).title(load)
            .xAxisTitle(WAIT.title()).yAxisTitle(COST.title()).build();
        chart.getStyler().setYAxisMin(0.0).setXAxisMin(0.0)
            .setPlotGridLinesStroke(SeriesLines.SOLID).setPlotGridLinesColor(new Color(230, 230, 230))
            .setLegendPosition(LegendPosition.InsideNE).setChartBackgroundColor(Color.WHITE);
        byContender.forEach((name, runs) -> chart.addSeries(
            name, new double[]{median(runs, WAIT)}, new double[]{median(runs, COST)}).setLineStyle(SeriesLines.NONE));
        VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
    }

    private static double median(final List<JsonObject> runs, final Figure figure)
    {
        return Results.median(runs.stream().mapToDouble((run) -> run.get(figure.title()).getAsDouble()).toArray());
    }
}
