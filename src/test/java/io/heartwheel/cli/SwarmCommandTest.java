package io.heartwheel.cli;

import io.heartwheel.swarm.PlainServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class SwarmCommandTest
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

    private static String addressOf(final PlainServer server) throws IOException
    {
        return "127.0.0.1:" + server.address().getPort();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "--at 5                                | '5' is no duration with its unit, such as 15s or 1500ms",
        "--run 0s                              | run=0ns: more than 0",
        "-n 0                                  | connections=0: at least 1",
        "-n many                               | 'many' is no whole number       ",
        "-n 20 --silent 10 --close 8 --reset 3 | silent + close + reset = 21 of only 20 clients",
        "--protocol mqtt                       | [HEARTWHEEL, WEBSOCKET] (case-insensitive) but was 'mqtt'",
        "--detection -1s                       | '-1s' is no duration",
        "-n +5                                 | '+5' is no whole number",
        "-n \u0665                              | '\u0665' is no whole number",
        "-n 3000000000                         | '3000000000' is no whole number",
        "--silent -1                           | silent=-1, close=0, reset=0: none may be negative",
        "--silent 1 --at 40s                   | at + over = 40s is not before the end of the run, 30s",
        "--silent 1 --at 20s --over 15s        | at + over = 35s is not before the end of the run, 30s",
        "--server localhost                    | HOST:PORT expected",
        "--server 127.0.0.1:99999              | a port from 0 to 65535",
        "-n 2000000000                         | ulimit -n",
        "--bogus                               | Unknown option: '--bogus'",
    })
    void shouldRefuseWrongArgumentsInOneLine(final String args, final String expected)
    {
        final String[] options = args.split(" ");
        final String[] all = new String[options.length + 1];
        all[0] = "swarm";
        System.arraycopy(options, 0, all, 1, options.length);

        assertEquals(2, execute(all), err::toString);
        assertTrue(err.toString().startsWith("heartwheel swarm: "), err::toString);
        assertTrue(err.toString().contains(expected), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
        assertEquals("", out.toString());
    }

    @Test
    void shouldPrintUsageWithoutCommand()
    {
        assertEquals(2, execute());
        assertTrue(err.toString().contains("Usage: heartwheel"), err::toString);
        assertTrue(err.toString().contains("swarm"), err::toString);
    }

    @Test
    void shouldRefuseUnknownCommand()
    {
        assertEquals(2, execute("storm"));
        assertTrue(err.toString().startsWith("heartwheel: "), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
    }

    @Test
    void shouldPrintHelpAndVersion()
    {
        assertEquals(0, execute("swarm", "--help"));
        assertTrue(out.toString().contains("--silent=N"), out::toString);
        assertEquals(0, execute("--version"));
        assertTrue(out.toString().contains("heartwheel "), out::toString);
    }

    @Test
    void shouldReportAndSucceedWhenTheServerJudgesWell() throws IOException
    {
        try (PlainServer server = new PlainServer(300, 200, 1))
        {
            final int exitCode = execute("swarm", "--server", addressOf(server), "-n", "100", "--silent", "10",
                "--close", "5", "--reset", "5", "--at", "100ms", "--run", "1500ms");

            assertEquals(0, exitCode, () -> out + "\n" + err);
            final String report = out.toString();
            assertTrue(report.contains("100 of 100 connected in "), report);
            assertTrue(report.contains("asked after 300ms, then every 200ms, gone after 500ms"), report);
            assertTrue(report.contains("80, of which closed by the server: 0"), report);
            assertTrue(report.contains("10, of which closed by the server: 10, missing: 0"), report);
            assertTrue(report.contains("verdict        OK"), report);
            assertTrue(err.toString().contains("connecting: 100 of 100"), err::toString);
        }
    }

    @Test
    void shouldFailAndSayWhyWhenTheServerClosesTheLiving() throws IOException
    {
        try (PlainServer server = new PlainServer(200, 0, 0))
        {
            assertEquals(1, execute("swarm", "--server", addressOf(server), "-n", "10", "--run", "2s"));
            assertTrue(out.toString().contains("FAULTY: 10 living closed by the server"), out::toString);
            assertTrue(out.toString().contains("use --ping with less than its idle time"), out::toString);
        }
    }

    @Test
    void shouldFailInOneLineWithoutServer() throws IOException
    {
        final String address;
        try (PlainServer server = new PlainServer(5_000, 0, 0))
        {
            address = addressOf(server);
        }

        // PlainServer's listener is closed with it.
        assertEquals(1, execute("swarm", "--server", address, "-n", "10", "--connect-timeout", "200ms"));
        assertTrue(err.toString().startsWith("heartwheel swarm: cannot connect to " + address), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
    }
}
