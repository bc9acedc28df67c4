package io.heartwheel.fleet.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.function.UnaryOperator;

/**
 * What the registry does at once: a resource of its name.
 */
final class Script
{
    final String name;
    final byte[] source;
    /** By which Redis knows it. */
    final byte[] sha;

    /**
     * @param edit what to make of the text: the model is compared under a clock that a test sets.
     */
    Script(final String name, final UnaryOperator<String> edit)
    {
        this.name = name;
        source = edit.apply(read(name + ".lua")).getBytes(StandardCharsets.UTF_8);
        sha = sha(source);
    }

    private static String read(final String resource)
    {
        try (InputStream in = Script.class.getResourceAsStream(resource))
        {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(resource, ex);
        }
    }

    private static byte[] sha(final byte[] source)
    {
        try
        {
            final StringBuilder hex = new StringBuilder(40);
            for (final byte each : MessageDigest.getInstance("SHA-1").digest(source))
            {
                hex.append(Character.forDigit(each >> 4 & 0xF, 16)).append(Character.forDigit(each & 0xF, 16));
            }
            return hex.toString().getBytes(StandardCharsets.US_ASCII);
        }
        catch (final NoSuchAlgorithmException ex)
        {
            throw new IllegalStateException(ex);
        }
    }
}
