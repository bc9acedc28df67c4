package io.heartwheel.bench;

import io.heartwheel.bench.attacks.Attacks;
import io.heartwheel.bench.attacks.SlowHttp;
import io.heartwheel.bench.sidebyside.Growth;
import io.heartwheel.bench.sidebyside.ReadingCost;
import io.heartwheel.bench.soak.Soak;
import io.heartwheel.bench.soak.SoakSample;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The long runs of whole processes work: they find no fault in a correct server, and find the fault of a defective one.
 * Their figures mean nothing here.
 */
@Tag("slow")
@Timeout(120)
class LongRunsSmokeTest
{
    /** The rate leaves room for heartbeats, but the burst for not even one: it is taken for a flood. */
    private static final String TOO_STRICT = "-Dheartwheel.frame.rate=1 -Dheartwheel.rate.burst=100ms";

    @TempDir
    private Path out;

    private final StringWriter said = new StringWriter();

    private int run(final Callable<Integer> command, final String... options)
    {
        final CommandLine line = new CommandLine(command);
        line.setErr(new PrintWriter(said));
        line.setOut(new PrintWriter(said));
        final List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--connections=100", "--out", out.toString()));
        return line.execute(all.toArray(new String[0]));
    }

    private int runWarm(final Callable<Integer> command, final String... options)
    {
        final List<String> all = new ArrayList<>(List.of(options));
        all.add("--warm-up=1");
        return run(command, all.toArray(new String[0]));
    }

    @Test
    void shouldMeasureGrowth() throws Exception
    {
        assertEquals(0, run(new Growth(), "--talkers=50", "--rounds=1", "--seconds=1"), said::toString);
        final String table = Files.readString(out.resolve("growth.md"));
        assertTrue(table.contains("| plain-nio | 100 | 50 |"), table);
        for (final String plot : List.of("growth-connections", "growth-memory", "growth-talkers"))
        {
            assertTrue(Files.size(out.resolve(plot + ".svg")) > 0, plot);
        }
    }

    @Test
    void shouldMeasureTheCostOfBeingLookedAt() throws Exception
    {
        assertEquals(0, run(new ReadingCost(), "--rounds=1", "--seconds=1"), said::toString);
        assertTrue(Files.readString(out.resolve("reading.md")).contains("| Prometheus |"));
    }

    @Test
    void shouldAttack() throws Exception
    {
        assertEquals(0, runWarm(new Attacks(), "--attackers=20", "--connects=50", "--seconds=1",
            "--attacks=ping-flood"), said::toString);
        assertTrue(Files.readString(out.resolve("attacks.md")).contains("BYE FLOODING"), said::toString);
        assertTrue(Files.size(out.resolve("attacks.json")) > 0);
    }

    @Test
    void shouldAttackTheOpeningOfWebSockets() throws Exception
    {
        assertEquals(0, runWarm(new Attacks(), "--attackers=20", "--connects=50", "--seconds=3",
            "--attacks=slow-opening"), said::toString);
        assertTrue(Files.readString(out.resolve("attacks.md")).contains("HANDSHAKE_TIMEOUT"), said::toString);
        Tool.require("slowhttptest");
        assertEquals(0, runWarm(new SlowHttp(), "--attackers=20", "--seconds=3"), said::toString);
        assertTrue(Files.readString(out.resolve("slowhttptest.md")).contains("HANDSHAKE_TIMEOUT="), said::toString);
    }

    @Test
    void shouldFindLivingClientsThatWereClosedUnderAttack()
    {
        assertEquals(1, runWarm(new Attacks(), "--seconds=3", "--attacks=none", "--server-flags=" + TOO_STRICT),
            said::toString);
    }

    @Test
    void shouldSoak() throws Exception
    {
        assertEquals(0, runWarm(new Soak(), "--minutes=0.05", "--rehearsal=1", "--sample=1", "--stall-every=0",
            "--connects=50", "--staying=50", "--fates=FIN,RESET,BYE,SILENT,MALFORMED"), said::toString);
        assertEquals(SoakSample.CSV_HEADER, Files.readAllLines(out.resolve("soak.csv")).get(0));
        assertTrue(Files.size(out.resolve("soak.svg")) > 0);
    }

    @Test
    void shouldFindWrongReasonsInASoak()
    {
        assertEquals(1, runWarm(new Soak(), "--minutes=0.05", "--rehearsal=3", "--sample=1", "--stall-every=0",
            "--connects=50", "--fates=FIN", "--server-flags=" + TOO_STRICT), said::toString);
        assertTrue(said.toString().contains("and the server said FLOODING"), said::toString);
    }
}
