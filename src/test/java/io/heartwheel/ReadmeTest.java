package io.heartwheel;

import io.heartwheel.config.Configuration;
import io.heartwheel.config.Knob;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import javax.tools.ToolProvider;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The statements of the README and the pages behind it are true.
 */
class ReadmeTest
{
    private static final Path README = Path.of("README.md");
    private static final Path KNOBS = Path.of("src/docs/knobs.md");
    private static final Path PROTOCOL = Path.of("src/docs/protocol.md");

    @Test
    void shouldListEveryKnobAsItIs() throws IOException
    {
        final List<String> expected = Arrays.stream(Knob.values())
            .map(knob -> "| `" + knob.propertyName() + "` | " + knob.defaultValue() + " | " + knob.meaning() + " |")
            .toList();
        final List<String> listed = Files.readAllLines(KNOBS).stream()
            .filter(line -> line.startsWith("| `" + Configuration.PREFIX))
            .toList();
        assertEquals(String.join("\n", expected), String.join("\n", listed));
    }

    @Test
    void shouldListTheCodeOfEveryReason() throws IOException
    {
        final String protocol = Files.readString(PROTOCOL);
        for (final CloseReason reason : CloseReason.values())
        {
            assertTrue(protocol.contains("| " + reason + " | " + reason.code() + " |"), reason::toString);
        }
    }

    /**
     * Under a plain {@code java -cp}, without any flag, and with the two dependencies of the library only.
     */
    @Test
    void shouldRunTheExampleUnderAPlainJvm(@TempDir final Path folder) throws IOException, InterruptedException
    {
        final Matcher example = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
        assertTrue(example.find(), "README has no example");
        final Path source = folder.resolve("Gateway.java");
        Files.writeString(source, example.group(1));
        final String classPath = runtimeClassPath() + File.pathSeparator + folder;
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(
            null, null, null, "-Xlint:all", "-Werror", "-cp", classPath, source.toString()));

        final Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dheartwheel.bind=127.0.0.1:0", "-cp", classPath, "Gateway").redirectErrorStream(true).start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8))
        {
            final String listening = out.readLine();
            assertTrue(listening.startsWith("listening on 127.0.0.1:"), listening);
            try (TestPeer peer = new TestPeer(Configuration.parseAddress(listening.substring(13))))
            {
                peer.send(Frame.DATA, 0, (byte)'h', (byte)'i');
                assertEquals("hi", peer.read(Frame.DATA).text());
                peer.reset();
            }
            final String gone = out.readLine();
            assertTrue(gone.contains("is gone: PEER_RESET ("), gone);
            process.getOutputStream().close();
            assertTrue(process.waitFor(10, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue());
        }
        finally
        {
            process.destroyForcibly();
        }
    }

    private static String runtimeClassPath()
    {
        final List<String> parts = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(part -> part.endsWith("classes") && !part.endsWith("test-classes") ||
                part.contains("agrona") || part.contains("HdrHistogram"))
            .toList();
        assertEquals(3, parts.size(), parts::toString);
        return String.join(File.pathSeparator, parts);
    }
}
