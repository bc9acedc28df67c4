package io.heartwheel.bench.plots;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Plots times by percentile, with a line for each contender.
 */
public final class PercentilePlot
{
    private static final int TICKS_PER_HALF_DISTANCE = 5;
    /** The axis of times begins here: it has no zero. */
    private static final double LEAST_MS = 0.01;

    private PercentilePlot()
    {
    }

    public static void write(final Path file, final String title, final Map<String, Histogram> histogramsUs)
        throws IOException
    {
        final XYChart chart = new XYChartBuilder().width(900).height(500).title(title)
            .xAxisTitle("1 of so many is later").yAxisTitle("ms").build();
        final XYStyler styler = chart.getStyler();
        styler.setXAxisLogarithmic(true).setYAxisLogarithmic(true);
        // Each dash of the default would be a shape of its own in the file.
        styler.setPlotGridLinesStroke(SeriesLines.SOLID).setPlotGridLinesColor(new Color(230, 230, 230));
        styler.setLegendPosition(LegendPosition.InsideNW).setChartBackgroundColor(Color.WHITE);
        histogramsUs.forEach((name, histogramUs) ->
        {
            final List<Double> oneOf = new ArrayList<>();
            final List<Double> ms = new ArrayList<>();
            for (final HistogramIterationValue value : histogramUs.percentiles(TICKS_PER_HALF_DISTANCE))
            {
                if (value.getPercentileLevelIteratedTo() < 100)
                {
                    oneOf.add(100 / (100 - value.getPercentileLevelIteratedTo()));
                    ms.add(Math.max(LEAST_MS, value.getValueIteratedTo() / 1e3));
                }
            }
            if (!ms.isEmpty())
            {
                chart.addSeries(name, oneOf, ms).setMarker(SeriesMarkers.NONE).setLineStyle(SeriesLines.SOLID);
            }
        });
        VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
    }
}
