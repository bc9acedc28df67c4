package io.heartwheel.fleet.redis;

import io.heartwheel.support.Tool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A redis-server of the test's own, on a loopback port that was free unless it is told where, with its files in a
 * folder that is deleted.
 */
public final class RedisServer implements AutoCloseable
{
    private static final long START_MS = 30_000;

    private final Path folder;
    private final RedisHost host;
    private final int port;
    private final List<String> options;
    private List<String> clientOptions = List.of();
    private Process process;

    private RedisServer(final Path folder, final RedisHost host, final int port, final List<String> options)
    {
        this.folder = folder;
        this.host = host;
        this.port = port;
        this.options = options;
    }

    /**
     * Start one, and wait until it answers.
     *
     * @param options of redis-server; {@code PORT} and {@code DIR} stand for its own.
     */
    public static RedisServer start(final String... options)
    {
        require();
        return launch(List.of(), options);
    }

    /** Of a machine that cannot, the test is skipped. */
    private static void require()
    {
        Tool.require("redis-server");
        Tool.require("redis-cli");
    }

    /**
     * One whose clients need options too: those of redis-cli.
     */
    public static RedisServer start(final List<String> clientOptions, final String... options)
    {
        require();
        return launch(clientOptions, options);
    }

    /**
     * The same where there is no JUnit.
     */
    public static RedisServer launch(final List<String> clientOptions, final String... options)
    {
        final RedisServer server = prepare(RedisHost.LOOPBACK, freePort(), options);
        server.clientOptions = clientOptions;
        return server.started();
    }

    /**
     * One on another host, for whoever reaches that.
     */
    public static RedisServer startOn(final RedisHost host, final int port, final String... options)
    {
        require();
        return prepare(host, port, options).started();
    }

    private RedisServer started()
    {
        begin();
        await(() -> cli("ping").contains("PONG"));
        return this;
    }

    /**
     * A sentinel that watches a master.
     */
    static RedisServer sentinel(final String name, final int masterPort, final int quorum) throws IOException
    {
        return sentinelOn(RedisHost.LOOPBACK, freePort(), name, "127.0.0.1 " + masterPort + " " + quorum, 3_000);
    }

    /**
     * A sentinel on another host.
     *
     * @param master address, port and quorum.
     * @param downMs how long a master does not answer that is down.
     */
    public static RedisServer sentinelOn(
        final RedisHost host, final int port, final String name, final String master, final int downMs)
        throws IOException
    {
        require();
        final RedisServer sentinel = prepare(host, port, "--sentinel");
        Files.writeString(sentinel.folder.resolve("sentinel.conf"), String.join("\n",
            "sentinel monitor " + name + " " + master,
            "sentinel down-after-milliseconds " + name + " " + downMs,
            "sentinel failover-timeout " + name + " 10000", ""));
        return sentinel.started();
    }

    private static RedisServer prepare(final RedisHost host, final int port, final String... options)
    {
        try
        {
            return new RedisServer(Files.createTempDirectory("heartwheel-redis"), host, port, List.of(options));
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    static int freePort()
    {
        // Where a cluster's own port, 10,000 above, exists too, and where the kernel gives no client one.
        for (int i = 0; i < 1_000; i++)
        {
            final int port = 12_000 + (int)(Math.random() * 10_000);
            try (ServerSocket first = new ServerSocket(port, 1, InetAddress.getLoopbackAddress()))
            {
                return first.getLocalPort();
            }
            catch (final IOException ex)
            {
                // Taken: another one.
            }
        }
        throw new IllegalStateException("no port is free");
    }

    /** Start the process, again if it was killed. */
    public void begin()
    {
        final List<String> command = new ArrayList<>(host.command());
        command.add("redis-server");
        if (options.contains("--sentinel"))
        {
            command.add(folder.resolve("sentinel.conf").toString());
        }
        command.add("--bind");
        Stream.of("127.0.0.1", host.address()).distinct().forEach(command::add);
        command.addAll(List.of(
            "--protected-mode", "no", "--dir", folder.toString(), "--daemonize", "no",
            "--logfile", folder.resolve("log").toString()));
        if (!options.contains("--tls-port"))
        {
            command.addAll(List.of("--port", Integer.toString(port)));
        }
        if (!options.contains("--appendonly") && !options.contains("--sentinel"))
        {
            command.addAll(List.of("--save", "", "--appendonly", "no"));
        }
        options.forEach((option) -> command.add(
            option.replace("PORT", Integer.toString(port)).replace("DIR", folder.toString())));
        try
        {
            process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("out").toFile())).start();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /** A sentinel knows all that there are. */
    public void awaitSentinels(final String name, final int sentinels, final int replicas)
    {
        await(() ->
        {
            final String known = cli("sentinel", "master", name);
            return known.contains("num-other-sentinels\n" + (sentinels - 1)) &&
                known.contains("num-slaves\n" + replicas);
        });
    }

    public void await(final BooleanSupplier condition)
    {
        final long deadlineMs = System.currentTimeMillis() + START_MS;
        while (!condition.getAsBoolean())
        {
            if (System.currentTimeMillis() > deadlineMs || !process.isAlive())
            {
                throw new IllegalStateException("redis-server at " + port + ": " + log());
            }
            pause(20);
        }
    }

    static void pause(final long ms)
    {
        try
        {
            Thread.sleep(ms);
        }
        catch (final InterruptedException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    public int port()
    {
        return port;
    }

    public String address()
    {
        return host.address() + ":" + port;
    }

    Path folder()
    {
        return folder;
    }

    /** Ask by redis-cli, and return what it prints. */
    public String cli(final String... command)
    {
        final List<String> all = new ArrayList<>(host.command());
        all.addAll(List.of("redis-cli", "-p", Integer.toString(port)));
        all.addAll(clientOptions);
        all.addAll(Arrays.asList(command));
        try
        {
            final Process cli = new ProcessBuilder(all).redirectErrorStream(true).start();
            cli.getOutputStream().close();
            final String text = new String(cli.getInputStream().readAllBytes()).strip();
            cli.waitFor();
            return text;
        }
        catch (final IOException | InterruptedException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    /** SIGKILL, and the start of another process on the same port and folder. */
    public void restart()
    {
        kill();
        begin();
        await(() -> cli("ping").contains("PONG"));
    }

    public void kill()
    {
        process.destroyForcibly();
        try
        {
            process.waitFor(10, TimeUnit.SECONDS);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
    }

    /** STOP or CONT. */
    public void signal(final String name)
    {
        try
        {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
        }
        catch (final IOException | InterruptedException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    String log()
    {
        return Stream.of("log", "out").map(folder::resolve).filter(Files::exists).map((path) ->
        {
            try
            {
                return Files.readString(path);
            }
            catch (final IOException ex)
            {
                return ex.toString();
            }
        }).collect(Collectors.joining("\n"));
    }

    @Override
    public void close()
    {
        if (null != process)
        {
            kill();
        }
        try (Stream<Path> files = Files.walk(folder))
        {
            files.sorted(Comparator.reverseOrder()).forEach((path) -> path.toFile().delete());
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
