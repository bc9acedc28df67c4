package io.heartwheel.netty;

import io.netty.util.Version;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The tests of this package run twice, on both lines of Netty: see the profile netty-4.1 of the build.
 */
class NettyVersionsTest
{
    @Test
    void shouldRunOnTheNettyThatTheBuildNames()
    {
        final Version handlers = Version.identify().get("netty-handler");

        assertEquals(System.getProperty("tests.netty"), handlers.artifactVersion());
        assertEquals(handlers.artifactVersion(), Version.identify().get("netty-transport").artifactVersion());
    }

    /** What the compiler chose of the newer Netty is in the oldest as well: methods, overloads and return types. */
    @Test
    void shouldBeTheSameCompiledAgainstTheOldestNetty() throws IOException
    {
        final Path room = Path.of("io/heartwheel/netty");
        final Path shipped = Path.of("target/classes").resolve(room);
        final Path onOldest = Path.of("target/netty-oldest/classes").resolve(room);
        final List<String> names = names(shipped);

        assertTrue(names.contains("LastLook.class"), names::toString);
        assertEquals(names, names(onOldest));
        for (final String name : names)
        {
            assertEquals(-1, Files.mismatch(shipped.resolve(name), onOldest.resolve(name)), name);
        }
    }

    private static List<String> names(final Path directory) throws IOException
    {
        try (Stream<Path> files = Files.list(directory))
        {
            return files.map((file) -> file.getFileName().toString())
                .filter((name) -> !name.equals("package-info.class")).sorted().collect(Collectors.toList());
        }
    }
}
