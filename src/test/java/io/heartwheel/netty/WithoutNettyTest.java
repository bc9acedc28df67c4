package io.heartwheel.netty;

import org.junit.jupiter.api.Test;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A program that does not use Netty need not have it. {@code ReadmeTest} runs one.
 */
class WithoutNettyTest
{
    private static final Path CLASSES = Path.of("target/classes");
    /** With what they need for themselves. */
    private static final List<String> OPTIONAL =
        List.of("netty", "micrometer", "fleet/redis", "cli", "status", "swarm");

    @Test
    void shouldLoadAllButThisPackage() throws Exception
    {
        try (URLClassLoader loader = new URLClassLoader(libraryAlone(), ClassLoader.getPlatformClassLoader()))
        {
            final List<String> names = classNames();
            assertTrue(names.contains("io.heartwheel.HeartbeatServer"), names::toString);
            for (final String name : names)
            {
                final Class<?> loaded = Class.forName(name, true, loader);
                assertTrue(loaded.getDeclaredMethods().length + loaded.getDeclaredFields().length >= 0);
            }

            assertThrows(
                NoClassDefFoundError.class,
                () -> Class.forName("io.heartwheel.netty.SteadyIdleStateHandler", true, loader));
        }
    }

    private static List<String> classNames() throws Exception
    {
        try (Stream<Path> files = Files.walk(CLASSES))
        {
            return files.map(CLASSES::relativize).map(Path::toString)
                .filter((file) -> file.endsWith(".class") && !file.endsWith("package-info.class"))
                .filter((file) -> OPTIONAL.stream().noneMatch((each) -> file.startsWith("io/heartwheel/" + each + "/")))
                .map((file) -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
                .sorted().collect(Collectors.toList());
        }
    }

    private static URL[] libraryAlone() throws MalformedURLException
    {
        final List<URL> urls = new ArrayList<>();
        urls.add(CLASSES.toUri().toURL());
        for (final String part : System.getProperty("java.class.path").split(File.pathSeparator))
        {
            if (part.contains("agrona") || part.contains("HdrHistogram"))
            {
                urls.add(Path.of(part).toUri().toURL());
            }
        }
        assertEquals(3, urls.size(), urls::toString);
        return urls.toArray(new URL[0]);
    }
}
