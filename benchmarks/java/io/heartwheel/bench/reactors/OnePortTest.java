package io.heartwheel.bench.reactors;

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
 * Several server processes at one port: no verdict is wrong when one of them is killed, and all clients come back.
 */
@Timeout(120)
class OnePortTest
{
    @Test
    void shouldGiveOnlyRightVerdictsWhenAProcessIsKilled(@TempDir final Path out) throws Exception
    {
        final StringWriter said = new StringWriter();
        final int exitCode = new CommandLine(new OnePort())
            .setErr(new PrintWriter(said)).setOut(new PrintWriter(said))
            .execute("--connections=240", "--hanging=60", "--max=100", "--seconds=1",
                "--server-flags=-XX:+UseSerialGC -Xmx64m -Dheartwheel.rehearsal=0ns", "--out=" + out);

        assertEquals(0, exitCode, said::toString);
        final String text = Files.readString(out.resolve("one-port.md"));
        assertTrue(text.contains("1/PEER_CLOSED="), text);
        assertTrue(text.contains("PEER_SILENT="), text);
    }
}
