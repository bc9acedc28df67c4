package io.heartwheel.bench.soak;

import io.heartwheel.bench.harness.BenchCommand;
import io.heartwheel.bench.harness.ChildProcess;
import io.heartwheel.bench.harness.ClientProcess;
import io.heartwheel.bench.harness.Load;
import io.heartwheel.bench.harness.Machine;
import io.heartwheel.bench.harness.Processes;
import io.heartwheel.bench.harness.RunOptions;
import io.heartwheel.bench.harness.ServerProcess;
import io.heartwheel.bench.servers.Contender;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Runs a server for a long time, with stalls, and with clients that come, go and misbehave. At the end every connection
 * has to have ended for the right reason, and none may have left anything behind. {@code benchmarks/README.md} says
 * what is checked and how.
 */
@Command(
    name = "Soak",
    description = "Runs a server for long with clients that come, go and misbehave; checks every loss, and for leaks.",
    footer = "Exit code: 0 if all was right, else 1, with a line for each violation.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class Soak extends BenchCommand
{
    /** As of all servers, and as many compiler threads at the end as at the start. */
    private static final List<String> SERVER_FLAGS = List.of("-XX:+UseSerialGC", "-Xms64m", "-Xmx512m", "-Xmn8m",
        "-XX:-UseDynamicNumberOfCompilerThreads", "-Dheartwheel.frame.timeout=10s");
    private static final int STALL_MIN_MS = 2_000;
    private static final int STALL_SPAN_MS = 5_000;
    private static final long STEP_MS = 100;
    private static final long LEAVE_WAIT_MS = 90_000;
    /** What lingers, and what the JVM keeps for a moment, is gone by then. */
    private static final long REST_MS = 4_000;
    private static final double HEAP_SLACK_MB = 2;
    private static final int STALLS_INDEX = 2;

    @Option(names = "--minutes", defaultValue = "30", description = "how long (default: ${DEFAULT-VALUE})")
    private double minutes;

    @Option(names = {"-n", "--connections"}, defaultValue = "10000",
        description = "clients at a time, each with a PING a second (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--staying", defaultValue = "80",
        description = "percent of them that live to the end, 1 to 100 (default: ${DEFAULT-VALUE})")
    private int stayingPercent;

    @Option(names = "--connects", defaultValue = "200",
        description = "most connects a second of the others (default: ${DEFAULT-VALUE})")
    private int connects;

    @Option(names = "--fates", split = ",",
        description = "what the others do in the end, of ${COMPLETION-CANDIDATES} (default: all)")
    private List<SoakFate> fates = Arrays.asList(SoakFate.values());

    @Option(names = "--stall-every", defaultValue = "60",
        description = "the server is stopped for 2 to 7 s about once in so many seconds, 0 never (default: " +
            "${DEFAULT-VALUE})")
    private int stallEverySeconds;

    @Option(names = "--rehearsal", defaultValue = "20",
        description = "seconds of the same before what is there without clients is counted (default: ${DEFAULT-VALUE})")
    private int rehearsalSeconds;

    @Option(names = "--sample", defaultValue = "5",
        description = "seconds between two looks at the server (default: ${DEFAULT-VALUE})")
    private int sampleSeconds;

    @Option(names = "--seed", defaultValue = "0",
        description = "draws which client does what and when (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--server-flags", split = " ",
        description = "JVM flags of the server (default: ${DEFAULT-VALUE})")
    private List<String> serverFlags = SERVER_FLAGS;

    @Mixin
    private RunOptions options;

    private final SoakLedger ledger = new SoakLedger();
    private final List<SoakSample> samples = new ArrayList<>();
    private final Map<String, String> found = new LinkedHashMap<>();
    private int stops;
    private long startNs;

    public static void main(final String[] args)
    {
        System.exit(new CommandLine(new Soak()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        require(minutes > 0 && connections > 0 && connects > 0 && sampleSeconds > 0 && rehearsalSeconds > 0,
            "only --stall-every and --seed may be less than 1");
        require(stayingPercent > 0 && stayingPercent <= 100, "--staying=" + stayingPercent + ": expected 1 to 100");
        options.begin();
        try (ChildProcess server = Processes.server(Contender.HEARTWHEEL, System.getProperty("java.class.path"),
            serverFlags, Load.CLIENT_1S.cadence()))
        {
            final String port = options.portOnceWarm(server, false);
            server.ask(ServerProcess.CLOSED, Processes.ANSWER_WAIT_MS);
            startNs = System.nanoTime();

            tell("rehearsal of %d s", rehearsalSeconds);
            run(server, port, rehearsalSeconds * 1_000L, 0);
            final SoakSample before = rest(server);
            samples.clear();
            tell("%s minutes", minutes);
            run(server, port, (long)(minutes * 60_000), stallEverySeconds);
            final SoakSample after = rest(server);

            ledger.close();
            compare(before, after);
            found.put("stops of the server", Integer.toString(stops));
            found.put("stalls it saw of itself", server.ask(
                ServerProcess.COUNTS, Processes.ANSWER_WAIT_MS).split(" ")[STALLS_INDEX]);
            found.put("connections it accepted", Long.toString(after.opened()));
            final SoakReport report = new SoakReport(facts(), found, before, after, samples, ledger);
            report.write(options.out());
            spec.commandLine().getOut().println(report.markdown());
        }
        ledger.violations().forEach((violation) -> tell("VIOLATION: %s", violation));
        return 0 == ledger.violationCount() ? 0 : 1;
    }

    /**
     * Clients for a while, until the last has left.
     */
    private void run(final ChildProcess server, final String port, final long runMs, final int stallEvery)
        throws IOException, InterruptedException
    {
        try (ChildProcess clients = Processes.java(System.getProperty("java.class.path"), Processes.CLIENT_FLAGS,
            SoakProcess.class, List.of(port, Integer.toString(connections),
            Integer.toString(Math.max(1, connections * stayingPercent / 100)), Integer.toString(connects),
            Long.toString(seed), fates.stream().map(SoakFate::name).collect(Collectors.joining(",")))))
        {
            clients.line(ClientProcess.CONNECTED, Processes.CONNECT_WAIT_MS);
            observe(server, clients, runMs, stallEvery);

            clients.ask(SoakProcess.END, Processes.ANSWER_WAIT_MS);
            String[] state = state(clients);
            for (long leftMs = LEAVE_WAIT_MS; leftMs > 0 && !"0".equals(state[0]); leftMs -= STEP_MS)
            {
                Thread.sleep(STEP_MS);
                state = state(clients);
            }
            if (!"0".equals(state[0]))
            {
                ledger.violate(state[0] + " connections are open " + LEAVE_WAIT_MS + " ms after all were to leave");
            }
            sample(server);
            found.put("longest gap of the clients, ms", state[1]);
            found.put("failed connects", state[2]);
            takeEnded(server, clients);
        }
    }

    private void observe(
        final ChildProcess server, final ChildProcess clients, final long runMs, final int stallEvery)
        throws IOException, InterruptedException
    {
        final Random random = new Random(seed);
        final long beginNs = System.nanoTime();
        long nextSampleMs = 0;
        long nextStallMs = stallEvery > 0 ? stallMs(random, stallEvery) : Long.MAX_VALUE;
        for (long ranMs = 0; ranMs < runMs; ranMs = (System.nanoTime() - beginNs) / 1_000_000)
        {
            if (ranMs >= nextStallMs)
            {
                stop(server, STALL_MIN_MS + random.nextInt(STALL_SPAN_MS));
                nextStallMs = (System.nanoTime() - beginNs) / 1_000_000 + stallMs(random, stallEvery);
            }
            if (ranMs >= nextSampleMs)
            {
                sample(server);
                takeEnded(server, clients);
                nextSampleMs = ranMs + sampleSeconds * 1_000L;
            }
            Thread.sleep(STEP_MS);
        }
    }

    /**
     * Time to the next stall.
     */
    private static long stallMs(final Random random, final int everySeconds)
    {
        return (long)(everySeconds * 1_000L * (0.5 + random.nextDouble()));
    }

    private void stop(final ChildProcess server, final int stopMs) throws IOException, InterruptedException
    {
        stops++;
        server.signal("STOP");
        Thread.sleep(stopMs);
        server.signal("CONT");
    }

    private void sample(final ChildProcess server) throws IOException, InterruptedException
    {
        final SoakSample last = samples.isEmpty() ? null : samples.get(samples.size() - 1);
        final SoakSample sample = SoakSample.of(server, ServerProcess.HEAP, seconds(), last);
        samples.add(sample);
        tell("%s", sample.csv());
    }

    private void takeEnded(final ChildProcess server, final ChildProcess clients)
        throws IOException, InterruptedException
    {
        ledger.done(clients.ask(SoakProcess.ENDED, Processes.ANSWER_WAIT_MS));
        ledger.said(server.ask(ServerProcess.CLOSED, Processes.ANSWER_WAIT_MS));
    }

    /**
     * What is there without clients.
     */
    private SoakSample rest(final ChildProcess server) throws IOException, InterruptedException
    {
        Thread.sleep(REST_MS);
        ledger.said(server.ask(ServerProcess.CLOSED, Processes.ANSWER_WAIT_MS));
        return SoakSample.of(server, ServerProcess.HEAP_LIVE, seconds(), null);
    }

    private void compare(final SoakSample before, final SoakSample after)
    {
        if (after.heapMb() > before.heapMb() + HEAP_SLACK_MB)
        {
            ledger.violate("heap in use: " + after.heapMb() + " MB at the end, " + before.heapMb() + " at the start");
        }
        if (after.descriptors() > before.descriptors())
        {
            ledger.violate("descriptors: " + after.descriptors() + " at the end, " + before.descriptors() +
                " at the start");
        }
        if (after.threads() > before.threads())
        {
            ledger.violate("threads: " + after.threads() + " at the end, " + before.threads() + " at the start");
        }
        if (after.connections() > 0)
        {
            ledger.violate("the server has " + after.connections() + " connections that nobody else has");
        }
    }

    private static String[] state(final ChildProcess clients) throws IOException, InterruptedException
    {
        return clients.ask(SoakProcess.STATE, Processes.ANSWER_WAIT_MS).split(" ");
    }

    private double seconds()
    {
        return (System.nanoTime() - startNs) / 1e9;
    }

    private Map<String, String> facts()
    {
        final Map<String, String> facts = new LinkedHashMap<>(Machine.facts());
        facts.put("server flags", String.join(" ", serverFlags));
        facts.put("client flags", String.join(" ", Processes.CLIENT_FLAGS));
        facts.put("clients", connections + " at a time, each with a PING a second, gone after 4 s of silence; " +
            stayingPercent + " % live to the end, of the others at most " + connects + " come in a second");
        facts.put("fates", fates.toString());
        facts.put("minutes", minutes + ", after a rehearsal of " + rehearsalSeconds + " s");
        facts.put("stall", 0 == stallEverySeconds ? "never" : "about every " + stallEverySeconds + " s, of 2 to 7 s");
        facts.put("seed", Long.toString(seed));
        return facts;
    }
}
