package io.heartwheel.bench.harness;

import io.heartwheel.bench.servers.Contender;
import io.heartwheel.liveness.Cadence;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts the processes of a measurement: servers and clients.
 */
public final class Processes
{
    /** Of all servers: a young generation as small as steady heartbeats need. */
    public static final List<String> SERVER_FLAGS = List.of("-XX:+UseSerialGC", "-Xms64m", "-Xmx512m", "-Xmn8m");
    public static final List<String> CLIENT_FLAGS = List.of("-XX:+UseSerialGC", "-Xms256m", "-Xmx512m");
    /** Of all servers of Beats: a heap as servers have it. */
    public static final List<String> BEAT_SERVER_FLAGS = List.of("-XX:+UseSerialGC", "-Xms512m", "-Xmx512m");
    public static final List<String> BEAT_CLIENT_FLAGS =
        List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms64m", "-Xmx64m");
    public static final long START_WAIT_MS = 20_000;
    public static final long ANSWER_WAIT_MS = 20_000;
    public static final long CONNECT_WAIT_MS = 70_000;

    private Processes()
    {
    }

    public static ChildProcess server(
        final Contender contender, final String classPath, final List<String> flags, final Cadence cadence)
        throws IOException
    {
        return server(ServerProcess.class, contender, classPath, flags, cadence);
    }

    static ChildProcess server(
        final Class<?> main,
        final Contender contender,
        final String classPath,
        final List<String> flags,
        final Cadence cadence)
        throws IOException
    {
        final List<String> allFlags = new ArrayList<>(contender.flags());
        allFlags.addAll(flags);
        return java(classPath, allFlags, main, List.of(contender.toString(),
            ms(cadence.idleNs()), ms(cadence.intervalNs()), Integer.toString(cadence.count())));
    }

    public static ChildProcess clients(final List<String> flags, final List<String> arguments) throws IOException
    {
        return java(System.getProperty("java.class.path"), flags, ClientProcess.class, arguments);
    }

    public static ChildProcess java(
        final String classPath, final List<String> flags, final Class<?> main, final List<String> arguments)
        throws IOException
    {
        final List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(arguments);
        return new ChildProcess(command);
    }

    /**
     * Some clients that speak often, so that what is measured later is compiled code, and memory for connections.
     */
    public static void warmUp(
        final List<String> flags, final int port, final int seconds, final boolean isWebSocket)
        throws IOException, InterruptedException
    {
        try (ChildProcess clients = clients(flags, Load.warmUpArguments(port, seconds, isWebSocket)))
        {
            clients.line(ClientProcess.CONNECTED, CONNECT_WAIT_MS);
            clients.lines(ClientProcess.DONE, seconds * 1_000L + ANSWER_WAIT_MS);
        }
    }

    private static String ms(final long ns)
    {
        return Long.toString(TimeUnit.NANOSECONDS.toMillis(ns));
    }
}
