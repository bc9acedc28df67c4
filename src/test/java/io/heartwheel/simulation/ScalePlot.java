package io.heartwheel.simulation;

import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Time and memory against connections, both axes logarithmic: what grows as the number of connections does is a line.
 */
final class ScalePlot
{
    private static final double MIB = 1 << 20;

    private ScalePlot()
    {
    }

    static void write(final List<ScaleResult> results, final Path file) throws IOException
    {
        final ByteArrayOutputStream svg = new ByteArrayOutputStream();
        VectorGraphicsEncoder.saveVectorGraphic(chart(results), svg, VectorGraphicsFormat.SVG);
        // Letters come as outlines, to many more digits than anybody sees.
        Files.writeString(file, svg.toString(StandardCharsets.UTF_8).replaceAll("(\\.[0-9])[0-9]+", "$1"));
    }

    static XYChart chart(final List<ScaleResult> results)
    {
        final XYChart chart = new XYChartBuilder().width(900).height(600)
            .title("The server on the simulated network").xAxisTitle("connections")
            .yAxisTitle("ms per virtual second; MiB").build();
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNW);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setXAxisDecimalPattern("#,###");
        // Dashes would be drawn one by one, and the file be ten times as long.
        chart.getStyler().setPlotGridLinesStroke(new BasicStroke(0.5f));
        add(chart, "wall time, ms per virtual second", results, result -> result.load().wallMsPerSecond());
        add(chart, "of it reactor, ms per virtual second", results, result -> result.load().reactorMsPerSecond());
        add(chart, "liveness state, MiB", results, result -> result.footprint().livenessBytes() / MIB);
        add(chart, "all state of ours, MiB", results, result -> result.footprint().stateBytes() / MIB);
        return chart;
    }

    private static void add(
        final XYChart chart,
        final String name,
        final List<ScaleResult> results,
        final ToDoubleFunction<ScaleResult> value)
    {
        chart.addSeries(name, results.stream().mapToDouble(ScaleResult::connections).toArray(),
            results.stream().mapToDouble(value).toArray());
    }
}
