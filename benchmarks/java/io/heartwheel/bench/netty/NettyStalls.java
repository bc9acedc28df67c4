package io.heartwheel.bench.netty;

import io.heartwheel.bench.harness.BenchCommand;
import io.heartwheel.bench.harness.ChildProcess;
import io.heartwheel.bench.harness.Machine;
import io.heartwheel.bench.harness.Processes;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Pauses servers on Netty that close idle readers, and counts the living that they close, with Netty's handler and with
 * ours.
 */
@Command(
    name = "NettyStalls",
    description = "Pauses servers on Netty, and counts which peers they close.",
    footer = "Exit code: 0 if our handlers closed none of the living and each of the silent in time, else 1.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class NettyStalls extends BenchCommand
{
    private static final String STOP = "stop";
    private static final String HEADER =
        "| Netty | transport | handler | pause | living closed | silent closed | last after (s) | bound (s) |\n" +
        "|---|---|---|---|---|---|---|---|";
    /** The loop's delay, and the clients'. */
    private static final long SLACK_MS = 2_000;

    @Option(names = {"-n", "--connections"}, defaultValue = "19000",
        description = "clients, each with a message a second (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--silent", defaultValue = "500",
        description = "of them, fall silent as the pause begins (default: ${DEFAULT-VALUE})")
    private int silent;

    @Option(names = "--idle-ms", defaultValue = "4000", description = "reader idle time (default: ${DEFAULT-VALUE})")
    private long idleMs;

    @Option(names = "--pause-ms", defaultValue = "6000",
        description = "length of a pause (default: ${DEFAULT-VALUE})")
    private long pauseMs;

    @Option(names = "--pauses", split = ",", defaultValue = "stop,sleep",
        description = "stop: SIGSTOP; sleep: a handler sleeps; deaf: auto-read is off (default: ${DEFAULT-VALUE})")
    private List<String> pauses;

    @Option(names = "--transports", split = ",", defaultValue = "nio,epoll,io_uring",
        description = "of Netty; io_uring on 4.2 alone (default: ${DEFAULT-VALUE})")
    private List<String> transports;

    @Option(names = "--handlers", split = ",", defaultValue = "netty,steady,liveness",
        description = "netty: IdleStateHandler; steady: SteadyIdleStateHandler; liveness: LivenessHandler " +
            "(default: ${DEFAULT-VALUE})")
    private List<String> handlers;

    @Option(names = "--versions", split = ",", defaultValue = "4.2,4.1",
        description = "of Netty; 4.1 from --netty-4.1 (default: ${DEFAULT-VALUE})")
    private List<String> versions;

    @Option(names = "--netty-4.1", defaultValue = "target/netty-4.1",
        description = "folder of the jars of 4.1; the build fills it (default: ${DEFAULT-VALUE})")
    private Path netty41;

    @Option(names = "--io-ratio", defaultValue = "50",
        description = "ioRatio of the loops of 4.1, 1 to 100 (default: ${DEFAULT-VALUE}, as of Netty)")
    private int ioRatio;

    @Option(names = "--websocket", description = "Netty's WebSocket server and clients that send it PONGs")
    private boolean isWebSocket;

    @Option(names = "--out", paramLabel = "FILE",
        description = "write each row to the end of this file as well, under a heading of its load")
    private Path out;

    private String facts;
    private boolean isBroken;

    public static void main(final String[] args)
    {
        System.exit(new CommandLine(new NettyStalls()).execute(args));
    }

    @Override
    public Integer call() throws Exception
    {
        require(idleMs >= 2_000, "--idle-ms has to be 2000 or more, as a client says something each second");
        require(silent >= 0 && silent < connections, "--silent has to be less than --connections");
        require(!versions.contains("4.1") || Files.isDirectory(netty41),
            "no folder " + netty41 + ": build, and run in the project's folder, or take --versions 4.2");
        require(ioRatio >= 1 && ioRatio <= 100, "--io-ratio=" + ioRatio + ": expected 1 to 100");
        facts = Machine.facts().entrySet().stream()
            .map((fact) -> fact.getKey() + " " + fact.getValue()).collect(Collectors.joining(", "));
        tell("%s", facts);
        final PrintWriter table = spec.commandLine().getOut();
        table.println(HEADER);
        for (final String version : versions)
        {
            for (final String transport : transports)
            {
                if (!"4.1".equals(version) || !"io_uring".equals(transport))
                {
                    compare(table, version, transport);
                }
            }
        }
        return isBroken ? 1 : 0;
    }

    private void compare(final PrintWriter table, final String version, final String transport) throws Exception
    {
        for (final String pause : pauses)
        {
            for (final String handler : handlers)
            {
                final String row = row(version, transport, pause, handler);
                table.println(row);
                table.flush();
                write(row);
            }
        }
    }

    private void write(final String row) throws IOException
    {
        if (null == out)
        {
            return;
        }
        final String before = Files.exists(out) ? Files.readString(out) : "# Servers on Netty that pause\n";
        final String heading = String.format("## %d %s, pause %d ms%s", connections,
            isWebSocket ? "WebSocket clients" : "clients", pauseMs, 50 == ioRatio ? "" : ", ioRatio " + ioRatio);
        final boolean isUnderIt = before.substring(before.lastIndexOf("\n## ") + 1).startsWith(heading + "\n");
        Files.writeString(out, isUnderIt ? before + row + "\n" : String.format(
            "%s%n%s%n%nEach client says something each second; reader idle time %d ms; %s.%n%n%s%n%s%n",
            before, heading, idleMs, facts, HEADER, row));
    }

    private String row(final String version, final String transport, final String pause, final String handler)
        throws Exception
    {
        try (ChildProcess server = Processes.java(
            classPath(version), List.of("-XX:+UseSerialGC", "-Xmx1g"), StallServer.class,
            List.of(
                transport, handler, Long.toString(idleMs), isWebSocket ? StallServer.WEBSOCKET : "plain",
                Integer.toString(ioRatio))))
        {
            final String[] listening = server.line(StallServer.LISTENING, Processes.START_WAIT_MS).split(" ");
            try (StallClients clients =
                new StallClients(Integer.parseInt(listening[0]), connections, silent, isWebSocket))
            {
                clients.run(idleMs);
                final int early = clients.livingClosed() + clients.silentClosed();
                require(0 == early, early + " closed before the pause: this machine is too slow for so many");

                final long beginNs = System.nanoTime();
                clients.silence();
                pause(server, clients, pause);
                clients.run(foundWithinMs() - pauseMs);
                return told(listening[1], transport, pause, handler, clients, beginNs);
            }
        }
    }

    private void pause(final ChildProcess server, final StallClients clients, final String pause) throws Exception
    {
        if (STOP.equals(pause))
        {
            server.signal("STOP");
            clients.run(pauseMs);
            server.signal("CONT");
        }
        else
        {
            final Thread asks = new Thread(() -> ask(server, pause));
            asks.start();
            clients.run(pauseMs);
            asks.join();
        }
    }

    private void ask(final ChildProcess server, final String pause)
    {
        try
        {
            server.ask(pause + " " + pauseMs, pauseMs + Processes.ANSWER_WAIT_MS);
        }
        catch (final IOException | InterruptedException ex)
        {
            tell("%s", ex);
        }
    }

    /**
     * The pause, and then as long as it was, in whole idle times. Where none is silent, it is only seen whether a
     * living one is closed, which would be within two idle times.
     */
    private long foundWithinMs()
    {
        final long afterMs = (pauseMs + idleMs - 1) / idleMs * idleMs;
        return pauseMs + (0 == silent ? Math.min(afterMs, 2 * idleMs) : afterMs) + SLACK_MS;
    }

    private String told(
        final String version,
        final String transport,
        final String pause,
        final String handler,
        final StallClients clients,
        final long beginNs)
    {
        final double lastS = clients.lastSilentNs(beginNs) / (double)TimeUnit.SECONDS.toNanos(1);
        if (!StallServer.NETTY.equals(handler) && (clients.livingClosed() > 0 || clients.silentClosed() < silent))
        {
            isBroken = true;
        }
        return String.format("| %s | %s | %s | %s | %d of %d | %d of %d | %.1f | %.1f |", version, transport, handler,
            pause, clients.livingClosed(), connections - silent, clients.silentClosed(), silent, lastS,
            foundWithinMs() / 1_000.0);
    }

    /**
     * All of this process, but on 4.1: what the build has compiled, and the jars of 4.1. The native library of 4.2 must
     * not be there as well.
     */
    private String classPath(final String version) throws IOException
    {
        if (!"4.1".equals(version))
        {
            return System.getProperty("java.class.path");
        }
        try (Stream<Path> jars = Files.list(netty41))
        {
            return Stream.concat(Stream.of("target/classes", "target/test-classes"), jars.map(Path::toString).sorted())
                .collect(Collectors.joining(File.pathSeparator));
        }
    }
}
