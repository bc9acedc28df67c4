package io.heartwheel;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Links of the README and the pages behind it lead somewhere.
 */
class DocsTest
{
    private static final Path PAGES = Path.of("src/docs");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

    @Test
    void shouldLinkOnlyToWhatIsThere() throws IOException
    {
        final List<String> wrong = new ArrayList<>();
        int links = 0;
        for (final Path page : pages())
        {
            final Matcher link = LINK.matcher(Files.readString(page));
            while (link.find())
            {
                ++links;
                if (!leadsSomewhere(page, link.group(1)))
                {
                    wrong.add(page + ": " + link.group(1));
                }
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(links > 20, "hardly any link found: " + links);
    }

    @Test
    void shouldReachEveryPageFromTheReadme() throws IOException
    {
        final String readme = Files.readString(Path.of("README.md"));
        for (final Path page : pages())
        {
            if (page.startsWith(PAGES))
            {
                assertTrue(readme.contains("(" + page + ")"), () -> "README has no link to " + page);
            }
        }
    }

    @Test
    void shouldFindALinkThatLeadsNowhere() throws IOException
    {
        final Path readme = Path.of("README.md");
        assertTrue(!leadsSomewhere(readme, "src/docs/none.md"));
        assertTrue(!leadsSomewhere(readme, "README.md#no-such-heading"));
        assertTrue(leadsSomewhere(readme, "#what-it-guarantees"));
    }

    private static List<Path> pages() throws IOException
    {
        try (Stream<Path> pages = Files.list(PAGES))
        {
            return Stream.concat(
                    Stream.of(Path.of("README.md"), Path.of("benchmarks/README.md")),
                    pages.filter((path) -> path.toString().endsWith(".md")).sorted())
                .collect(Collectors.toList());
        }
    }

    private static boolean leadsSomewhere(final Path page, final String link) throws IOException
    {
        final String file = link.replaceFirst("#.*", "");
        final Path folder = null == page.getParent() ? Path.of("") : page.getParent();
        final Path target = file.isEmpty() ? page : folder.resolve(file).normalize();
        if (!Files.exists(target))
        {
            return false;
        }
        return !link.contains("#") || anchors(target).contains(link.substring(link.indexOf('#') + 1));
    }

    /**
     * Headings as GitHub names them: lower case, without punctuation, spaces as hyphens.
     */
    private static List<String> anchors(final Path page) throws IOException
    {
        return Files.readAllLines(page).stream()
            .filter((line) -> line.startsWith("#"))
            .map((line) -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'))
            .collect(Collectors.toList());
    }
}
