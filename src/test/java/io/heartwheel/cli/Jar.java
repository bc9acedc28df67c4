package io.heartwheel.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The packaged program, run in a process of its own as a user would.
 */
final class Jar implements AutoCloseable
{
    private static final int EXIT_TIMEOUT_S = 30;
    private static final int LIFE_S = 60;
    /** It takes a second of CPU for each server. A test that sets the knob itself has its own way. */
    private static final String NO_REHEARSAL = "-Dheartwheel.rehearsal=0ns";

    private final Process process;
    private final BufferedReader out;

    private Jar(final List<String> command) throws IOException
    {
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        out = process.inputReader(StandardCharsets.UTF_8);
        // A test that waits for a line that does not come reads the end of the stream then.
        CompletableFuture.delayedExecutor(LIFE_S, TimeUnit.SECONDS).execute(process::destroyForcibly);
    }

    /**
     * @param args system properties first, then the command and its options.
     */
    static Jar run(final String... args) throws IOException
    {
        return new Jar(command(args));
    }

    /**
     * Run with a limit of open files.
     */
    static Jar runWithFiles(final int files, final String... args) throws IOException
    {
        return runBy("ulimit -n " + files + "; exec \"$@\"", args);
    }

    /**
     * Run with settings of the JVM.
     */
    static Jar runWithFlags(final List<String> flags, final String... args) throws IOException
    {
        final List<String> command = command(args);
        command.addAll(1, flags);
        return new Jar(command);
    }

    /**
     * Run by a shell command, of which {@code "$@"} is the program.
     */
    static Jar runBy(final String shellCommand, final String... args) throws IOException
    {
        final List<String> command = new ArrayList<>(List.of("sh", "-c", shellCommand, "sh"));
        command.addAll(command(args));
        return new Jar(command);
    }

    /**
     * Run in a terminal, as a person would.
     */
    static Jar runInTerminal(final String... args) throws IOException
    {
        return runInTerminalBy("TERM=xterm CI= exec", args);
    }

    /**
     * Run in a terminal by a shell command, which is followed by the program.
     */
    static Jar runInTerminalBy(final String shellCommand, final String... args) throws IOException
    {
        return new Jar(List.of(
            "script", "-qefc", shellCommand + " " + String.join(" ", command(args)), "/dev/null"));
    }

    /**
     * Run without reading any of its output: the pipe is full from the start.
     */
    static Jar runUnread(final String... args) throws IOException
    {
        return runBy("head -c 65536 /dev/zero; exec \"$@\"", args);
    }

    private static List<String> command(final String... args)
    {
        final List<String> properties = Arrays.stream(args).filter(arg -> arg.startsWith("-D")).toList();
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(NO_REHEARSAL);
        command.addAll(properties);
        command.addAll(List.of("-jar", System.getProperty("tests.jar")));
        command.addAll(Arrays.asList(args).subList(properties.size(), args.length));
        return command;
    }

    /**
     * The next line that begins so, standard output and error together.
     */
    String readLine(final String prefix) throws IOException
    {
        final List<String> passed = new ArrayList<>();
        String line = out.readLine();
        while (null != line && !line.startsWith(prefix))
        {
            passed.add(line);
            line = out.readLine();
        }
        assertTrue(null != line, () -> "no line '" + prefix + "' in " + passed);
        return line;
    }

    List<String> readRest() throws IOException
    {
        return out.lines().toList();
    }

    /**
     * Type lines into its standard input.
     */
    void type(final String lines) throws IOException
    {
        process.getOutputStream().write((lines + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    void endInput() throws IOException
    {
        process.getOutputStream().close();
    }

    /**
     * The CPU time it has used.
     */
    Duration cpu()
    {
        return process.info().totalCpuDuration().orElseThrow();
    }

    void terminate()
    {
        // Not Process.destroy(), which closes the streams as well.
        process.toHandle().destroy();
    }

    /**
     * Send a signal to the program itself, whatever runs it.
     */
    void signal(final String name) throws IOException, InterruptedException
    {
        assertEquals(0, new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor());
    }

    /**
     * Wait until the program has ended, even if the process that runs it cannot take notice.
     */
    static void awaitEnd(final long pid) throws IOException, InterruptedException
    {
        final Path stat = Path.of("/proc/" + pid + "/stat");
        final long startNs = System.nanoTime();
        while (Files.exists(stat) && !Files.readString(stat).contains(") Z "))
        {
            assertTrue(System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(EXIT_TIMEOUT_S), "it does not end");
            Thread.sleep(20);
        }
    }

    /**
     * The program itself, whatever runs it.
     */
    long pid()
    {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
            .filter((each) -> each.info().command().orElse("").endsWith("/bin/java")).findFirst().orElseThrow().pid();
    }

    int exitCode() throws InterruptedException
    {
        assertTrue(process.waitFor(EXIT_TIMEOUT_S, TimeUnit.SECONDS), "it does not end");
        return process.exitValue();
    }

    /**
     * End whatever runs the program.
     */
    void kill()
    {
        process.destroyForcibly();
    }

    @Override
    public void close()
    {
        kill();
    }
}
