package io.heartwheel.bench.attacks;

import io.heartwheel.bench.harness.Figure;
import io.heartwheel.bench.harness.Load;
import io.heartwheel.bench.harness.Run;
import io.heartwheel.bench.servers.Contender;
import org.HdrHistogram.Histogram;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The result of one attack.
 *
 * @param attack    kind of attack.
 * @param honest    figures of the honest clients.
 * @param hostile   figures of the attackers, by the names below.
 * @param server    figures of the server, by name.
 * @param closes    number of closes by reason, as the server counts them.
 */
public record AttackRun(
    Attack attack, Run honest, Map<String, Long> hostile, Map<String, Double> server, Map<String, Long> closes)
{
    static final String RAN_MS = "ran ms";
    static final String CONNECTS = "connects";
    static final String FRAMES = "frames";
    static final String BYTES = "bytes";
    static final String LONGEST_MS = "longest ms";
    /** Before the way in which connections ended. */
    static final String ENDED = "ended ";
    static final String OPEN = "still open";

    static final String CPU_PERCENT = "CPU %";
    static final String RSS_MB = "RSS MB";
    static final String STALLS = "stalls";

    AttackRun(final Attack attack)
    {
        this(attack, new Run(Contender.HEARTWHEEL.toString(), Load.CLIENT_1S, 1), new TreeMap<>(),
            new LinkedHashMap<>(), new TreeMap<>());
    }

    /**
     * Of something that was counted.
     */
    double perSecond(final String name)
    {
        return 1e3 * hostile.getOrDefault(name, 0L) / Math.max(1, hostile.getOrDefault(RAN_MS, 1L));
    }

    double roundTripMaxMs()
    {
        final Histogram us = honest.histograms().get(Run.ROUND_TRIP);
        return null == us ? Double.NaN : us.getMaxValue() / 1e3;
    }

    long livingClosed()
    {
        return honest.figures().getOrDefault(Figure.LIVING_CLOSED, 0.0).longValue();
    }

    /**
     * How many connections of attackers ended how, the most frequent first.
     */
    String endings()
    {
        final Map<String, Long> endings = hostile.entrySet().stream()
            .filter((entry) -> entry.getKey().startsWith(ENDED))
            .collect(Collectors.toMap((entry) -> entry.getKey().substring(ENDED.length()), Map.Entry::getValue));
        return text(endings);
    }

    public static String text(final Map<String, Long> counts)
    {
        return counts.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .map((entry) -> String.format("%s %,d", entry.getKey(), entry.getValue()))
            .collect(Collectors.joining(", "));
    }

    /**
     * Every figure, as a record in JSON.
     */
    Map<String, Object> toMap()
    {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("attack", attack.toString());
        if (null != honest.failure())
        {
            map.put("failure", honest.failure());
        }
        final Map<String, Double> felt = new LinkedHashMap<>();
        honest.figures().forEach((figure, value) -> felt.put(figure.title(), value));
        if (!Double.isNaN(roundTripMaxMs()))
        {
            felt.put("round trip max ms", roundTripMaxMs());
        }
        map.put("honest", felt);
        map.put("hostile", hostile);
        map.put("server", server);
        map.put("closes", closes);
        return map;
    }
}
