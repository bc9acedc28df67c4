package io.heartwheel.examples;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The Java that a page shows is code that is compiled and run by tests: the same lines, whatever their indent.
 */
class ExamplePagesTest
{
    private static final Path TESTS = Path.of("src/test/java/io/heartwheel");
    private static final Pattern JAVA = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);

    @ParameterizedTest
    @ValueSource(strings = {"netty.md", "protocols.md", "selector.md"})
    void shouldShowOnlyWhatIsRun(final String page) throws IOException
    {
        final List<List<String>> sources = sources();
        final Matcher shown = JAVA.matcher(Files.readString(Path.of("src/docs", page)));
        int count = 0;
        while (shown.find())
        {
            ++count;
            final List<String> lines = lines(shown.group(1));
            assertTrue(sources.stream().anyMatch((source) -> Collections.indexOfSubList(source, lines) >= 0),
                () -> page + " shows what no test has: " + lines);
        }
        assertTrue(count > 1, page + " shows no Java");
    }

    private static List<List<String>> sources() throws IOException
    {
        final List<List<String>> sources = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(TESTS))
        {
            for (final Path path : paths.filter((each) -> each.toString().endsWith(".java")).toList())
            {
                sources.add(lines(Files.readString(path)));
            }
        }
        return sources;
    }

    private static List<String> lines(final String text)
    {
        return text.strip().lines().map(String::strip).collect(Collectors.toList());
    }
}
