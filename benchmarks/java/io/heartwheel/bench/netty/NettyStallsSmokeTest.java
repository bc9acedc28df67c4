package io.heartwheel.bench.netty;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The run of pauses works, on both lines of Netty. Its counts say something only of our handlers: with so few
 * clients Netty's own reads them all in one turn.
 */
@Tag("slow")
@Timeout(120)
class NettyStallsSmokeTest
{
    private final StringWriter said = new StringWriter();

    @Test
    void shouldCloseNoLivingAndAllSilent()
    {
        assertEquals(0, run("--pauses=stop", "--handlers=steady,liveness", "--transports=nio,epoll"), said::toString);
        assertTrue(said.toString().contains("| steady | stop | 0 of 280 | 20 of 20 |"), said::toString);
        assertTrue(said.toString().contains("| liveness | stop | 0 of 280 | 20 of 20 |"), said::toString);
        assertTrue(said.toString().contains("| 4.1."), said::toString);
    }

    @Test
    void shouldCloseNoneWhoseBytesWait()
    {
        assertEquals(0, run("--pauses=deaf", "--handlers=steady", "--versions=4.2", "--transports=io_uring"),
            said::toString);
        assertTrue(said.toString().contains("| steady | deaf | 0 of 280 | 20 of 20 |"), said::toString);
    }

    @Test
    void shouldRunNettysWebSocketServer()
    {
        assertEquals(0, run("--websocket", "--pauses=stop", "--handlers=steady", "--transports=nio",
            "--silent=0", "--versions=4.2"),
            said::toString);
        assertTrue(said.toString().contains("| steady | stop | 0 of 300 | 0 of 0 |"), said::toString);
    }

    private int run(final String... options)
    {
        final CommandLine line = new CommandLine(new NettyStalls());
        line.setOverwrittenOptionsAllowed(true);
        line.setErr(new PrintWriter(said));
        line.setOut(new PrintWriter(said));
        final String[] all = new String[options.length + 4];
        System.arraycopy(options, 0, all, 4, options.length);
        all[0] = "--connections=300";
        all[1] = "--silent=20";
        all[2] = "--idle-ms=2000";
        all[3] = "--pause-ms=2500";
        return line.execute(all);
    }
}
