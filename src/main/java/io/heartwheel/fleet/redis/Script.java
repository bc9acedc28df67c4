package io.heartwheel.fleet.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/**
 * What the registry does at once. Each has a resource of its name.
 */
enum Script
{
    LEASE, CLAIM, RELEASE, VERIFY, SWEEP, UNSWEPT;

    final String label = name().toLowerCase(Locale.ROOT);
    final byte[] source = source(label + ".lua");
    /** By which Redis knows it. */
    final byte[] sha = sha(source);

    private static byte[] source(final String name)
    {
        try (InputStream in = Script.class.getResourceAsStream(name))
        {
            return in.readAllBytes();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(name, ex);
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
