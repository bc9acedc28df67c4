package io.heartwheel.bench;

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
 * The runs of whole processes run, find nothing wrong with a server that is right, and find what is wrong with one that
 * is not. How fast it is means nothing here.
 */
@Tag("slow")
@Timeout(120)
class LongRunsSmokeTest
{
    /** With so little the living are taken for a flood. */
    private static final String TOO_STRICT = "-Dheartwheel.frame.rate=1 -Dheartwheel.rate.burst=1s";

    @TempDir
    private Path out;

    private final StringWriter said = new StringWriter();

    private int run(final Callable<Integer> command, final String... options)
    {
        final CommandLine line = new CommandLine(command);
        line.setErr(new PrintWriter(said));
        line.setOut(new PrintWriter(said));
        final String[] all = new String[options.length + 4];
        System.arraycopy(options, 0, all, 0, options.length);
        all[options.length] = "--warm-up=1";
        all[options.length + 1] = "--connections=100";
        all[options.length + 2] = "--out";
        all[options.length + 3] = out.toString();
        return line.execute(all);
    }

    @Test
    void shouldAttack() throws Exception
    {
        assertEquals(0, run(new Attacks(), "--attackers=20", "--connects=50", "--seconds=1", "--attacks=ping-flood"),
            said::toString);
        assertTrue(Files.readString(out.resolve("attacks.md")).contains("BYE FLOODING"), said::toString);
        assertTrue(Files.size(out.resolve("attacks.json")) > 0);
    }

    @Test
    void shouldFindLivingClientsThatWereClosedUnderAttack()
    {
        assertEquals(1, run(new Attacks(), "--seconds=3", "--attacks=none", "--server-flags=" + TOO_STRICT),
            said::toString);
    }

    @Test
    void shouldSoak() throws Exception
    {
        assertEquals(0, run(new Soak(), "--minutes=0.05", "--rehearsal=1", "--sample=1", "--stall-every=0",
            "--connects=50", "--staying=50", "--fates=FIN,RESET,BYE,SILENT,MALFORMED"), said::toString);
        assertEquals(SoakSample.CSV_HEADER, Files.readAllLines(out.resolve("soak.csv")).get(0));
        assertTrue(Files.size(out.resolve("soak.svg")) > 0);
    }

    @Test
    void shouldFindWrongReasonsInASoak()
    {
        assertEquals(1, run(new Soak(), "--minutes=0.05", "--rehearsal=3", "--sample=1", "--stall-every=0",
            "--connects=50", "--fates=FIN", "--server-flags=" + TOO_STRICT), said::toString);
        assertTrue(said.toString().contains("and the server said FLOODING"), said::toString);
    }
}
