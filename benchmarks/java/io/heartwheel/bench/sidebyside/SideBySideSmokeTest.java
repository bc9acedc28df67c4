package io.heartwheel.bench.sidebyside;

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
 * Every contender starts, serves clients, and is measured. The figures mean nothing here.
 */
@Timeout(120)
class SideBySideSmokeTest
{
    @TempDir
    private Path out;

    private final StringWriter said = new StringWriter();

    private int run(final String... options)
    {
        return new CommandLine(new SideBySide())
            .setErr(new PrintWriter(said))
            .setOut(new PrintWriter(said))
            .execute(options);
    }

    @Test
    void shouldRunEveryContender() throws Exception
    {
        assertEquals(0, run("--connections=100", "--rounds=1", "--loads=connect-storm", "--out=" + out),
            said::toString);

        final String table = Files.readString(out.resolve("side-by-side.md"));
        assertTrue(table.contains("| | heartwheel | netty-epoll | netty-io_uring | netty-nio | plain-nio |"), table);
        assertTrue(table.contains("| not served | 0 | 0 | 0 | 0 | 0 |"), table);
        assertTrue(Files.size(out.resolve("connect-storm-served.svg")) > 0);
    }

    @Test
    void shouldRunNettyWithOurHandler() throws Exception
    {
        final String contenders = "netty-nio+heartwheel,netty-epoll+heartwheel,netty-io_uring+heartwheel";
        assertEquals(0, run("--connections=100", "--rounds=1", "--loads=connect-storm", "--contenders=" + contenders,
            "--out=" + out), said::toString);

        final String table = Files.readString(out.resolve("side-by-side.md"));
        assertTrue(table.contains("| not served | 0 | 0 | 0 |"), table);
    }

    @Test
    void shouldSayThatAContenderFailed()
    {
        assertEquals(1, run("--connections=10", "--rounds=1", "--loads=connect-storm", "--contenders=heartwheel",
            "--server-flags=-XX:NoSuchFlag", "--out=" + out));
        assertTrue(said.toString().contains("FAILED: it ended: Unrecognized VM option"), said::toString);
    }

    @Test
    void shouldNameAContenderThatItDoesNotKnow()
    {
        assertEquals(2, run("--contenders=heartwheels", "--out=" + out));
        assertTrue(said.toString().contains("heartwheels"), said::toString);
    }
}
