package io.heartwheel.bench.hops;

import io.heartwheel.bench.harness.ChildProcess;
import io.heartwheel.bench.harness.Processes;
import io.heartwheel.cli.Heartwheel;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Redis, the nodes, and HAProxy in front of them: processes of their own on loopback, with files in a folder that is
 * deleted at the end.
 */
final class FleetProcesses implements AutoCloseable
{
    private static final List<String> NODE_FLAGS = List.of("-XX:+UseSerialGC", "-Xms64m", "-Xmx256m");
    private static final int BUCKETS = 256;
    private static final int BALANCED_MAX = 8_000;
    private static final long START_WAIT_MS = 20_000;
    private static final int TRY_MS = 20;
    private static final long END_WAIT_S = 10;

    private final Path folder = Files.createTempDirectory("hops");
    private final int enginePort = freePort();
    private final int balancerPort = freePort();
    private final List<Integer> nodePorts = new ArrayList<>();
    private final List<ChildProcess> nodes = new ArrayList<>();
    private Process engine;
    private Process balancer;

    FleetProcesses(final int number) throws IOException, InterruptedException
    {
        startEngine();
        for (int i = 0; i < number; i++)
        {
            nodePorts.add(freePort());
            nodes.add(null);
            startNode(i);
        }
        startBalancer();
    }

    int enginePort()
    {
        return enginePort;
    }

    int buckets()
    {
        return BUCKETS;
    }

    String registry()
    {
        return "redis://127.0.0.1:" + enginePort;
    }

    List<InetSocketAddress> entries()
    {
        return Stream.concat(nodePorts.stream(), Stream.of(balancerPort))
            .map((port) -> new InetSocketAddress("127.0.0.1", port)).toList();
    }

    void startEngine() throws IOException, InterruptedException
    {
        engine = start(List.of("redis-server", "--port", "" + enginePort, "--bind", "127.0.0.1",
            "--dir", folder.toString(), "--save", "", "--appendonly", "yes"), "redis.log");
        awaitPort(enginePort);
    }

    /**
     * End it as a power cut would.
     *
     * @param isEmptied whether its data is gone too.
     */
    void killEngine(final boolean isEmptied) throws IOException, InterruptedException
    {
        engine.destroyForcibly().waitFor(END_WAIT_S, TimeUnit.SECONDS);
        if (isEmptied)
        {
            delete(folder.resolve("appendonlydir"));
        }
    }

    void signalEngine(final String name) throws IOException, InterruptedException
    {
        signal(engine.pid(), name);
    }

    void startNode(final int index) throws IOException, InterruptedException
    {
        final List<String> flags = new ArrayList<>(NODE_FLAGS);
        flags.addAll(List.of(
            "-Dheartwheel.bind=127.0.0.1:" + nodePorts.get(index),
            "-Dheartwheel.cadence=strict",
            "-Dheartwheel.identity.hello=true",
            "-Dheartwheel.fleet=" + registry(),
            "-Dheartwheel.fleet.buckets=" + BUCKETS,
            "-Dheartwheel.fleet.node=node" + index));
        final ChildProcess node =
            Processes.java(System.getProperty("java.class.path"), flags, Heartwheel.class, List.of("serve"));
        nodes.set(index, node);
        String line = node.line(START_WAIT_MS);
        while (!line.startsWith("listening on"))
        {
            line = node.line(START_WAIT_MS);
        }
    }

    void signalNode(final int index, final String name) throws IOException, InterruptedException
    {
        nodes.get(index).signal(name);
    }

    void killNode(final int index) throws IOException, InterruptedException
    {
        signalNode(index, "KILL");
        nodes.get(index).close();
    }

    private void startBalancer() throws IOException, InterruptedException
    {
        final List<String> lines = new ArrayList<>(List.of(
            "global", "  maxconn " + BALANCED_MAX,
            "defaults", "  mode tcp", "  timeout connect 2s", "  timeout client 1h", "  timeout server 1h",
            "frontend in", "  bind 127.0.0.1:" + balancerPort, "  default_backend fleet",
            "backend fleet", "  option redispatch"));
        for (int i = 0; i < nodePorts.size(); i++)
        {
            lines.add("  server node" + i + " 127.0.0.1:" + nodePorts.get(i) + " check inter 500ms");
        }
        final Path config = folder.resolve("haproxy.cfg");
        Files.write(config, lines);
        balancer = start(List.of("haproxy", "-db", "-f", config.toString()), "haproxy.log");
        awaitPort(balancerPort);
    }

    private Process start(final List<String> command, final String log) throws IOException
    {
        final Process process = new ProcessBuilder(command)
            .redirectErrorStream(true).redirectOutput(folder.resolve(log).toFile()).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return process;
    }

    private static void signal(final long pid, final String name) throws IOException, InterruptedException
    {
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid).start().waitFor(END_WAIT_S, TimeUnit.SECONDS);
    }

    private static void awaitPort(final int port) throws IOException, InterruptedException
    {
        final long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_WAIT_MS);
        while (true)
        {
            try
            {
                new Socket("127.0.0.1", port).close();
                return;
            }
            catch (final IOException ex)
            {
                if (System.nanoTime() - endNs > 0)
                {
                    throw new IOException("nobody listens at port " + port + " after " + START_WAIT_MS + " ms", ex);
                }
                Thread.sleep(TRY_MS);
            }
        }
    }

    private static int freePort() throws IOException
    {
        try (ServerSocket socket = new ServerSocket(0))
        {
            return socket.getLocalPort();
        }
    }

    private static void delete(final Path path) throws IOException
    {
        if (Files.exists(path))
        {
            try (Stream<Path> below = Files.walk(path))
            {
                for (final Path each : below.sorted(Comparator.reverseOrder()).toList())
                {
                    Files.delete(each);
                }
            }
        }
    }

    @Override
    public void close() throws IOException
    {
        try
        {
            for (final ChildProcess node : nodes)
            {
                if (null != node)
                {
                    node.signal("KILL");
                    node.close();
                }
            }
            if (null != balancer)
            {
                balancer.destroyForcibly().waitFor(END_WAIT_S, TimeUnit.SECONDS);
            }
            engine.destroyForcibly().waitFor(END_WAIT_S, TimeUnit.SECONDS);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
        delete(folder);
    }
}
