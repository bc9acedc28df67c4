package io.heartwheel.bench.attacks;

import io.heartwheel.bench.harness.Figure;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Formats the results of all attacks as tables.
 */
final class AttackTables
{
    private static final List<Figure> FELT = List.of(
        Figure.ROUND_TRIP_P50_MS, Figure.ROUND_TRIP_P99_MS, Figure.LATENESS_P99_MS, Figure.LATENESS_MAX_MS,
        Figure.LIVING_CLOSED, Figure.SILENT_MISSED, Figure.SILENT_EARLY, Figure.CLIENT_GAP_MS);

    private final Map<String, String> facts;
    private final List<AttackRun> runs;

    AttackTables(final Map<String, String> facts, final List<AttackRun> runs)
    {
        this.facts = facts;
        this.runs = runs;
    }

    String markdown()
    {
        final StringBuilder text = new StringBuilder("# Under attack\n\n");
        facts.forEach((name, value) -> text.append("- ").append(name).append(": ").append(value).append('\n'));
        addHonest(text);
        addHostile(text);
        runs.stream().filter((run) -> null != run.honest().failure()).forEach((run) ->
            text.append("\nFailed: ").append(run.attack()).append(": ").append(run.honest().failure()).append('\n'));
        return text.toString();
    }

    private void addHonest(final StringBuilder text)
    {
        text.append("\n## What the honest clients felt\n\n| attack |");
        FELT.forEach((figure) -> text.append(' ').append(figure.title()).append(" |"));
        text.append(" round trip max ms | CPU of the server, % of a core | RSS MB | stalls it saw of itself |\n|---|")
            .append("---:|".repeat(FELT.size() + 4)).append('\n');
        for (final AttackRun run : runs)
        {
            text.append("| ").append(run.attack()).append(" |");
            for (final Figure figure : FELT)
            {
                add(text, figure.digits(), run.honest().figures().get(figure));
            }
            add(text, 2, run.roundTripMaxMs());
            add(text, 0, run.server().get(AttackRun.CPU_PERCENT));
            add(text, 0, run.server().get(AttackRun.RSS_MB));
            add(text, 0, run.server().get(AttackRun.STALLS));
            text.append('\n');
        }
    }

    private void addHostile(final StringBuilder text)
    {
        text.append("\n## What the attackers did, and got\n\n| attack | connects per s | frames per s | KB per s | ")
            .append("longest life s | their connections ended | reasons of the server, honest clients included |\n")
            .append("|---|").append("---:|".repeat(4)).append("---|---|\n");
        for (final AttackRun run : runs)
        {
            text.append("| ").append(run.attack()).append(" |");
            add(text, 0, run.perSecond(AttackRun.CONNECTS));
            add(text, 0, run.perSecond(AttackRun.FRAMES));
            add(text, 0, run.perSecond(AttackRun.BYTES) / 1e3);
            add(text, 2, run.hostile().getOrDefault(AttackRun.LONGEST_MS, 0L) / 1e3);
            text.append(' ').append(run.endings()).append(" | ").append(AttackRun.text(run.closes())).append(" |\n");
        }
    }

    private static void add(final StringBuilder text, final int digits, final Double value)
    {
        text.append(null == value || value.isNaN() ? " - |" :
            String.format(Locale.ROOT, " %,." + digits + "f |", value));
    }
}
