package io.heartwheel.bench.plots;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heartwheel.bench.harness.Figure;
import io.heartwheel.bench.sidebyside.Results;
import io.heartwheel.bench.sidebyside.SideBySide;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
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
 * Plots the most important results of {@link SideBySide} as bars: {@code FOLDER}, which has {@code side-by-side.json}.
 */
public final class BarPlots
{
    private BarPlots()
    {
    }

    public static void main(final String[] args) throws IOException
    {
        write(Path.of(args[0]));
    }

    public static void write(final Path folder) throws IOException
    {
        final List<JsonObject> runs = new ArrayList<>();
        for (final JsonElement run : JsonParser.parseString(Files.readString(folder.resolve("side-by-side.json")))
            .getAsJsonObject().getAsJsonArray("runs"))
        {
            runs.add(run.getAsJsonObject());
        }
        plot(folder.resolve("cpu"), Figure.CPU_US_PER_HEARTBEAT, runs);
        plot(folder.resolve("living-closed"), Figure.LIVING_CLOSED, runs);
    }

    private static void plot(final Path file, final Figure figure, final List<JsonObject> runs) throws IOException
    {
        final Map<String, Map<String, List<Double>>> byContender = new LinkedHashMap<>();
        final List<String> loads = new ArrayList<>();
        for (final JsonObject run : runs)
        {
            if (run.has(figure.title()))
            {
                final String load = run.get("load").getAsString();
                if (!loads.contains(load))
                {
                    loads.add(load);
                }
                byContender.computeIfAbsent(run.get("contender").getAsString(), (key) -> new LinkedHashMap<>())
                    .computeIfAbsent(load, (key) -> new ArrayList<>()).add(run.get(figure.title()).getAsDouble());
            }
        }
        if (loads.isEmpty())
        {
            return;
        }

        final CategoryChart chart = new CategoryChartBuilder().width(900).height(420)
            .title(figure.title() + ", medians").yAxisTitle(figure.title()).build();
        chart.getStyler().setPlotGridLinesStroke(SeriesLines.SOLID).setPlotGridLinesColor(new Color(230, 230, 230));
        chart.getStyler().setLegendPosition(LegendPosition.InsideNW).setChartBackgroundColor(Color.WHITE);
        byContender.forEach((contender, values) -> chart.addSeries(contender, loads, loads.stream()
            .map((load) -> values.containsKey(load) ? Results.median(
                values.get(load).stream().mapToDouble(Double::doubleValue).toArray()) : 0.0).toList()));
        VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
    }
}
