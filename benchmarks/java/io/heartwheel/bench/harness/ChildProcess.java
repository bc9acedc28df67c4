package io.heartwheel.bench.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A child process, which ends with this one at the latest. Both exchange lines of text.
 */
public final class ChildProcess implements AutoCloseable
{
    private static final long END_WAIT_S = 5;
    private static final String EOF = "";

    private final Process process;
    private final Path errors;
    private final PrintStream toChild;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Thread endHook;

    ChildProcess(final List<String> command) throws IOException
    {
        errors = Files.createTempFile("side-by-side", ".err");
        final ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        // What the JVM compiles with goes back once it is free, and is not taken for memory of connections.
        builder.environment().put("MALLOC_ARENA_MAX", "1");
        builder.environment().put("MALLOC_MMAP_THRESHOLD_", "16384");
        process = builder.start();
        toChild = new PrintStream(process.getOutputStream(), true, StandardCharsets.US_ASCII);
        endHook = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(endHook);
        final Thread reader = new Thread(this::readLines, "child-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    public long pid()
    {
        return process.pid();
    }

    /**
     * The next line.
     *
     * @throws IOException with what the process wrote to standard error, if none comes in time.
     */
    public String line(final long timeoutMs) throws IOException, InterruptedException
    {
        final String line = lines.poll(timeoutMs, TimeUnit.MILLISECONDS);
        if (null == line || EOF.equals(line))
        {
            throw new IOException((null == line ? "no answer within " + timeoutMs + " ms" : "it ended") + errorText());
        }
        return line;
    }

    /**
     * The rest of the next line, which has to begin with a word.
     */
    public String line(final String word, final long timeoutMs) throws IOException, InterruptedException
    {
        final String line = line(timeoutMs);
        if (!line.startsWith(word))
        {
            throw new IOException(word + " expected, not: " + line);
        }
        return line.substring(word.length()).strip();
    }

    /**
     * All lines before the one given, of which each has to come in time.
     */
    public List<String> lines(final String last, final long timeoutMs) throws IOException, InterruptedException
    {
        final List<String> before = new ArrayList<>();
        for (String line = line(timeoutMs); !last.equals(line); line = line(timeoutMs))
        {
            before.add(line);
        }
        return before;
    }

    public String ask(final String word, final long timeoutMs) throws IOException, InterruptedException
    {
        toChild.println(word);
        return line(word, timeoutMs);
    }

    /**
     * Send it a signal.
     */
    public void signal(final String name) throws IOException, InterruptedException
    {
        final Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid()).start();
        if (!kill.waitFor(END_WAIT_S, TimeUnit.SECONDS) || 0 != kill.exitValue())
        {
            throw new IOException("kill -" + name + " " + pid() + " failed");
        }
    }

    @Override
    public void close() throws IOException
    {
        toChild.close();
        try
        {
            if (!process.waitFor(END_WAIT_S, TimeUnit.SECONDS))
            {
                process.destroyForcibly().waitFor(END_WAIT_S, TimeUnit.SECONDS);
            }
        }
        catch (final InterruptedException ex)
        {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(errors);
        try
        {
            Runtime.getRuntime().removeShutdownHook(endHook);
        }
        catch (final IllegalStateException ex)
        {
            // It is running.
        }
    }

    private void readLines()
    {
        try (BufferedReader reader =
            new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII)))
        {
            for (String line = reader.readLine(); null != line; line = reader.readLine())
            {
                lines.add(line);
            }
        }
        catch (final IOException ex)
        {
            // It ended, which is told below.
        }
        lines.add(EOF);
    }

    private String errorText() throws IOException
    {
        final String text = Files.readString(errors).strip();
        return text.isEmpty() ? "" : ": " + text.lines().limit(3).reduce((a, b) -> a + " | " + b.strip()).orElse("");
    }
}
