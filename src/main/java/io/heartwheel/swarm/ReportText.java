package io.heartwheel.swarm;

import io.heartwheel.CloseReason;
import io.heartwheel.config.Configuration;
import io.heartwheel.config.Durations;
import io.heartwheel.swarm.SwarmReport.Counts;
import io.heartwheel.swarm.SwarmReport.Ending;
import io.heartwheel.swarm.SwarmReport.Outcome;
import io.heartwheel.swarm.SwarmReport.Timing;
import io.heartwheel.swarm.SwarmReport.Traffic;
import io.heartwheel.websocket.CloseCode;
import io.heartwheel.wire.Hello;
import org.HdrHistogram.Histogram;

import java.util.List;
import java.util.Locale;

/**
 * Formats a {@link SwarmReport} for people.
 */
public final class ReportText
{
    private static final int EXAMPLE_LIMIT = 10;
    /** Highest code of a reason in a BYE. */
    private static final int CODE_MAX = 255;

    private final StringBuilder text = new StringBuilder();
    private final SwarmReport report;

    private ReportText(final SwarmReport report)
    {
        this.report = report;
    }

    public static String of(final SwarmReport report)
    {
        final ReportText reportText = new ReportText(report);
        reportText.addRun();
        reportText.addTraffic();
        reportText.addClients();
        reportText.addVerdict();
        return reportText.text.toString();
    }

    private void addRun()
    {
        final Timing timing = report.timing();
        line("server", "%s%s", Configuration.addressText(report.plan().server()), isWebSocket() ? " by WebSocket" : "");
        line("clients", "%,d of %,d connected in %s", report.outcomes().size(), report.plan().connections(),
            Durations.text(timing.connectNs()));
        line("watched", "%s%s", Durations.text(timing.ranNs()), howEnded(timing));
        final List<Hello> hellos = report.hellos();
        line("cadence", "%s", hellos.isEmpty() ? cadenceUntold() :
            hellos.size() > 1 ? hellos.size() + " different ones" : cadence(hellos.get(0)));
        line("observer", "longest gap of its own %s, CPU %.0f %%", Durations.text(timing.longestGapNs()),
            100.0 * timing.cpuNs() / Math.max(1, timing.connectNs() + timing.ranNs()));
    }

    private String howEnded(final Timing timing)
    {
        if (timing.isStopped())
        {
            return " of " + Durations.text(report.plan().runNs()) + ", then stopped";
        }
        return timing.ranNs() < report.plan().runNs() ?
            " of " + Durations.text(report.plan().runNs()) + ", then no connection was left" : "";
    }

    private boolean isWebSocket()
    {
        return SwarmProtocol.WEBSOCKET == report.plan().protocol();
    }

    private String cadenceUntold()
    {
        final long detectionNs = report.plan().detectionNs();
        return detectionNs > 0 ? "gone after " + Durations.text(detectionNs) + " of silence, as the plan says" :
            (isWebSocket() ? "WebSocket tells none" : "the server sent no HELLO") +
            ": lateness, and who is missing, cannot be told" + (isWebSocket() ? " without --detection" : "");
    }

    private static String cadence(final Hello hello)
    {
        if (0 == hello.idleMs())
        {
            return "off: silence is not judged";
        }
        final String idle = Durations.text(hello.idleMs() * 1_000_000);
        return 0 == hello.count() ? "gone after " + idle + " of silence, not asked" :
            "asked after " + idle + ", then every " + Durations.text(hello.intervalMs() * 1_000_000) + ", gone after " +
            Durations.text((hello.idleMs() + hello.intervalMs() * hello.count()) * 1_000_000);
    }

    private void addTraffic()
    {
        final Traffic traffic = report.traffic();
        if (traffic.pingsHeard() > 0)
        {
            line("server asked", "%,d PINGs heard, %,d PONGs sent", traffic.pingsHeard(), traffic.pongsSent());
        }
        if (traffic.pingsSent() > 0)
        {
            line("clients asked", "%,d PINGs sent, %,d PONGs heard", traffic.pingsSent(), traffic.pongsHeard());
            line("  round trip", "%s", percentiles(traffic.roundTripUs()));
        }
        if (traffic.framesDropped() > 0)
        {
            line("not sent", "%,d frames, the kernel had no room or the connection was gone", traffic.framesDropped());
        }
    }

    private void addClients()
    {
        final Counts counts = report.counts();
        line("living", "%,d, of which closed by the server: %,d", counts.living(), counts.unasked());
        for (final Outcome outcome : report.unasked(EXAMPLE_LIMIT))
        {
            line("", "  port %d: %s", outcome.localPort(), howClosed(outcome));
        }
        if (counts.unasked() > EXAMPLE_LIMIT)
        {
            line("", "  ...");
        }
        if (counts.silent() > 0)
        {
            line("silent", "%,d, of which closed by the server: %,d, missing: %,d, not due yet: %,d",
                counts.silent(), counts.silentClosed(), counts.missing(), counts.notDue());
            if (report.latenessUs().getTotalCount() + counts.early() > 0)
            {
                line("  lateness", "%s, early: %,d", percentiles(report.latenessUs()), counts.early());
            }
        }
        if (counts.closing() > 0)
        {
            line("closed (FIN)", "%,d, of which not closed in return: %,d",
                counts.closing(), counts.closingUnanswered());
        }
        if (counts.reset() > 0)
        {
            line("reset (RST)", "%,d", counts.reset());
        }
    }

    private void addVerdict()
    {
        final List<String> faults = report.faults();
        line("verdict", "%s", faults.isEmpty() ? "OK" : "FAULTY: " + String.join("; ", faults));
        if (isPingTooSlow())
        {
            line("", "the server expects clients to speak by themselves: use --ping with less than its idle time");
        }
    }

    /**
     * Were living clients closed because the plan has them send PINGs too seldom, or not at all?
     */
    private boolean isPingTooSlow()
    {
        final long pingNs = report.plan().pingIntervalNs();
        return report.counts().unasked() > 0 && report.hellos().stream().anyMatch(
            hello -> 0 == hello.count() && hello.idleMs() > 0 &&
                (0 == pingNs || pingNs >= hello.idleMs() * 1_000_000));
    }

    private String howClosed(final Outcome outcome)
    {
        final String how = Ending.SERVER_RESET == outcome.ending() ? "RST" : "FIN";
        final int reason = outcome.byeReason();
        if (reason < 0)
        {
            return how + (isWebSocket() ? ", no CLOSE" : ", no BYE");
        }
        return how + " after " + (isWebSocket() ? "CLOSE " + closeText(reason) : "BYE " + CloseReason.nameOf(reason)) +
            " " + quoted(outcome.byeText());
    }

    /**
     * A code of a CLOSE, and the reason if it is one of ours.
     */
    private static String closeText(final int code)
    {
        return code + (code > CloseCode.PRIVATE && code <= CloseCode.PRIVATE + CODE_MAX ?
            " " + CloseReason.nameOf(code - CloseCode.PRIVATE) : "");
    }

    private static String quoted(final String text)
    {
        return text.isEmpty() ? "" : "\"" + text + "\"";
    }

    private static String percentiles(final Histogram histogramUs)
    {
        return 0 == histogramUs.getTotalCount() ? "none measured" : String.format(Locale.ROOT,
            "p50 %.2f ms, p99 %.2f ms, max %.2f ms",
            histogramUs.getValueAtPercentile(50) / 1e3,
            histogramUs.getValueAtPercentile(99) / 1e3,
            histogramUs.getMaxValue() / 1e3);
    }

    private void line(final String name, final String format, final Object... values)
    {
        text.append(String.format(Locale.ROOT, "%-15s", name))
            .append(String.format(Locale.ROOT, format, values).stripTrailing())
            .append(System.lineSeparator());
    }
}
