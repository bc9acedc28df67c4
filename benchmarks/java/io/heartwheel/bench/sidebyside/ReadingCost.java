package io.heartwheel.bench.sidebyside;

import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.bench.harness.ChildProcess;
import io.heartwheel.bench.harness.ClientProcess;
import io.heartwheel.bench.harness.Load;
import io.heartwheel.bench.harness.Machine;
import io.heartwheel.bench.harness.Processes;
import io.heartwheel.metrics.Measure;
import io.heartwheel.metrics.Metrics;
import io.heartwheel.status.Observer;
import io.heartwheel.status.StatusServer;
import io.heartwheel.support.RecordingListener;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Measures what it costs a server when its status is read each second: CPU of its threads, and its duty cycle. Windows
 * of time with and without a reader alternate.
 */
@Command(
    name = "ReadingCost",
    description = "CPU and duty cycle of a server that is looked at each second, against one that is not.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class ReadingCost implements Callable<Integer>
{
    /** What is read each second: nothing, what Prometheus reads, what an open page reads. */
    private static final List<List<String>> LOOKS = List.of(List.of(), List.of("/metrics"),
        List.of("/status", "/history", "/losses", "/connections?sort=silence&limit=25"));
    private static final List<String> NAMES = List.of("nobody looks", "Prometheus", "the page");
    /** As the kernel cuts names. */
    private static final String HTTP_THREADS = "heartwheel-http";
    private static final String REACTOR_THREAD = "heartwheel-serv";
    private static final int WARM_UP_S = 10;

    @Option(names = {"-n", "--connections"}, defaultValue = "19000",
        description = "clients, each with a PING a second (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--rounds", defaultValue = "5", description = "windows of each kind (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "10", description = "length of each (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--out", defaultValue = "benchmarks/results",
        description = "folder for what is found (default: ${DEFAULT-VALUE})")
    private Path out;

    private final HttpClient client = HttpClient.newHttpClient();

    /**
     * What was seen in one window.
     */
    private record Window(double httpPercent, double reactorPercent, double cycleP50Ms, double cycleP999Ms)
    {
    }

    public static void main(final String[] args)
    {
        System.exit(new CommandLine(new ReadingCost()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        final InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (HeartbeatServer server = HeartbeatServer.launch(new ServerContext()
                .bindAddress(anyPort).cadence(Load.CLIENT_1S.cadence()).listener(new RecordingListener()));
            ChildProcess clients = swarm(server.localAddress().getPort()))
        {
            clients.line(ClientProcess.CONNECTED, Processes.CONNECT_WAIT_MS);
            final Observer observer = new Observer(server, 0, System.nanoTime());
            try (StatusServer http = new StatusServer(anyPort, Set.of(), observer, List::of, System::nanoTime))
            {
                measure(server.metrics(), observer, "http://127.0.0.1:" + http.address().getPort());
            }
        }
        return 0;
    }

    private void measure(final Metrics metrics, final Observer observer, final String base)
        throws IOException, InterruptedException
    {
        final List<List<Window>> windows = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int kind = 0; kind < LOOKS.size(); kind++)
        {
            window(metrics, observer, base, LOOKS.get(kind), WARM_UP_S);
        }
        for (int round = 0; round < rounds; round++)
        {
            for (int kind = 0; kind < LOOKS.size(); kind++)
            {
                final Window window = window(metrics, observer, base, LOOKS.get(kind), seconds);
                System.err.println(NAMES.get(kind) + ": " + window);
                windows.get(kind).add(window);
            }
        }
        final String markdown = markdown(windows);
        Files.createDirectories(out);
        Files.writeString(out.resolve("reading.md"), markdown);
        System.out.println(markdown);
    }

    private Window window(
        final Metrics metrics,
        final Observer observer,
        final String base,
        final List<String> paths,
        final int windowS) throws IOException, InterruptedException
    {
        final Histogram before = metrics.histogram(Measure.CYCLE);
        final long httpBeforeNs = cpuNs(HTTP_THREADS);
        final long reactorBeforeNs = cpuNs(REACTOR_THREAD);
        final long startNs = System.nanoTime();
        for (int second = 0; second < windowS; second++)
        {
            observer.sample(System.currentTimeMillis(), System.nanoTime());
            for (final String path : paths)
            {
                client.send(HttpRequest.newBuilder(URI.create(base + path)).build(), BodyHandlers.ofByteArray());
            }
            TimeUnit.NANOSECONDS.sleep(startNs + TimeUnit.SECONDS.toNanos(second + 1) - System.nanoTime());
        }
        final double onePercentNs = (System.nanoTime() - startNs) / 100.0;
        final double httpPercent = (cpuNs(HTTP_THREADS) - httpBeforeNs) / onePercentNs;
        final double reactorPercent = (cpuNs(REACTOR_THREAD) - reactorBeforeNs) / onePercentNs;
        final Histogram cycles = metrics.histogram(Measure.CYCLE);
        cycles.subtract(before);
        return new Window(httpPercent, reactorPercent,
            cycles.getValueAtPercentile(50) / 1e6, cycles.getValueAtPercentile(99.9) / 1e6);
    }

    /**
     * CPU time of the threads of a name. The asking thread is in this process too, and is left out.
     */
    private static long cpuNs(final String thread) throws IOException
    {
        long cpuNs = 0;
        try (var tasks = Files.newDirectoryStream(Path.of("/proc/self/task")))
        {
            for (final Path task : tasks)
            {
                if (Files.readString(task.resolve("comm")).startsWith(thread))
                {
                    cpuNs += Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ")[0]);
                }
            }
        }
        return cpuNs;
    }

    private ChildProcess swarm(final int port) throws IOException
    {
        return Processes.clients(Processes.CLIENT_FLAGS, List.of(
            "swarm", Integer.toString(port), Integer.toString(connections), "1000", "0", "0", "1800000"));
    }

    private String markdown(final List<List<Window>> windows)
    {
        final StringBuilder text = new StringBuilder("# The cost of being looked at\n\n");
        Machine.facts().forEach(
            (name, value) -> text.append("- ").append(name).append(": ").append(value).append('\n'));
        text.append("- connections: ").append(connections).append(", each with a PING a second\n- ").append(rounds)
            .append(" windows of ").append(seconds).append(" s of each kind, in turn\n\nMedians. CPU is in percent ")
            .append("of one core.\n\n| each second | CPU of what answers | CPU of the reactor | ")
            .append("duty cycle p50 ms | p99.9 ms |\n|---|---:|---:|---:|---:|\n");
        for (int kind = 0; kind < windows.size(); kind++)
        {
            final List<Window> of = windows.get(kind);
            text.append(String.format(Locale.ROOT, "| %s | %.2f | %.1f | %.3f | %.2f |%n", NAMES.get(kind),
                Results.median(of.stream().mapToDouble(Window::httpPercent).toArray()),
                Results.median(of.stream().mapToDouble(Window::reactorPercent).toArray()),
                Results.median(of.stream().mapToDouble(Window::cycleP50Ms).toArray()),
                Results.median(of.stream().mapToDouble(Window::cycleP999Ms).toArray())));
        }
        return text.toString();
    }
}
