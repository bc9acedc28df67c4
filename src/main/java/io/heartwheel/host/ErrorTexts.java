package io.heartwheel.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Translates the C library's error texts into the language of this process. The exceptions of java.nio carry no error
 * number, only the text of strerror. glibc takes that text from a message catalogue, so the catalogue tells which error
 * a text stands for.
 * <p>
 * Format of a catalogue: GNU gettext manual, "The Format of GNU MO Files".
 */
public final class ErrorTexts
{
    private static final Path CATALOGUES = Path.of("/usr/share/locale");
    private static final String CATALOGUE = "LC_MESSAGES/libc.mo";
    private static final int MAGIC = 0x950412de;
    private static final int HEADER_LENGTH = 20;
    private static final int ENTRY_LENGTH = 8;

    private ErrorTexts()
    {
    }

    /**
     * Translate English texts into the language that the environment asks for. Reads a file.
     *
     * @param environment variables of the process.
     * @param english     texts to translate.
     * @return one text for each; the English one if there is no catalogue or no translation.
     */
    public static List<String> translate(final Map<String, String> environment, final String... english)
    {
        for (final String language : languages(environment))
        {
            final Path catalogue = CATALOGUES.resolve(language).resolve(CATALOGUE);
            try
            {
                if (Files.isReadable(catalogue))
                {
                    return translate(ByteBuffer.wrap(Files.readAllBytes(catalogue)), english);
                }
            }
            catch (final IOException | IndexOutOfBoundsException | IllegalArgumentException ex)
            {
                // A catalogue that cannot be read is as good as none: the texts are taken to be English.
                return List.of(english);
            }
        }
        return List.of(english);
    }

    /**
     * The languages in the order in which gettext tries them: LANGUAGE, then the first of LC_ALL, LC_MESSAGES and LANG
     * that is set. Each comes with its territory and then without.
     *
     * @param environment variables of the process.
     * @return names such as {@code de_AT} and {@code de}; empty where the texts are English.
     */
    public static List<String> languages(final Map<String, String> environment)
    {
        final String locale = Stream.of("LC_ALL", "LC_MESSAGES", "LANG")
            .map(environment::get)
            .filter(value -> null != value && !value.isEmpty())
            .findFirst()
            .orElse("C");
        if (locale.equals("C") || locale.equals("POSIX") || locale.startsWith("C."))
        {
            return List.of();
        }

        final List<String> languages = new ArrayList<>();
        for (final String name : (environment.getOrDefault("LANGUAGE", "") + ":" + locale).split(":"))
        {
            final String withTerritory = name.replaceFirst("[.@].*", "");
            // The name comes from outside and becomes part of a path.
            if (withTerritory.matches("[a-zA-Z_]+"))
            {
                languages.add(withTerritory);
                languages.add(withTerritory.replaceFirst("_.*", ""));
            }
        }
        return languages;
    }

    private static List<String> translate(final ByteBuffer catalogue, final String... english)
    {
        catalogue.order(ByteOrder.LITTLE_ENDIAN);
        if (MAGIC != catalogue.getInt(0))
        {
            catalogue.order(ByteOrder.BIG_ENDIAN);
        }
        if (MAGIC != catalogue.getInt(0) || catalogue.capacity() < HEADER_LENGTH)
        {
            return List.of(english);
        }

        final int count = catalogue.getInt(8);
        final int originals = catalogue.getInt(12);
        final int translations = catalogue.getInt(16);
        final String[] found = english.clone();
        Charset charset = StandardCharsets.UTF_8;
        for (int i = 0; i < count; i++)
        {
            final String original = text(catalogue, originals + i * ENTRY_LENGTH, StandardCharsets.UTF_8);
            if (original.isEmpty())
            {
                charset = charsetOf(text(catalogue, translations + i * ENTRY_LENGTH, charset));
            }
            for (int j = 0; j < english.length; j++)
            {
                if (original.equals(english[j]))
                {
                    found[j] = text(catalogue, translations + i * ENTRY_LENGTH, charset);
                }
            }
        }
        return List.of(found);
    }

    private static Charset charsetOf(final String header)
    {
        final int at = header.indexOf("charset=");
        return at < 0 ? StandardCharsets.UTF_8 :
            Charset.forName(header.substring(at + "charset=".length()).split("\\s", 2)[0]);
    }

    private static String text(final ByteBuffer catalogue, final int entry, final Charset charset)
    {
        return new String(catalogue.array(), catalogue.getInt(entry + 4), catalogue.getInt(entry), charset);
    }
}
