package io.heartwheel.status;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Formats a status for people, as lines that fit a terminal.
 */
public final class StatusText
{
    private StatusText()
    {
    }

    /**
     * The whole status on several lines.
     */
    public static List<String> lines(final Status status, final List<Loss> losses, final int lossLines)
    {
        final List<String> lines = new ArrayList<>();
        lines.add(format("heartwheel %s   up %s   %s", status.address(), uptime(status.uptimeMs()), status.health()));
        lines.add("");
        lines.add(format("open     %,12d   opened %,d, refused %,d", status.open(), status.opened(), status.refused()) +
            (0 == status.neverSpoke() ? "" : format(", never spoke %,d", status.neverSpoke())));
        lines.add(format("reads/s  %,12.0f   %,d frames, %,d bytes in all",
            status.readsPerS(), status.framesIn(), status.bytesIn()));
        lines.add(format("probes/s %,12.0f   %,d sent, %,d answered",
            status.probesPerS(), status.probes(), status.answers()));
        lines.add(format("lost     %,12d   %s", status.lost(), reasons(status)));
        lines.add(format("stalls   %,12d   longest %.0f ms; %,d steps cut off, %,d accepts failed",
            status.stalls(), status.longestStallMs(), status.cutOffs(), status.acceptFailures()));
        addProtocols(lines, status);
        addFleet(status.fleet(), lines);
        lines.add("");
        lines.add(format("%-14s %10s %10s %10s %10s", "last minute", "p50", "p99", "p99.9", "max"));
        lines.add(row("round trip ms", status.roundTripMs()));
        lines.add(row("margin used %", status.marginPercent()));
        lines.add(row("lateness ms", status.latenessMs()));
        lines.add(row("duty cycle ms", status.cycleMs()));
        if (null != status.fleet())
        {
            lines.add(row("registry ms", status.fleet().roundTripMs()));
        }
        if (null != status.reactors())
        {
            lines.add("");
            lines.add(format("%-14s %10s %10s %10s %10s %14s",
                "reactor", "open", "reads/s", "stalls", "longest ms", "cycle p99 ms"));
            status.reactors().forEach((each) -> lines.add(format("%-14d %,10d %,10.0f %,10d %10.0f %14.2f",
                each.reactor(), each.open(), each.readsPerS(), each.stalls(), each.longestStallMs(),
                each.cycleMs().p99())));
        }
        if (!losses.isEmpty() && lossLines > 0)
        {
            lines.add("");
            losses.stream().limit(lossLines).forEach((loss) -> lines.add(format("%tT  %-14s %s  %s",
                loss.epochMs(), loss.reason(), loss.address(), loss.detail())));
        }
        return lines;
    }

    private static void addFleet(final FleetStatus fleet, final List<String> lines)
    {
        if (null != fleet)
        {
            lines.add(format("fleet    %,12d   of %s have an identity, lease %s, %d nodes, %,d wait for the registry%s",
                fleet.sessions(), fleet.node(), fleet.state(), fleet.nodes().size(), fleet.waiting(),
                fleet.trouble().isEmpty() ? "" : ": " + fleet.trouble()));
            lines.add(format("routed   %,12d   %,d delivered, %,d unreached, %,d dropped; %,d taken over, %,d swept",
                fleet.sent(), fleet.delivered(), fleet.unreached(), fleet.dropped(), fleet.takenOver(),
                fleet.swept()));
        }
    }

    /**
     * The most important figures on one line.
     */
    public static String line(final Status status)
    {
        final String losses = 0 == status.lost() ? "0" : status.lost() + " (" + reasons(status) + ")";
        final Percentiles lateness = status.latenessMs();
        return format("open %,d  reads %,.0f/s  probes %,.0f/s  lost %s  %s  %s%s",
            status.open(), status.readsPerS(), status.probesPerS(), losses,
            0 == lateness.count() ? "lateness -" :
                format("lateness p50 %.1f p99 %.1f max %.1f ms", lateness.p50(), lateness.p99(), lateness.max()),
            0 == status.stalls() ? "stalls 0" :
                format("stalls %,d (longest %.0f ms)", status.stalls(), status.longestStallMs()),
            null == status.fleet() ? "" :
                format("  fleet %s %d nodes", status.fleet().state(), status.fleet().nodes().size()));
    }

    /**
     * Where our own frames are all that is spoken, there is nothing to add.
     */
    private static void addProtocols(final List<String> lines, final Status status)
    {
        if (status.protocols().size() > 1 || null != status.webSocket())
        {
            lines.add("");
            lines.add(format("%-14s %10s %10s %10s", "protocol", "open", "opened", "lost"));
            status.protocols().forEach((each) -> lines.add(format("%-14s %,10d %,10d %,10d",
                each.protocol(), each.open(), each.opened(), each.lost())));
        }
        if (null != status.webSocket())
        {
            lines.add(format("%-14s refused %s; closed %s; by the peer %s", "  websocket",
                orNone(status.webSocket().openingsRefused()), orNone(status.webSocket().closesSent()),
                orNone(status.webSocket().closesHeard())));
        }
    }

    private static String orNone(final Map<String, Long> counts)
    {
        return counts.isEmpty() ? "none" : text(counts);
    }

    private static String reasons(final Status status)
    {
        return text(status.losses());
    }

    private static String text(final Map<String, Long> counts)
    {
        return counts.entrySet().stream().map((each) -> each.getKey() + " " + each.getValue())
            .collect(Collectors.joining(", "));
    }

    private static String row(final String name, final Percentiles values)
    {
        return 0 == values.count() ? format("%-14s %10s", name, "-") : format("%-14s %10.2f %10.2f %10.2f %10.2f",
            name, values.p50(), values.p99(), values.p999(), values.max());
    }

    private static String uptime(final long ms)
    {
        final long seconds = ms / 1_000;
        return seconds < 3_600 ? format("%d:%02d", seconds / 60, seconds % 60) :
            format("%d:%02d:%02d", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    }

    private static String format(final String format, final Object... values)
    {
        return String.format(Locale.ROOT, format, values);
    }
}
