package io.heartwheel.network;

import io.heartwheel.support.Program;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hosts that are network namespaces. All traffic stays inside of them, and they are gone when this is closed or the JVM
 * exits.
 */
class Namespaces implements AutoCloseable
{
    private static final String PREFIX = "hw-" + ProcessHandle.current().pid() + "-";
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Set<Namespaces> OPEN = ConcurrentHashMap.newKeySet();
    private static final String TIMEOUT_S = "30";

    private static final String REMOVE = """
        failed=
        for host in $HOSTS; do
            [ ! -e /run/netns/$host ] || ip netns delete $host || failed=$host
        done
        [ -z "$failed" ]
        """;

    private static volatile boolean isExiting;

    private final Map<String, String> variables = new HashMap<>();
    private final List<Program> programs = new ArrayList<>();

    static
    {
        Runtime.getRuntime().addShutdownHook(new Thread(Namespaces::exit));
    }

    /**
     * Names are given to the hosts, and no more.
     *
     * @param hosts variables that scripts know them by.
     */
    Namespaces(final List<String> hosts)
    {
        final int number = COUNT.incrementAndGet();
        for (int i = 0; i < hosts.size(); i++)
        {
            variables.put(hosts.get(i), PREFIX + number + "-" + i);
        }
        variables.put("HOSTS", String.join(" ", variables.values()));
        OPEN.add(this);
    }

    private static void exit()
    {
        isExiting = true;
        OPEN.forEach(Namespaces::close);
    }

    /** Scripts know a value by this name. */
    final void set(final String variable, final String value)
    {
        variables.put(variable, value);
    }

    /** What a host is called by the kernel. */
    final String name(final String host)
    {
        return variables.get(host);
    }

    /**
     * Run the script that makes them, and leave nothing if it fails.
     */
    final void build(final String script)
    {
        try
        {
            run(script);
        }
        catch (final RuntimeException ex)
        {
            close();
            throw ex;
        }
    }

    /**
     * Run a shell script, which knows the hosts by their variables.
     */
    final synchronized void run(final String script)
    {
        requireOpen();
        run(script, variables);
    }

    static void run(final String script, final Map<String, String> variables)
    {
        try
        {
            final ProcessBuilder builder = new ProcessBuilder("timeout", "-s", "KILL", TIMEOUT_S, "sh", "-euc", script)
                .redirectErrorStream(true);
            builder.environment().putAll(variables);
            final Process process = builder.start();
            process.getOutputStream().close();
            final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (0 != process.waitFor())
            {
                throw new IllegalStateException(output.strip() + "\nin: " + script);
            }
        }
        catch (final IOException | InterruptedException ex)
        {
            throw new IllegalStateException(script, ex);
        }
    }

    /**
     * Run a main class on one of the hosts.
     *
     * @param host    variable of it.
     * @param options properties and arguments.
     */
    final synchronized Program start(final String host, final String main, final String... options) throws IOException
    {
        requireOpen();
        final Program program = Program.ofMain(on(host), main, options);
        programs.add(program);
        return program;
    }

    /**
     * What a command begins with that is run on one of the hosts.
     */
    final List<String> on(final String host)
    {
        return List.of("ip", "netns", "exec", variables.get(host));
    }

    private void requireOpen()
    {
        if (isExiting || !OPEN.contains(this))
        {
            throw new IllegalStateException("closed");
        }
    }

    @Override
    public final synchronized void close()
    {
        if (OPEN.remove(this))
        {
            programs.forEach(Program::close);
            run(REMOVE, variables);
        }
    }
}
