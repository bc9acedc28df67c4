package io.heartwheel.cli;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A program whose reactor has ended by an error ends as well, whatever its other threads do.
 */
@Timeout(30)
class FailedReactorTest
{
    /** Thread.stop is what throws an Error anywhere, and works up to JDK 19. */
    @ParameterizedTest
    @CsvSource({"serve, heartwheel-server", "connect 127.0.0.1:1, heartwheel-client"})
    @EnabledForJreRange(max = JRE.JAVA_19)
    void shouldExitWith1AndSayWhy(final String command, final String threadName)
        throws IOException, InterruptedException
    {
        final List<String> line = new ArrayList<>(List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Dheartwheel.bind=127.0.0.1:0",
            "-cp", System.getProperty("java.class.path"), Stopper.class.getName(), threadName));
        line.addAll(List.of(command.split(" ")));
        // Its input stays open, so that connect waits for it.
        final Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        try
        {
            final String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(10, TimeUnit.SECONDS), out);
            assertEquals(1, process.exitValue(), out);
            // What stops a thread interrupts it as well: whichever it notices first.
            assertTrue(out.contains(": ended by an error: java.lang."), out);
        }
        finally
        {
            process.destroyForcibly();
        }
    }

    /**
     * The program, and a thread that stops one of its threads.
     */
    static final class Stopper
    {
        private Stopper()
        {
        }

        public static void main(final String[] args)
        {
            final Thread stopper = new Thread(() -> stop(args[0]));
            stopper.setDaemon(true);
            stopper.start();
            Heartwheel.main(List.of(args).subList(1, args.length).toArray(String[]::new));
        }

        private static void stop(final String name)
        {
            try
            {
                for (int tries = 0; tries < 1_000; tries++)
                {
                    Thread.sleep(10);
                    for (final Thread thread : Thread.getAllStackTraces().keySet())
                    {
                        // Before it runs, nothing of ours could see that it is stopped.
                        if (name.equals(thread.getName()) && Arrays.stream(thread.getStackTrace())
                            .anyMatch((frame) -> "runToTheEnd".equals(frame.getMethodName())))
                        {
                            // By reflection: it is not there for ever.
                            Thread.class.getMethod("stop").invoke(thread);
                            // Once more if it is still there: what was being done for one link ends that alone.
                            Thread.sleep(1_000);
                        }
                    }
                }
            }
            catch (final ReflectiveOperationException | InterruptedException ex)
            {
                throw new IllegalStateException(ex);
            }
        }
    }
}
