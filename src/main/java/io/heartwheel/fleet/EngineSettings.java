package io.heartwheel.fleet;

import java.nio.file.Path;

/**
 * What an {@link EngineProvider} makes an engine of.
 *
 * @param url          of the registry.
 * @param passwordFile file with the password, or null.
 * @param trustFile    file with the certificates that are trusted, or null for those that the JVM trusts.
 * @param timeoutNs    longest wait for an answer, and for a connection.
 * @param buckets      that identities are spread over, a power of two.
 * @param replicas     that have to take a renewal, or it does not count.
 */
public record EngineSettings(
    String url, Path passwordFile, Path trustFile, long timeoutNs, int buckets, int replicas)
{
    /** {@return the settings without the URL, which may have a password} */
    @Override
    public String toString()
    {
        return "passwordFile=" + passwordFile + ", trustFile=" + trustFile + ", timeoutNs=" + timeoutNs +
            ", buckets=" + buckets + ", replicas=" + replicas;
    }
}
