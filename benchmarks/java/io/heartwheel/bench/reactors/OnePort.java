package io.heartwheel.bench.reactors;

import io.heartwheel.bench.harness.BenchCommand;
import io.heartwheel.bench.harness.ChildProcess;
import io.heartwheel.bench.harness.Machine;
import io.heartwheel.bench.harness.ProcFs;
import io.heartwheel.bench.harness.Processes;
import io.heartwheel.bench.harness.ServerProcess;
import org.agrona.CloseHelper;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Several server processes at one port, and as many of clients. One process of clients hangs, one server is killed, and
 * another takes its place. Each verdict is checked by both sides.
 */
@Command(
    name = "OnePort",
    description = "Kills one of several server processes at one port, and checks all verdicts.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class OnePort extends BenchCommand
{
    private static final int KILLED = 1;
    private static final int WRONG = 1;
    private static final long ALL_OPEN_WAIT_MS = 60_000;
    private static final long LOOK_MS = 200;
    private static final long HANG_TO_KILL_MS = 1_000;
    /** After the last verdict is due. */
    private static final long LAST_WAIT_MS = 3_000;
    /** Of loopback, one for each process of clients. */
    private static final String SOURCE = "127.0.";
    private static final int FIRST_SOURCE = 10;

    @Option(names = {"-n", "--connections"}, defaultValue = "45000",
        description = "number of clients in all (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--processes", defaultValue = "3",
        description = "of servers, and as many of clients (default: ${DEFAULT-VALUE})")
    private int processes;

    @Option(names = "--hanging", defaultValue = "600",
        description = "clients of a process that hangs (SIGSTOP), among all (default: ${DEFAULT-VALUE})")
    private int hanging;

    @Option(names = "--max", defaultValue = "19000",
        description = "heartwheel.connections.max of each server (default: ${DEFAULT-VALUE})")
    private int maxConnections;

    @Option(names = "--seconds", defaultValue = "6",
        description = "to count heartbeats for before anything happens (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--server-flags", split = " ",
        description = "JVM flags of the servers (default: ${DEFAULT-VALUE})")
    private List<String> serverFlags = Processes.BEAT_SERVER_FLAGS;

    @Option(names = "--out", defaultValue = "benchmarks/results",
        description = "folder for one-port.md (default: ${DEFAULT-VALUE})")
    private Path out;

    private final List<ChildProcess> servers = new ArrayList<>();
    private final List<ChildProcess> clients = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final List<String> wrongs = new ArrayList<>();
    private ChildProcess hung;
    private boolean isKilled;
    private int port;

    public static void main(final String[] args)
    {
        System.exit(new CommandLine(new OnePort()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        require(processes > KILLED, "--processes=" + processes + ": expected at least 2");
        require(hanging > 0 && hanging < connections, "--hanging=" + hanging + ": expected fewer than --connections");
        Files.createDirectories(out);
        text.append("# Several processes at one port\n\n");
        Machine.facts().forEach((name, value) -> text.append("- ").append(name).append(": ").append(value)
            .append('\n'));
        try
        {
            start();
            steady();
            killOne();
            replaceOne();
        }
        finally
        {
            servers.forEach(CloseHelper::quietClose);
            clients.forEach(CloseHelper::quietClose);
        }
        text.append("\n## Wrong\n\n").append(wrongs.isEmpty() ? "Nothing.\n" : String.join("\n", wrongs) + "\n");
        Files.writeString(out.resolve("one-port.md"), text);
        spec.commandLine().getOut().println(text);
        return wrongs.isEmpty() ? 0 : WRONG;
    }

    private void start() throws IOException, InterruptedException
    {
        for (int i = 0; i < processes; i++)
        {
            startServer();
        }
        final long startNs = System.nanoTime();
        for (int i = 0; i < processes; i++)
        {
            startClients((connections - hanging) * (i + 1) / processes - (connections - hanging) * i / processes);
        }
        startClients(hanging);
        hung = clients.get(processes);
        awaitOpen(connections);
        text.append(String.format("- connections: %,d, of which %d are in the process that hangs; %s%n",
            connections, hanging, "each process of clients has 16 addresses of its own"));
        text.append(String.format("- all open after: %.1f s, the start of the clients' JVMs among them%n",
            (System.nanoTime() - startNs) / 1e9));
    }

    private void startServer() throws IOException, InterruptedException
    {
        tell("server %d", servers.size());
        final ChildProcess server = Processes.java(System.getProperty("java.class.path"),
            serverFlags, OnePortServer.class,
            List.of(Integer.toString(port), Integer.toString(servers.size()), Integer.toString(maxConnections)));
        servers.add(server);
        port = Integer.parseInt(server.line(ServerProcess.LISTENING, Processes.START_WAIT_MS));
    }

    private void startClients(final int links) throws IOException
    {
        tell("%,d clients", links);
        clients.add(Processes.java(System.getProperty("java.class.path"), Processes.CLIENT_FLAGS,
            OnePortClients.class, List.of(SOURCE + (FIRST_SOURCE + clients.size()), Integer.toString(port),
            Integer.toString(links))));
    }

    /** Heartbeats of all, for a while. */
    private void steady() throws IOException, InterruptedException
    {
        tell("beating");
        final long[] heard = new long[processes];
        final List<Map<String, Long>> cpu = new ArrayList<>();
        final long startNs = System.nanoTime();
        for (int i = 0; i < processes; i++)
        {
            heard[i] = counts(servers.get(i))[1];
            cpu.add(ProcFs.cpuNs(servers.get(i).pid()));
        }
        Thread.sleep(TimeUnit.SECONDS.toMillis(seconds));
        text.append("\n## Beating\n\n| server | connections | descriptors | heartbeats per s | CPU µs per heartbeat ")
            .append("|\n|---:|---:|---:|---:|---:|\n");
        for (int i = 0; i < processes; i++)
        {
            final long[] counts = counts(servers.get(i));
            final long pid = servers.get(i).pid();
            final long beats = counts[1] - heard[i];
            text.append(String.format("| %d | %,d | %,d | %,.0f | %.1f |%n", i, counts[0], ProcFs.descriptors(pid),
                beats * 1e9 / (System.nanoTime() - startNs),
                ProcFs.cpuNsBetween(cpu.get(i), ProcFs.cpuNs(pid)) / 1e3 / Math.max(1, beats)));
        }
    }

    private void killOne() throws IOException, InterruptedException
    {
        final Map<String, Integer> hangingAt = numbers(hung, OnePortClients.OPEN);
        final Map<String, Integer> openBefore = open();
        hung.signal("STOP");
        Thread.sleep(HANG_TO_KILL_MS);
        tell("kill server %d", KILLED);
        servers.get(KILLED).signal("KILL");
        isKilled = true;
        Thread.sleep(TimeUnit.NANOSECONDS.toMillis(OnePortServer.CADENCE.detectionNs()) + LAST_WAIT_MS);

        text.append(String.format("%n## One killed%n%n%d clients hang (SIGSTOP), %d ms later server %d is killed " +
            "(SIGKILL). %.1f s later:%n%n| server | hung there | ended, by its account | lateness ms p50 | p99 | max " +
            "| connections | refused | stalls |%n|---:|---:|---|---:|---:|---:|---:|---:|---:|%n", hanging,
            HANG_TO_KILL_MS, KILLED, OnePortServer.CADENCE.detectionNs() / 1e9 + LAST_WAIT_MS / 1e3));
        for (int i = 0; i < processes; i++)
        {
            if (KILLED != i)
            {
                addSurvivor(i, hangingAt.getOrDefault(Integer.toString(i), 0));
            }
        }
        checkClients(openBefore.getOrDefault(Integer.toString(KILLED), 0) -
            hangingAt.getOrDefault(Integer.toString(KILLED), 0));
    }

    private void addSurvivor(final int number, final int hungThere) throws IOException, InterruptedException
    {
        final ChildProcess server = servers.get(number);
        final String ends = server.ask(OnePortServer.ENDS, Processes.ANSWER_WAIT_MS);
        final String[] lateness = server.ask(OnePortServer.LATENESS, Processes.ANSWER_WAIT_MS).split(" ");
        final long[] counts = counts(server);
        text.append(String.format("| %d | %d | %s | %s | %s | %s | %,d | %,d | %d |%n", number, hungThere, ends,
            lateness[1], lateness[2], lateness[3], counts[0], counts[3], counts[2]));
        check(("PEER_SILENT=" + hungThere).equals(ends),
            "server " + number + " lost " + ends + ", but " + hungThere + " hung there");
    }

    /** Whose connections ended, by the clients that did not hang. */
    private void checkClients(final int atKilled) throws IOException, InterruptedException
    {
        final Map<String, Integer> ends = new TreeMap<>();
        text.append("\n| clients | connections ended: server/reason | came back | after ms p50 | p99 | max |\n")
            .append("|---:|---|---:|---:|---:|---:|\n");
        for (int i = 0; i < processes; i++)
        {
            final Map<String, Integer> own = numbers(clients.get(i), OnePortClients.ENDS);
            own.forEach((end, count) -> ends.merge(end, count, Integer::sum));
            final String[] back = clients.get(i).ask(OnePortClients.BACK, Processes.ANSWER_WAIT_MS).split(" ");
            text.append(String.format("| %d | %s | %s | %s | %s | %s |%n", i, own, back[0], back[1], back[2], back[3]));
        }
        ends.keySet().stream()
            .filter((end) -> !end.startsWith(KILLED + "/") && !end.startsWith(OnePortClients.NOBODY + "/"))
            .forEach((end) -> wrongs.add(ends.get(end) + " living clients lost a living server: " + end));
        final int lost = ends.entrySet().stream().filter((end) -> end.getKey().startsWith(KILLED + "/"))
            .mapToInt(Map.Entry::getValue).sum();
        check(lost == atKilled, lost + " of " + atKilled + " clients noticed that their server was killed");
    }

    /** Another process takes its place, and those that hung go on: all come back. */
    private void replaceOne() throws IOException, InterruptedException
    {
        final long startNs = System.nanoTime();
        startServer();
        hung.signal("CONT");
        awaitOpen(connections);
        text.append(String.format("%n## Another takes its place%n%nServer %d starts, and the %d go on (SIGCONT). All " +
            "%,d are open again after %.1f s, the start of its JVM among them: by server %s.%n", processes, hanging,
            connections, (System.nanoTime() - startNs) / 1e9, open()));
    }

    private void awaitOpen(final int wanted) throws IOException, InterruptedException
    {
        for (long leftMs = ALL_OPEN_WAIT_MS; leftMs > 0; leftMs -= LOOK_MS)
        {
            // By both sides: those that hung do not know yet that they were given up.
            if (wanted == open().values().stream().mapToInt(Integer::intValue).sum() && wanted == openAtServers())
            {
                return;
            }
            Thread.sleep(LOOK_MS);
        }
        wrongs.add("not " + wanted + " clients are open within a minute, but " + open());
    }

    private long openAtServers() throws IOException, InterruptedException
    {
        long open = 0;
        for (int i = 0; i < servers.size(); i++)
        {
            open += isKilled && KILLED == i ? 0 : counts(servers.get(i))[0];
        }
        return open;
    }

    /** Links that are open, by server. */
    private Map<String, Integer> open() throws IOException, InterruptedException
    {
        final Map<String, Integer> open = new TreeMap<>();
        for (final ChildProcess each : clients)
        {
            numbers(each, OnePortClients.OPEN).forEach((server, count) -> open.merge(server, count, Integer::sum));
        }
        return open;
    }

    private static Map<String, Integer> numbers(final ChildProcess clients, final String question)
        throws IOException, InterruptedException
    {
        final Map<String, Integer> numbers = new TreeMap<>();
        for (final String word : clients.ask(question, Processes.ANSWER_WAIT_MS).split(" "))
        {
            if (!word.isEmpty())
            {
                final String[] nameAndNumber = word.split("=");
                numbers.put(nameAndNumber[0], Integer.parseInt(nameAndNumber[1]));
            }
        }
        return numbers;
    }

    private static long[] counts(final ChildProcess server) throws IOException, InterruptedException
    {
        final String[] words = server.ask(OnePortServer.COUNTS, Processes.ANSWER_WAIT_MS).split(" ");
        final long[] counts = new long[words.length];
        for (int i = 0; i < counts.length; i++)
        {
            counts[i] = Long.parseLong(words[i]);
        }
        return counts;
    }

    private void check(final boolean isRight, final String otherwise)
    {
        if (!isRight)
        {
            wrongs.add(otherwise);
        }
    }
}
