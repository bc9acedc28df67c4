package io.heartwheel.bench.soak;

import io.heartwheel.bench.attacks.AttackRun;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.Styler.YAxisPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The results of a soak.
 *
 * @param facts   machine and parameters.
 * @param found   other figures, by name.
 * @param before  sample after all clients had left for the first time.
 * @param after   sample after all clients had left at the end.
 * @param samples in between.
 * @param ledger  of all connections.
 */
record SoakReport(
    Map<String, String> facts,
    Map<String, String> found,
    SoakSample before,
    SoakSample after,
    List<SoakSample> samples,
    SoakLedger ledger)
{
    void write(final Path folder) throws IOException
    {
        Files.writeString(folder.resolve("soak.md"), markdown());
        Files.writeString(folder.resolve("soak.csv"), SoakSample.CSV_HEADER + "\n" +
            samples.stream().map((sample) -> sample.csv() + "\n").collect(Collectors.joining()));
        if (!samples.isEmpty())
        {
            plot(folder.resolve("soak"));
        }
    }

    String markdown()
    {
        final StringBuilder text = new StringBuilder("# Soak\n\n");
        facts.forEach((name, value) -> text.append("- ").append(name).append(": ").append(value).append('\n'));
        text.append("\n## Found\n\n");
        found.forEach((name, value) -> text.append("- ").append(name).append(": ").append(value).append('\n'));
        text.append("- violations: ").append(ledger.violationCount()).append('\n');
        ledger.violations().forEach((violation) -> text.append("  - ").append(violation).append('\n'));

        text.append("\n## After all clients had left\n\n| | at the start | at the end |\n|---|---:|---:|\n");
        addRow(text, "heap in use after a collection, MB", 2, SoakSample::heapMb);
        addRow(text, "RSS MB", 1, SoakSample::rssMb);
        addRow(text, "descriptors", 0, SoakSample::descriptors);
        addRow(text, "threads", 0, SoakSample::threads);
        addRow(text, "connections", 0, SoakSample::connections);

        text.append("\n## What clients did, and what the server called it\n\n| did | said |\n|---|---|\n");
        ledger.counts().forEach((what, reasons) ->
            text.append("| ").append(what).append(" | ").append(AttackRun.text(reasons)).append(" |\n"));
        return text.toString();
    }

    private void addRow(
        final StringBuilder text, final String name, final int digits, final ToDoubleFunction<SoakSample> of)
    {
        text.append(String.format(Locale.ROOT, "| %s | %,." + digits + "f | %,." + digits + "f |%n",
            name, of.applyAsDouble(before), of.applyAsDouble(after)));
    }

    private void plot(final Path file) throws IOException
    {
        final XYChart chart = new XYChartBuilder().width(900).height(500).title("Soak").xAxisTitle("minutes").build();
        chart.setYAxisGroupTitle(0, "MB");
        chart.setYAxisGroupTitle(1, "number");
        chart.getStyler().setYAxisGroupPosition(1, YAxisPosition.Right);
        chart.getStyler().setPlotGridLinesStroke(SeriesLines.SOLID).setPlotGridLinesColor(new Color(230, 230, 230));
        chart.getStyler().setLegendPosition(LegendPosition.OutsideS).setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setYAxisMin(0, 0.0).setYAxisMin(1, 0.0);
        addSeries(chart, "RSS, MB", 0, SoakSample::rssMb);
        addSeries(chart, "heap, MB", 0, SoakSample::heapMb);
        addSeries(chart, "descriptors", 1, SoakSample::descriptors);
        addSeries(chart, "connections", 1, SoakSample::connections);
        VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
    }

    private void addSeries(
        final XYChart chart, final String name, final int axis, final ToDoubleFunction<SoakSample> of)
    {
        final XYSeries series = chart.addSeries(name,
            samples.stream().mapToDouble((sample) -> sample.seconds() / 60).toArray(),
            samples.stream().mapToDouble(of).toArray());
        series.setMarker(SeriesMarkers.NONE).setLineStyle(SeriesLines.SOLID).setYAxisGroup(axis);
    }
}
