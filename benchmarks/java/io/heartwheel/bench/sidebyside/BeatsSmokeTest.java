package io.heartwheel.bench.sidebyside;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Every contender is measured with the light clients, by every figure. The figures mean nothing here.
 */
@Timeout(120)
class BeatsSmokeTest
{
    @TempDir
    private Path out;

    private final StringWriter said = new StringWriter();

    private int run(final String... options)
    {
        return new CommandLine(new Beats()).setOverwrittenOptionsAllowed(true)
            .setErr(new PrintWriter(said))
            .setOut(new PrintWriter(said))
            .execute(options);
    }

    private String measure(final String contenders, final String load, final String... options) throws Exception
    {
        final List<String> all = new ArrayList<>(List.of("--connections=200", "--rounds=1", "--seconds=1",
            "--settle=0", "--warm-up=0", "--set=heartwheel.rehearsal=0ns", "--churn=30", "--contenders=" + contenders,
            "--loads=" + load, "--out=" + out));
        all.addAll(List.of(options));
        assertEquals(0, run(all.toArray(new String[0])), said::toString);
        return Files.readString(out.resolve("beats.md"));
    }

    private static void assertMeasured(final String table, final String row, final String contender)
    {
        assertTrue(table.matches("(?s).*\\| " + row + " \\| " + contender + " \\| [0-9].*"), row + " in " + table);
    }

    @Test
    void shouldMeasureEveryContender() throws Exception
    {
        final String table =
            measure("heartwheel,plain-nio,netty-nio,netty-epoll,netty-io_uring", "client-1s-random", "--seed=7");

        assertTrue(table.contains("- seed of client-1s-random: 7"), table);
        for (final String figure : List.of(
            "CPU µs per heartbeat", "CPU µs per heartbeat, reactor thread", "wake-ups per heartbeat",
            "selects per heartbeat", "bytes allocated per heartbeat", "round trip p50 ms"))
        {
            assertMeasured(table, figure, "heartwheel");
        }
        for (final String contender : List.of("plain-nio", "netty-nio", "netty-epoll", "netty-io_uring"))
        {
            assertMeasured(table, "", contender);
        }
        assertTrue(Files.size(out.resolve("beats.json")) > 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"server-1s", "client-1s"})
    void shouldMeasureContendersThatSpeakWebSocket(final String load) throws Exception
    {
        final String table = measure("heartwheel,heartwheel-websocket,netty-nio-websocket", load);

        assertMeasured(table, "CPU \u00B5s per heartbeat", "heartwheel");
        assertMeasured(table, "", "heartwheel-websocket");
        assertMeasured(table, "", "netty-nio-websocket");
    }

    @Test
    void shouldMeasureVariantsAndAnotherJarWhenTheServerAsks() throws Exception
    {
        final String table = measure("plain-nio", "server-1s", "--against=" + System.getProperty("user.dir"),
            "--set=heartwheel.tick=8ms", "--variant=calm:-Dheartwheel.coalesce=1ms,-Dheartwheel.accept.limit=8");

        assertMeasured(table, "", "heartwheel@against");
        assertMeasured(table, "", "heartwheel@calm");
    }

    @Test
    void shouldTellWhenTheSilentWereClosed() throws Exception
    {
        measure("heartwheel", "mass-death-together", "--silent=50", "--earlier=1");
        final String table = measure("heartwheel", "mass-death-together", "--silent=50", "--rounds=2", "--resume");

        assertMeasured(table, "lateness p99 ms", "heartwheel");
        assertMeasured(table, "last close after last deadline ms", "heartwheel");
        assertTrue(table.contains("| silent missed | heartwheel | 0 |"), table);
        assertTrue(table.contains("| living closed | heartwheel | 0 |"), table);
    }

    @Test
    void shouldRefuseALoadThatTheLightClientsDoNotMake()
    {
        assertEquals(2, run("--loads=churn", "--out=" + out));
        assertTrue(said.toString().contains("--loads=churn"), said::toString);
    }
}
