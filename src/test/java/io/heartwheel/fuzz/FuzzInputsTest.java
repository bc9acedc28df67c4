package io.heartwheel.fuzz;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertFalse;

/**
 * Every input that is kept, and every beginning of it.
 */
class FuzzInputsTest
{
    private static final Path TARGETS = Path.of("src/test/java/io/heartwheel/fuzz");
    private static final Path INPUTS = Path.of("src/test/resources/io/heartwheel/fuzz");
    private static final int BEGINNINGS_MAX = 300;

    static List<String> targets() throws IOException
    {
        try (Stream<Path> files = Files.list(TARGETS))
        {
            return files.map((file) -> file.getFileName().toString()).filter((name) -> name.endsWith("Fuzz.java"))
                .map((name) -> name.replace(".java", "")).sorted().collect(Collectors.toList());
        }
    }

    @ParameterizedTest
    @MethodSource("targets")
    void shouldHoldForEveryInputThatIsKept(final String target) throws Throwable
    {
        final MethodHandle fuzz = MethodHandles.publicLookup().findStatic(
            Class.forName(FuzzInputsTest.class.getPackageName() + "." + target),
            "fuzzerTestOneInput", MethodType.methodType(void.class, byte[].class));
        final List<Path> inputs;
        try (Stream<Path> files = Files.list(INPUTS.resolve(target + "Inputs")))
        {
            inputs = files.sorted().collect(Collectors.toList());
        }
        assertFalse(inputs.isEmpty());

        for (final Path path : inputs)
        {
            final byte[] input = Files.readAllBytes(path);
            run(fuzz, input, path);
            for (int length = 0; length < Math.min(input.length, BEGINNINGS_MAX); length++)
            {
                run(fuzz, Arrays.copyOf(input, length), path);
            }
        }
    }

    private static void run(final MethodHandle fuzz, final byte[] input, final Path path) throws Throwable
    {
        try
        {
            fuzz.invokeExact(input);
        }
        catch (final Exception | AssertionError ex)
        {
            throw new AssertionError(path + ", of it " + HexFormat.of().formatHex(input), ex);
        }
    }
}
