package io.heartwheel.network;

import io.heartwheel.support.Program;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * One cell of the matrix: one fault and one method.
 */
final class Cell
{
    /** So the last message before the fault is acknowledged as well. */
    private static final int QUIET_MS = 200;

    /** And nothing else is heard before the fault: the first PING is due after 1 s. */
    private static final double INJECT_WITHIN_S = 0.9;

    /** A blip is over before the second probe, 1.5 s after the last message. */
    private static final double BLIP_WITHIN_S = 1.4;

    /** A machine that is slow to inject a fault has injected another one, which is not judged. */
    private static final int TRIES = 10;

    /** A verdict that comes too late still gets into the table. */
    private static final double PATIENCE_S = 3;
    private static final double RECONNECT_WITHIN_S = 15;
    private static final double MESSAGE_WITHIN_S = 30;

    final Fault fault;
    final Method method;
    Hosts hosts;
    Program watched;
    Program peer;
    private volatile String measured = "FAILED";

    Cell(final Fault fault, final Method method)
    {
        this.fault = fault;
        this.method = method;
    }

    /**
     * Reason and time of the verdict, or that there was none.
     */
    String measured()
    {
        return measured;
    }

    @Override
    public String toString()
    {
        return fault.title + " / " + method.title;
    }

    Cell run() throws IOException, InterruptedException
    {
        for (int i = 0; i < TRIES; i++)
        {
            try (Hosts own = new Hosts(method.isServer))
            {
                hosts = own;
                connect();
                if (isJudged())
                {
                    return this;
                }
            }
        }
        throw new AssertionError("a fault took too long to inject, " + TRIES + " times");
    }

    private boolean isJudged() throws IOException, InterruptedException
    {
        try
        {
            return judge();
        }
        catch (final AssertionError ex)
        {
            measured += " (!)";
            throw new AssertionError(
                ex.getMessage() + "\nwatched: " + watched.lines() + "\npeer: " + peer.lines(), ex);
        }
    }

    private void connect() throws IOException, InterruptedException
    {
        fault.prepare().run(this);
        if (method.isServer)
        {
            watched = hosts.start("SERVER", method.watched(), options("serve"));
            watched.await("ready");
            peer = hosts.start("CLIENT", PlainPeer.NAME, "connect", "10.77.1.2", "7400");
        }
        else
        {
            peer = hosts.start("SERVER", PlainPeer.NAME, "listen", "7400");
            peer.await("ready");
            watched = hosts.start("CLIENT", Watched.NAME, options("connect"));
        }
        watched.await("open");
        peer.await("connected");
    }

    private String[] options(final String command)
    {
        final List<String> options = new ArrayList<>(method.properties(fault.heartbeats(), fault.keepAlive()));
        options.addAll(List.of(
            "-Dheartwheel.bind=" + Hosts.SERVER_ADDRESS,
            "-Dheartwheel.reconnect.min=300ms",
            "-Dheartwheel.reconnect.max=1s",
            "-Dheartwheel.connect.timeout=1s",
            command, Hosts.SERVER_ADDRESS));
        return options.toArray(String[]::new);
    }

    private boolean judge() throws IOException, InterruptedException
    {
        peer.tell("mark");
        final long heardNs = timeOf(watched.await("message"));
        peer.await("done");
        Thread.sleep(QUIET_MS);
        final long faultNs = System.nanoTime();
        fault.inject.run(this);
        final double injectedS = secondsSince(heardNs);

        final Expected expected = fault.expected(method);
        if (isLate(expected, injectedS))
        {
            return false;
        }
        final String closed = watched.poll("closed", expected.toS() + PATIENCE_S - injectedS);
        if (null == expected.reason())
        {
            judgeSurvival(expected, closed);
            return true;
        }

        assertNotNull(closed, "no verdict");
        final String reason = closed.split(" ")[2];
        final double afterS = (timeOf(closed) - (expected.isOfFault() ? faultNs : heardNs)) / 1e9;
        measured = String.format(Locale.ROOT, "%s %.2f s", reason, afterS);
        assertEquals(expected.reason().name(), reason);
        judgeCause(closed);
        assertTrue(afterS >= expected.fromS() && afterS <= expected.toS(), afterS + " s, but " + expected);
        if (!method.isServer && null != fault.heal)
        {
            fault.heal.run(this);
            assertNotNull(watched.poll("open", RECONNECT_WITHIN_S), "no reconnect");
        }
        return true;
    }

    private boolean isLate(final Expected expected, final double injectedS)
    {
        return null == expected.reason() ? Fault.BLIP == fault && injectedS >= BLIP_WITHIN_S :
            !expected.isOfFault() && injectedS >= INJECT_WITHIN_S;
    }

    /**
     * Netty's end says it behind the reason and the silence, of what it has judged itself.
     */
    private void judgeCause(final String closed)
    {
        final String[] words = closed.split(" ");
        if (Method.NETTY_AT_SERVER == method && words.length > 4)
        {
            measured += " " + words[4];
            assertEquals(fault.cause().name(), words[4]);
        }
    }

    private void judgeSurvival(final Expected expected, final String closed) throws InterruptedException
    {
        measured = null == closed ? expected.isBlind() ? "not seen" : "survives" : closed;
        assertNull(closed);
        if (!expected.isBlind() && fault.isPeerAbleToSend())
        {
            peer.tell("still here");
            assertNotNull(watched.poll("message", MESSAGE_WITHIN_S), "no message gets through");
        }
    }

    /** The time in a line of {@link Watched}. */
    private static long timeOf(final String line)
    {
        return Long.parseLong(line.split(" ")[1]);
    }

    private static double secondsSince(final long timeNs)
    {
        return (System.nanoTime() - timeNs) / 1e9;
    }
}
