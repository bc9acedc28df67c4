package io.heartwheel.support;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * A program of the system that a test needs.
 */
public final class Tool
{
    /** Set where the tests must run: what is missing is then a failure and no reason to skip. */
    private static final boolean IS_REQUIRED = Boolean.parseBoolean(System.getenv("HEARTWHEEL_TOOLS_REQUIRED"));
    private static final int TIMEOUT_S = 60;

    private Tool()
    {
    }

    /**
     * The path of a program, or the test is skipped.
     */
    public static String require(final String name)
    {
        final boolean isThere = Arrays.stream(System.getenv("PATH").split(":"))
            .anyMatch((folder) -> Files.isExecutable(Path.of(folder, name)));
        if (!isThere && IS_REQUIRED)
        {
            fail(name + " is not installed");
        }
        assumeTrue(isThere, name + " is not installed");
        return name;
    }

    /**
     * A file or folder of the system has to be there, or the test is skipped.
     */
    public static void requireFile(final Path path)
    {
        final boolean isThere = Files.exists(path);
        if (!isThere && IS_REQUIRED)
        {
            fail(path + " is not installed");
        }
        assumeTrue(isThere, path + " is not installed");
    }

    /**
     * Run it to its end, and return what it printed to standard output and error.
     */
    public static String run(final int exitCode, final String input, final String... command)
        throws IOException, InterruptedException
    {
        final Path output = Files.createTempFile("tool", ".txt");
        try
        {
            final Process process = new ProcessBuilder(command)
                .redirectErrorStream(true).redirectOutput(output.toFile()).start();
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS))
            {
                process.destroyForcibly();
                fail(List.of(command) + " does not end: " + Files.readString(output));
            }
            final String text = Files.readString(output);
            if (exitCode != process.exitValue())
            {
                fail(List.of(command) + " ended with " + process.exitValue() + ": " + text);
            }
            return text;
        }
        finally
        {
            Files.delete(output);
        }
    }
}
