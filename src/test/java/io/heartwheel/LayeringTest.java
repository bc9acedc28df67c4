package io.heartwheel;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Each package uses only what it may. The face and the engine room stand on {@code config} and {@code host}, and these
 * on {@code wheel <- liveness}, {@code wire <- websocket}, {@code admission}, {@code tls}, {@code metrics}; the
 * programs stand on all of them. The test reads the sources without their comments; {@link CirclesTest} reads the class
 * files.
 */
class LayeringTest
{
    private static final Path SOURCES = Path.of("src/main/java/io/heartwheel");
    private static final String OURS = "io.heartwheel.";
    private static final List<String> LEAVES =
        List.of("wheel", "liveness", "wire", "websocket", "metrics", "admission", "tls");
    private static final List<String> GROUND = List.of("config", "host");
    private static final List<String> PROGRAMS = List.of("cli", "status", "swarm");
    /** An import, or a name written in full in the code. */
    private static final Pattern NAME = Pattern.compile("\\b(?:java|javax|jdk|sun|io|org|com|info)(?:\\.\\w+)+");
    private static final Pattern COMMENT_OR_TEXT =
        Pattern.compile("/\\*.*?\\*/|//[^\n]*|\"(?:\\\\.|[^\"\\\\\n])*\"", Pattern.DOTALL);

    private static final String SYSTEM_CLOCK =
        "\\bSystem\\s*(?:\\.|::)\\s*(?:nanoTime|currentTimeMillis)|\\b(?:Instant|LocalDateTime)\\s*(?:\\.|::)\\s*now";

    private final Map<Path, String> sources = new TreeMap<>();

    LayeringTest() throws IOException
    {
        try (Stream<Path> paths = Files.walk(SOURCES))
        {
            paths.filter((path) -> path.toString().endsWith(".java")).forEach(
                (path) -> sources.put(SOURCES.relativize(path), code(path)));
        }
        assertTrue(sources.containsKey(Path.of("wheel/TimingWheel.java")), "no sources found in " + SOURCES);
    }

    @Test
    void shouldKeepTheWheelToItself()
    {
        assertUsesOnly("wheel", (name) -> isOf(name, "wheel") || isJava(name, "java.lang", "java.util"));
    }

    @Test
    void shouldKeepLivenessOnTheWheelAlone()
    {
        assertUsesOnly(
            "liveness",
            (name) -> isOf(name, "liveness") || isOf(name, "wheel") || isJava(name, "java.lang", "java.util"));
    }

    @Test
    void shouldKeepClocksThreadsAndChannelsOutOfWhatIsPure()
    {
        for (final String leaf : List.of("wheel", "liveness"))
        {
            assertNowhere(leaf, "\\b(System\\s*\\.|Thread|Runnable\\b|synchronized\\b|Clock|Instant\\b|java\\.time)");
        }
        for (final String leaf : List.of("wire", "websocket"))
        {
            assertNowhere(leaf, "\\b(System\\s*\\.\\s*(nano|current)|Thread|\\w*Channel\\b|Socket\\w*|Selector\\b)");
        }
    }

    @Test
    void shouldKeepChannelsOutOfWire()
    {
        assertUsesOnly(
            "wire",
            (name) -> isOf(name, "wire") || isJava(name, "java.lang", "java.util", "java.nio", "java.nio.charset"));
    }

    @Test
    void shouldKeepWebSocketOnWireAlone()
    {
        assertUsesOnly("websocket", (name) -> isOf(name, "websocket") || "io.heartwheel.wire.PlainText".equals(name) ||
            isJava(name, "java.lang", "java.util", "java.nio", "java.nio.charset", "java.security"));
    }

    @Test
    void shouldKeepTlsOnChannelsAlone()
    {
        assertUsesOnly("tls", (name) -> isOf(name, "tls") || isJava(name, "java.lang", "java.util", "java.io",
            "java.nio", "java.nio.channels", "java.nio.file", "java.security", "java.security.cert", "javax.net.ssl") ||
            // The signature of a key manager names it.
            "java.net.Socket".equals(name));
        assertNowhere(
            "tls", "\\b(System\\s*\\.\\s*(nano|current)|Thread|Executor|Socket\\w+|new\\s+Socket|Selector\\b)");
    }

    @Test
    void shouldKeepSocketsAndNamesOutOfAdmission()
    {
        assertUsesOnly("admission", (name) -> isOf(name, "admission") ||
            isJava(name, "java.lang", "java.util", "java.util.zip", "java.nio", "java.nio.charset") ||
            name.matches("java\\.net\\.(InetAddress|InetSocketAddress|UnknownHostException)") ||
            name.startsWith("org.agrona.collections."));
        assertNowhere("admission", "\\bSystem\\s*\\.\\s*(nano|current)|\\bThread");
        assertNowhere("admission", "ByName\\b|HostName\\b|isReachable|createUnresolved");
        // Of a text it would look up the name.
        assertNowhere("admission", "new\\s+InetSocketAddress\\s*\\((?!\\s*InetAddress\\.getByAddress\\b)");
    }

    @Test
    void shouldKeepMetricsToThemselves()
    {
        assertUsesOnly("metrics", (name) -> isOf(name, "metrics") || !name.startsWith(OURS));
    }

    @Test
    void shouldUseTheProgramsNowhereElse()
    {
        final List<String> wrong = new ArrayList<>();
        sources.forEach((path, code) ->
        {
            if (!isOfPrograms(path))
            {
                namesIn(code).filter((name) -> PROGRAMS.stream().anyMatch((each) -> isOf(name, each)) ||
                    name.startsWith("picocli")).forEach((name) -> wrong.add(path + " uses " + name));
            }
        });
        assertEquals(List.of(), wrong);
    }

    @Test
    void shouldUseMicrometerInItsPackageAlone()
    {
        sources.forEach((path, code) ->
        {
            if (!path.startsWith("micrometer"))
            {
                assertEquals(List.of(), found(code, "\\bio\\.(?:heartwheel\\.)?micrometer\\b"), path::toString);
            }
        });
    }

    @Test
    void shouldUseNettyInItsPackageAlone()
    {
        sources.forEach((path, code) ->
        {
            if (!path.startsWith("netty"))
            {
                // Its metrics are free of Netty, and are shown in the host's registry.
                final String regex =
                    path.startsWith("micrometer") ? "\\bio\\.netty\\b" : "\\bio\\.(?:heartwheel\\.)?netty\\b";
                assertEquals(List.of(), found(code, regex), path::toString);
            }
        });
    }

    /** A host with Netty has a reactor of its own: the room for Netty must not use ours. */
    @Test
    void shouldKeepNettyOffTheReactor()
    {
        assertUsesOnly("netty", (name) -> !name.startsWith(OURS) ||
            Stream.of("netty", "liveness", "wheel", "metrics").anyMatch((each) -> isOf(name, each)));
    }

    /** A server without a fleet pays nothing for one: only the programs and the host's registry know it. */
    @Test
    void shouldUseTheFleetInItsPackageAndTheProgramsAlone()
    {
        sources.forEach((path, code) ->
        {
            if (!path.startsWith("fleet"))
            {
                final String regex = isOfPrograms(path) || path.startsWith("micrometer") ?
                    "\\bredis\\.clients\\b" : "\\bio\\.heartwheel\\.fleet\\b|\\bredis\\.clients\\b";
                assertEquals(List.of(), found(code, regex), path::toString);
            }
            else if (!path.startsWith("fleet/redis"))
            {
                assertEquals(List.of(), found(code, "\\bredis\\.clients\\b"), path::toString);
            }
        });
    }

    @Test
    void shouldKeepTheFleetOffTheReactor()
    {
        assertUsesOnly("fleet", (name) -> !name.startsWith("io.heartwheel.reactor"));
    }

    @Test
    void shouldNotUseTheReactorFromBelow()
    {
        final Pattern ofRoot = Pattern.compile("io\\.heartwheel\\.(?:reactor\\.|[A-Z*]\\w*).*");
        LEAVES.forEach((leaf) -> assertUsesOnly(leaf, (name) -> !ofRoot.matcher(name).matches()));
        GROUND.forEach((part) -> assertUsesOnly(part, (name) -> !ofRoot.matcher(name).matches()));
    }

    @Test
    void shouldKnowEveryPackage()
    {
        final List<String> packages = sources.keySet().stream()
            .map((path) -> null == path.getParent() ? "" : path.getParent().toString())
            .distinct().sorted().collect(Collectors.toList());
        packages.removeAll(LEAVES);
        packages.removeAll(GROUND);
        packages.removeAll(PROGRAMS);
        packages.remove("reactor");
        packages.remove("");
        packages.remove("micrometer");
        packages.remove("netty");
        packages.remove("fleet");
        packages.remove("fleet/redis");

        assertEquals(List.of(), packages, "say in this test what it may use");
    }

    @Test
    void shouldReadTheSystemClockOnlyInThePrograms()
    {
        sources.forEach((path, code) ->
        {
            if (!isOfPrograms(path))
            {
                assertEquals(List.of(), found(code, SYSTEM_CLOCK), path::toString);
            }
        });
    }

    @Test
    void shouldFindWhatIsForbidden()
    {
        final String code = code("import io.heartwheel.reactor.Reactor;\nimport static io.heartwheel.cli.Serve.run;\n" +
            "/* java.nio.A */ // java.nio.B\nfinal java.nio.channels.C c = \"java.nio.D \\\" java.nio.E\";");

        assertEquals(
            List.of("io.heartwheel.reactor.Reactor", "io.heartwheel.cli.Serve.run", "java.nio.channels.C"),
            namesIn(code).collect(Collectors.toList()));
        assertEquals(2, found("long a = System.nanoTime(); f(System::currentTimeMillis);", SYSTEM_CLOCK).size());
        assertEquals(List.of(), found("clock.nanoTime()", SYSTEM_CLOCK));
        assertTrue(isJava("java.util.Arrays", "java.util"));
        assertTrue(!isJava("java.util.concurrent.Future", "java.util"));
        assertTrue(!isOf("io.heartwheel.wheelhouse.A", "wheel"));
    }

    private void assertUsesOnly(final String leaf, final Predicate<String> isAllowed)
    {
        final List<String> wrong = new ArrayList<>();
        sources.forEach((path, code) ->
        {
            if (path.startsWith(leaf))
            {
                namesIn(code).filter(isAllowed.negate()).forEach((name) -> wrong.add(path + " uses " + name));
            }
        });
        assertEquals(List.of(), wrong);
    }

    private void assertNowhere(final String leaf, final String regex)
    {
        sources.forEach((path, code) ->
        {
            if (path.startsWith(leaf))
            {
                assertEquals(List.of(), found(code, regex), path::toString);
            }
        });
    }

    private static boolean isOfPrograms(final Path path)
    {
        return PROGRAMS.stream().anyMatch(path::startsWith);
    }

    private static boolean isOf(final String name, final String leaf)
    {
        return name.equals(OURS + leaf) || name.startsWith(OURS + leaf + ".");
    }

    /**
     * Is a class of one of these packages, and not of a package below?
     */
    private static boolean isJava(final String name, final String... packages)
    {
        for (final String each : packages)
        {
            if (name.startsWith(each + ".") && Character.isUpperCase(name.charAt(each.length() + 1)))
            {
                return true;
            }
        }
        return false;
    }

    private static Stream<String> namesIn(final String code)
    {
        return found(code, NAME.pattern()).stream();
    }

    private static List<String> found(final String code, final String regex)
    {
        final List<String> found = new ArrayList<>();
        final Matcher matcher = Pattern.compile(regex).matcher(code);
        while (matcher.find())
        {
            found.add(matcher.group());
        }
        return found;
    }

    private static String code(final Path path)
    {
        try
        {
            return code(Files.readString(path));
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private static String code(final String source)
    {
        return COMMENT_OR_TEXT.matcher(source).replaceAll(" ");
    }
}
