package io.heartwheel.network;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A main class in a process of its own, on a host of its own. It ends when its standard input does.
 */
final class Program implements AutoCloseable
{
    private static final double AWAIT_S = 20;

    private final Process process;
    private final PrintStream in;
    private final BufferedReader out;
    private final List<String> lines = new ArrayList<>();
    private int nextLine;

    Program(final String host, final String main, final String... options) throws IOException
    {
        final List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", host,
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx64m",
            "-Djava.net.preferIPv4Stack=true", "-cp", System.getProperty("java.class.path")));
        final List<String> properties = Arrays.stream(options).filter(option -> option.startsWith("-D")).toList();
        command.addAll(properties);
        command.add(main);
        command.addAll(Arrays.asList(options).subList(properties.size(), options.length));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        out = process.inputReader(StandardCharsets.UTF_8);
        final Thread reader = new Thread(this::read, "output of " + main);
        reader.setDaemon(true);
        reader.start();
    }

    private void read()
    {
        try
        {
            String line = out.readLine();
            while (null != line)
            {
                add(line);
                line = out.readLine();
            }
        }
        catch (final IOException ex)
        {
            add("(killed)");
        }
    }

    private void add(final String line)
    {
        synchronized (lines)
        {
            lines.add(line);
            lines.notifyAll();
        }
    }

    /**
     * Wait for the next line that begins so.
     *
     * @return the line, or null if there was none in time.
     */
    String poll(final String prefix, final double withinS) throws InterruptedException
    {
        return poll(prefix, "", withinS);
    }

    private String poll(final String prefix, final String suffix, final double withinS) throws InterruptedException
    {
        final long deadlineNs = System.nanoTime() + (long)(withinS * 1e9);
        synchronized (lines)
        {
            while (true)
            {
                while (nextLine < lines.size())
                {
                    final String line = lines.get(nextLine++);
                    if (line.startsWith(prefix) && line.endsWith(suffix))
                    {
                        return line;
                    }
                }
                final long remainingMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
                if (remainingMs <= 0)
                {
                    return null;
                }
                lines.wait(remainingMs);
            }
        }
    }

    /**
     * The next line that begins so.
     */
    String await(final String prefix) throws InterruptedException
    {
        return await(prefix, "");
    }

    String await(final String prefix, final String suffix) throws InterruptedException
    {
        final String line = poll(prefix, suffix, AWAIT_S);
        if (null == line)
        {
            throw new AssertionError("no line '" + prefix + "..." + suffix + "' in " + lines());
        }
        return line;
    }

    /**
     * Everything it has said so far.
     */
    List<String> lines()
    {
        synchronized (lines)
        {
            return List.copyOf(lines);
        }
    }

    void tell(final String line)
    {
        in.println(line);
    }

    /**
     * {@code STOP}, {@code CONT}, {@code KILL}.
     */
    void signal(final String signal) throws IOException, InterruptedException
    {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
        if ("KILL".equals(signal))
        {
            process.waitFor();
        }
    }

    @Override
    public void close()
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
}
