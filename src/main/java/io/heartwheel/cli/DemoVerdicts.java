package io.heartwheel.cli;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ConnectionListener;
import io.heartwheel.swarm.SwarmPlan.Fate;
import io.heartwheel.swarm.SwarmReport;
import io.heartwheel.swarm.SwarmReport.Outcome;
import org.HdrHistogram.Histogram;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Compares the verdicts of the demo's server with what each client did. A client is known by its port.
 */
final class DemoVerdicts implements ConnectionListener
{
    private static final int FAULTS_SHOWN = 5;
    private static final long HIGHEST_US = TimeUnit.MINUTES.toMicros(10);

    private final Map<Integer, Verdict> verdicts = new ConcurrentHashMap<>();

    private record Verdict(CloseReason reason, long atNs)
    {
    }

    @Override
    public void onOpen(final Connection connection)
    {
    }

    @Override
    public void onMessage(final Connection connection, final ByteBuffer payload)
    {
    }

    @Override
    public void onClosed(final Connection connection, final CloseReason reason)
    {
        verdicts.put(connection.remoteAddress().getPort(), new Verdict(reason, System.nanoTime()));
    }

    /**
     * A table of what died how and what was detected, and the faults if there are any.
     *
     */
    String compare(final SwarmReport report, final List<String> faults)
    {
        final StringBuilder table = new StringBuilder(String.format(Locale.ROOT,
            "%n%-16s %-13s %9s %9s   %s%n", "client", "reason", "expected", "detected", "lateness p50 / p99 / max"));
        for (final Fate fate : Fate.values())
        {
            addRow(table, fate, report, faults);
        }
        return table.toString();
    }

    private void addRow(
        final StringBuilder table, final Fate fate, final SwarmReport report, final List<String> faults)
    {
        final CloseReason expected = expectedOf(fate);
        final Histogram latenessUs = new Histogram(HIGHEST_US, 3);
        final List<String> wrong = new ArrayList<>();
        int total = 0;
        int right = 0;
        for (final Outcome outcome : report.outcomes())
        {
            if (fate == outcome.fate())
            {
                ++total;
                final Verdict verdict = verdicts.get(outcome.localPort());
                // The swarm resets all its connections at the end of the run, which does not count.
                final boolean isInTime = null != verdict && verdict.atNs - report.timing().endNs() < 0;
                final CloseReason reason = isInTime ? verdict.reason : null;
                if (expected == reason)
                {
                    ++right;
                    if (isInTime && Fate.SILENT != fate)
                    {
                        latenessUs.recordValue(
                            Math.min(HIGHEST_US, Math.max(0, verdict.atNs - outcome.diedNs()) / 1_000));
                    }
                }
                else
                {
                    wrong.add("port " + outcome.localPort() + " (" + fate + "): expected " + textOf(expected) +
                        ", the server said " + textOf(reason));
                }
            }
        }

        table.append(String.format(Locale.ROOT, "%-16s %-13s %9d %9d   %s%n",
            nameOf(fate), textOf(expected), total, right,
            Fate.LIVE == fate ? "" : percentiles(Fate.SILENT == fate ? report.latenessUs() : latenessUs)));
        faults.addAll(wrong.subList(0, Math.min(FAULTS_SHOWN, wrong.size())));
    }

    private static String percentiles(final Histogram us)
    {
        return 0 == us.getTotalCount() ? "-" : String.format(Locale.ROOT, "%.1f / %.1f / %.1f ms",
            us.getValueAtPercentile(50) / 1e3, us.getValueAtPercentile(99) / 1e3, us.getMaxValue() / 1e3);
    }

    private static String nameOf(final Fate fate)
    {
        return switch (fate)
        {
            case LIVE -> "alive";
            case SILENT -> "fell silent";
            case CLOSE -> "closed (FIN)";
            case RESET -> "reset (RST)";
        };
    }

    private static CloseReason expectedOf(final Fate fate)
    {
        return switch (fate)
        {
            case LIVE -> null;
            case SILENT -> CloseReason.PEER_SILENT;
            case CLOSE -> CloseReason.PEER_CLOSED;
            case RESET -> CloseReason.PEER_RESET;
        };
    }

    private static String textOf(final CloseReason reason)
    {
        return null == reason ? "still open" : reason.name();
    }
}
