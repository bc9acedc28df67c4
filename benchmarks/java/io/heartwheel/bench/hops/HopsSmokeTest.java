package io.heartwheel.bench.hops;

import io.heartwheel.support.Tool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A small fleet of real processes keeps its word, and the checker sees it when the registry does not.
 */
@Tag("slow")
@Tag("tools")
@Timeout(180)
class HopsSmokeTest
{
    /** Within five seconds after all have come nobody is blamed. */
    private static final String PAST_THE_EXCUSE = "--seconds=14";

    private final StringWriter said = new StringWriter();

    @Test
    void shouldFindNobodyTwiceAndEverybodyOnce(@TempDir final Path folder)
    {
        assertEquals(0, run(folder, "--phases=NONE,ENGINE_EMPTIED", "--seconds=4"), said::toString);
        assertTrue(said.toString().contains("0 violations"), said::toString);
    }

    @Test
    void shouldSeeErasureById(@TempDir final Path folder)
    {
        assertEquals(1, run(folder, "--phases=NONE", "--plant=ERASE_BY_ID", PAST_THE_EXCUSE), said::toString);
        assertTrue(said.toString().contains("is not, though the same connection has been open"), said::toString);
    }

    @Test
    void shouldSeeGhosts(@TempDir final Path folder)
    {
        assertEquals(1, run(folder, "--phases=NODE_KILLED", "--plant=GHOST", "--seconds=4"), said::toString);
        assertTrue(said.toString().contains("ms after its last connection ended"), said::toString);
    }

    @Test
    void shouldSeeAStampThatGoesBackAndTellTheHistory(@TempDir final Path folder) throws IOException
    {
        assertEquals(1, run(folder, "--phases=NONE", "--plant=BACK", PAST_THE_EXCUSE), said::toString);
        assertTrue(said.toString().contains("is found by an older stamp than before"), said::toString);
        assertTrue(said.toString().contains("The shortest history"), said::toString);
        final List<String> histories = Files.readAllLines(folder.resolve("fleet-hops-histories.txt"));
        assertTrue(histories.stream().anyMatch((line) -> line.contains("opens a connection to")), histories::toString);
        assertTrue(histories.stream().anyMatch((line) -> line.contains("is found by lease")), histories::toString);
    }

    private int run(final Path folder, final String... options)
    {
        Tool.require("redis-server");
        Tool.require("haproxy");
        final CommandLine line = new CommandLine(new Hops());
        line.setErr(new PrintWriter(said));
        line.setOut(new PrintWriter(said));
        final String[] all = new String[options.length + 3];
        System.arraycopy(options, 0, all, 3, options.length);
        all[0] = "--connections=200";
        all[1] = "--hops=50";
        all[2] = "--out=" + folder;
        return line.execute(all);
    }
}
