package io.heartwheel.bench.fleet;

import io.heartwheel.support.Tool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The runs of a registry work. Their figures mean nothing here, but for whom a layout forgets.
 */
@Tag("tools")
@Timeout(120)
class FleetSmokeTest
{
    @TempDir
    private Path folder;

    @Test
    void shouldCountWhatARegistryCosts() throws Exception
    {
        Tool.require("redis-server");
        FleetScale.main(new String[]{folder.toString(), "2000"});
        final String page = Files.readString(folder.resolve("fleet-scale.md"));
        assertTrue(page.contains("| all clients come at once | 2,000 | "), page);
    }

    @Test
    void shouldFindWhomALayoutForgets() throws Exception
    {
        Tool.require("redis-server");
        FleetPeers.main(new String[]{folder.toString(), "2000", "300", "1500"});
        final String page = Files.readString(folder.resolve("fleet.md"));
        assertTrue(page.matches("(?s).*\\| heartwheel \\| [23] \\| [23] \\| 0 \\|.*"), page);
        assertTrue(page.matches("(?s).*\\| erase by id \\(goim-like\\) \\| \\d+ \\| 1\\d+ \\| 2,000 \\|.*"), page);
        assertTrue(Files.size(folder.resolve("fleet-ghosts.svg")) > 1_000);
        assertTrue(Files.size(folder.resolve("fleet-rest.svg")) > 1_000);
    }

    @Test
    void shouldMeasureTheReactorWhateverItsRegistryDoes() throws Exception
    {
        Tool.require("redis-server");
        final StringWriter said = new StringWriter();
        assertEquals(0, new CommandLine(new FleetReactor()).setErr(new PrintWriter(said))
            .setOut(new PrintWriter(said)).execute("--connections=200", "--rounds=1", "--turns=1", "--seconds=1",
                "--settle=200", "--warm-up=0", "--out=" + folder), said::toString);
        final String page = Files.readString(folder.resolve("fleet-reactor.md"));
        assertTrue(page.matches("(?s).*\\| 1 \\| no fleet \\| NONE \\| 0 \\| 0 \\|.*"), page);
        assertTrue(page.matches("(?s).*\\| 1 \\| healthy \\| HELD \\| 0 \\| 0 \\|.*"), page);
        assertTrue(page.matches("(?s).*\\| 1 \\| stopped \\| DETACHED \\| 190 \\| [1-9]\\d* \\|.*"), page);
        assertTrue(page.matches("(?s).*\\| 1 \\| refusing \\| DETACHED \\| 190 \\| [1-9]\\d* \\|.*"), page);
    }
}
