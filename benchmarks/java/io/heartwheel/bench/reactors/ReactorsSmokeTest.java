package io.heartwheel.bench.reactors;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What measures several reactors works. The figures mean nothing here.
 */
@Tag("slow")
@Timeout(120)
class ReactorsSmokeTest
{
    @TempDir
    private Path out;

    private final StringWriter said = new StringWriter();

    private int run(final Callable<Integer> command, final String... options)
    {
        return new CommandLine(command).setErr(new PrintWriter(said)).setOut(new PrintWriter(said)).execute(options);
    }

    @Test
    void shouldMeasureRatesRoundByRound() throws Exception
    {
        for (int i = 0; i < 2; i++)
        {
            assertEquals(0, run(new Rates(), "--connections=200", "--intervals=200,100", "--seconds=1",
                "--settle=100", "--warm-up=0", "--part=1", "--out=" + out), said::toString);
        }
        assertEquals(1 + 2 * 2 * 2, Files.readAllLines(out.resolve("rates.csv")).size());
        assertTrue(Files.readString(out.resolve("rates.md")).contains("| 2 | 2 | 100 |"));
    }

    @Test
    void shouldBlockOneReactor()
    {
        assertEquals(0, run(new StallOfOne(), "--connections=200", "--silent=5", "--earlier=0", "--rehearsal=0",
            "--stall=1500"), said::toString);
    }

    @Test
    void shouldLookForSharedLines()
    {
        final int exitCode = run(new SharedLines(), "--connections=200");
        assertTrue(0 == exitCode || 1 == exitCode, said::toString);
    }
}
