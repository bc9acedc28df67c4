package io.heartwheel.cli;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.PrintWriter;
import java.io.StringWriter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The command {@code fleet} with a registry in which nobody is; {@code FleetIT} has one in which somebody is.
 */
class FleetCommandTest
{
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(final String... args)
    {
        return Heartwheel.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(args);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "fleet nodes --fleet memory                | 0 | 0 nodes",
        "fleet --fleet memory nodes                | 0 | 0 nodes",
        "fleet list --fleet memory                 | 0 | 0 in all",
        "fleet locate alice --fleet memory         | 1 | alice is not connected",
        "fleet send alice hello --fleet memory     | 1 | alice is not connected",
        "fleet close alice --fleet memory          | 1 | alice is not connected",
    })
    void shouldSayThatNobodyIsThere(final String args, final int exitCode, final String line)
    {
        assertEquals(exitCode, execute(args.trim().split(" +")));
        assertEquals(line + System.lineSeparator(), out.toString());
        assertEquals("", err.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "locate a/b/c --fleet memory | identity \"a/b/c\" is neither user nor user/device",
        "send a/ x --fleet memory | identity \"a/\" is neither user nor user/device",
        "close alice --fleet memory --reason PEER_SILENT | --reason=PEER_SILENT: expected LOCAL_CLOSE, SHUTDOWN",
        "close alice --fleet memory --reason NO | Invalid value for option '--reason'",
        "list --fleet memory --limit 0 | --limit=0: expected 1 or more",
        "nodes | which fleet? Set --fleet=redis://HOST:PORT, or -Dheartwheel.fleet",
        "locate --fleet memory | Missing required parameter: 'IDENTITY'",
    })
    void shouldSayInOneLineWhatIsWrong(final String args, final String message)
    {
        assertEquals(2, execute(("fleet " + args).split(" +")));
        assertTrue(err.toString().contains(message), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
        assertEquals("", out.toString());
    }

    @Test
    void shouldNotShowThePasswordOfAUrlThatItCannotRead()
    {
        assertEquals(1, execute("fleet", "nodes", "--fleet", "amqp://user:secret@host"));
        assertEquals("heartwheel fleet nodes: heartwheel.fleet=amqp://...@host: expected off, memory, or a URL such " +
            "as redis://127.0.0.1:6379" + System.lineSeparator(), err.toString());
    }

    @Test
    void shouldShowItsCommandsIfNoneIsGiven()
    {
        assertEquals(2, execute("fleet"));
        assertTrue(err.toString().contains("locate"), err::toString);
    }
}
