package io.heartwheel;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The figures that the page on Netty shows are those of the files that it names.
 */
class NettyFiguresTest
{
    private static final Path PAGE = Path.of("src/docs/netty.md");
    private static final Path STALLS = Path.of("benchmarks/results/netty-stalls.md");
    private static final Path BEATS = Path.of("benchmarks/results/netty-beats.md");

    @Test
    void shouldShowTheLivingThatEachHandlerClosed() throws IOException
    {
        final Map<String, List<String>> closed = closed("## 19000 clients, pause 6000 ms");
        assertEquals(10, closed.size(), closed::toString);
        final String page = Files.readString(PAGE);
        closed.forEach((server, counts) ->
            assertTrue(page.contains("| " + server + " | " + String.join(" | ", counts) + " |"), server));

        final int ofNetty = Integer.parseInt(closed.get("4.2.18 | nio | stop").get(0));
        final String readme = Files.readString(Path.of("README.md"));
        assertTrue(readme.contains(String.format(Locale.ROOT, "which closed %,d of 18,500", ofNetty)));
    }

    @Test
    void shouldShowTheClientsOfWebSocketThatEachHandlerClosed() throws IOException
    {
        final Map<String, List<String>> closed = closed("## 5000 WebSocket clients, pause 60000 ms");
        assertEquals(4, closed.size(), closed::toString);
        final String page = Files.readString(PAGE);
        closed.forEach((server, counts) -> assertTrue(page.contains(
            "| " + server.replace(" | stop", "") + " | " + String.join(" | ", counts) + " |"), server));
    }

    @Test
    void shouldShowWhatAHeartbeatCostsBesideNettysOwnHandler() throws IOException
    {
        final List<String> times = new ArrayList<>();
        String title = "";
        for (final List<String> row : rows(BEATS, "## server-1s"))
        {
            title = row.get(0).isEmpty() ? title : row.get(0);
            if (title.equals("CPU µs per heartbeat") && row.get(1).endsWith("+heartwheel"))
            {
                times.add(row.get(row.size() - 1).replaceAll(" .*", ""));
            }
        }
        assertEquals(2, times.size(), times::toString);
        final String page = Files.readString(PAGE);
        assertTrue(page.contains("| `server-1s` | " + String.join(" | ", times) + " |"), times::toString);
    }

    /**
     * By Netty, transport and pause: how many of the living each handler closed.
     */
    private static Map<String, List<String>> closed(final String heading) throws IOException
    {
        final Map<String, List<String>> closed = new LinkedHashMap<>();
        for (final List<String> row : rows(STALLS, heading))
        {
            if (row.get(0).startsWith("4."))
            {
                final String server = row.get(0).replace(".Final", "") + " | " + row.get(1) + " | " + row.get(3);
                closed.computeIfAbsent(server, (key) -> new ArrayList<>()).add(row.get(4).replaceAll(" of .*", ""));
            }
        }
        return closed;
    }

    /**
     * The cells of the tables under a heading, row by row.
     */
    private static List<List<String>> rows(final Path file, final String heading) throws IOException
    {
        final List<List<String>> rows = new ArrayList<>();
        boolean isUnderIt = false;
        for (final String line : Files.readAllLines(file))
        {
            isUnderIt = line.startsWith("## ") ? line.equals(heading) : isUnderIt;
            if (isUnderIt && line.startsWith("| "))
            {
                final String[] cells = line.substring(1, line.length() - 1).split("\\|", -1);
                rows.add(Arrays.stream(cells).map(String::strip).toList());
            }
        }
        assertTrue(!rows.isEmpty(), () -> file + " has no rows under " + heading);
        return rows;
    }
}
