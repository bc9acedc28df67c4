package io.heartwheel.support;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A program in a process of its own, and in such as it starts by itself.
 */
public final class Program implements AutoCloseable
{
    private static final double AWAIT_S = 20;
    private static final int CLOSE_S = 10;

    private final Process process;
    private final UnaryOperator<String> filter;
    private final PrintStream in;
    private final BufferedReader out;
    private final List<String> lines = new ArrayList<>();
    private final List<Long> timesNs = new ArrayList<>();
    private int nextLine;

    /**
     * @param filter gives what is kept of a line that the program says; null drops it.
     */
    public Program(
        final List<String> command, final Map<String, String> environment, final UnaryOperator<String> filter)
        throws IOException
    {
        this.filter = filter;
        final ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        process = builder.start();
        in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        out = process.inputReader(StandardCharsets.UTF_8);
        final Thread reader = new Thread(this::read, "output of " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * A main class, which ends when its standard input does.
     *
     * @param place   what the command begins with, such as that it runs on another host.
     * @param options properties, then arguments.
     */
    public static Program ofMain(final List<String> place, final String main, final String... options)
        throws IOException
    {
        final List<String> command = new ArrayList<>(place);
        command.addAll(List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx64m",
            "-Djava.net.preferIPv4Stack=true", "-cp", System.getProperty("java.class.path")));
        final List<String> properties = Arrays.stream(options).filter(option -> option.startsWith("-D")).toList();
        command.addAll(properties);
        command.add(main);
        command.addAll(Arrays.asList(options).subList(properties.size(), options.length));
        return new Program(command, Map.of(), UnaryOperator.identity());
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

    private void add(final String said)
    {
        final String line = filter.apply(said);
        synchronized (lines)
        {
            if (null != line)
            {
                lines.add(line);
                timesNs.add(System.nanoTime());
                lines.notifyAll();
            }
        }
    }

    /**
     * Wait for the next line that begins so.
     *
     * @return the line, or null if there was none in time.
     */
    public String poll(final String prefix, final double withinS) throws InterruptedException
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
    public String await(final String prefix) throws InterruptedException
    {
        return await(prefix, "");
    }

    public String await(final String prefix, final String suffix) throws InterruptedException
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
    public List<String> lines()
    {
        synchronized (lines)
        {
            return List.copyOf(lines);
        }
    }

    /**
     * When it said the last line that begins so.
     */
    public long lastNs(final String prefix)
    {
        synchronized (lines)
        {
            for (int i = lines.size() - 1; i >= 0; i--)
            {
                if (lines.get(i).startsWith(prefix))
                {
                    return timesNs.get(i);
                }
            }
            throw new AssertionError("no line '" + prefix + "...' in " + lines);
        }
    }

    public void tell(final String line)
    {
        in.println(line);
    }

    /**
     * {@code STOP}, {@code CONT}, {@code KILL}: to all of its processes.
     */
    public void signal(final String signal) throws IOException, InterruptedException
    {
        final List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        processes().forEach((each) -> command.add(Long.toString(each.pid())));
        new ProcessBuilder(command).start().waitFor();
        if ("KILL".equals(signal))
        {
            process.waitFor();
        }
    }

    private Stream<ProcessHandle> processes()
    {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants());
    }

    /**
     * Wait for its end.
     *
     * @return false if it goes on for longer.
     */
    public boolean hasEnded(final double withinS) throws InterruptedException
    {
        return process.waitFor((long)(withinS * 1e3), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close()
    {
        final List<ProcessHandle> all = processes().toList();
        all.forEach(ProcessHandle::destroyForcibly);
        // What they have open may be deleted then.
        all.forEach((each) -> each.onExit().completeOnTimeout(each, CLOSE_S, TimeUnit.SECONDS).join());
    }
}
