package io.heartwheel.support;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Key stores and trust stores for tests, made by keytool once per test run.
 * <p>
 * Each of server, client and stranger has a key of its own, and each trusts itself alone: a trust store holds one
 * certificate. There is a server whose certificate has expired, and one of other names. The stranger says that it is
 * the client, or nobody would have asked for its certificate.
 */
public final class TestKeyStores
{
    /** Of every file and key. */
    public static final String PASSWORD = "not-a-secret";

    private static final TestKeyStores INSTANCE = new TestKeyStores();

    private final Path directory;

    private TestKeyStores()
    {
        try
        {
            directory = Files.createTempDirectory("heartwheel-keys");
            final List<Process> running = List.of(generate("server", "server"), generate("client", "client"),
                generate("stranger", "client"), generate("expired", "server", "-startdate", "-40d"),
                generate("other", "other", "-ext", "SAN=dns:other.example,dns:*.wild.example", "-validity", "60"));
            for (final Process process : running)
            {
                if (!process.waitFor(60, TimeUnit.SECONDS) || 0 != process.exitValue())
                {
                    throw new IllegalStateException("keytool: " + new String(process.getInputStream().readAllBytes()));
                }
            }
            for (final String name : List.of("server", "client", "stranger", "expired", "other"))
            {
                trust(name);
                deleteAtExit(directory.resolve(name + ".p12"));
                deleteAtExit(directory.resolve(name + "-trust.p12"));
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
        catch (final InterruptedException | GeneralSecurityException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    /**
     * The key store of one name.
     *
     * @param name server, client, stranger, expired or other.
     * @return a file, PKCS12.
     */
    public static Path keyStore(final String name)
    {
        return INSTANCE.directory.resolve(name + ".p12");
    }

    /**
     * The trust store of an end that trusts another.
     *
     * @param name server, client or stranger.
     * @return a file, PKCS12.
     */
    public static Path trustStore(final String name)
    {
        return INSTANCE.directory.resolve(name + "-trust.p12");
    }

    /**
     * A key store with several keys.
     *
     * @param file  to write.
     * @param keys  in turn the alias, and whose key it is.
     * @return the file.
     */
    public static Path keyStoreOf(final Path file, final String... keys)
    {
        try
        {
            final KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int i = 0; i < keys.length; i += 2)
            {
                final KeyStore from = load(keyStore(keys[i + 1]));
                store.setKeyEntry(keys[i], from.getKey(keys[i + 1], PASSWORD.toCharArray()), PASSWORD.toCharArray(),
                    from.getCertificateChain(keys[i + 1]));
            }
            try (OutputStream out = Files.newOutputStream(file))
            {
                store.store(out, PASSWORD.toCharArray());
            }
            return file;
        }
        catch (final IOException | GeneralSecurityException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    /**
     * Read a file.
     *
     * @param file PKCS12.
     * @return what is in it.
     */
    public static KeyStore load(final Path file)
    {
        try (InputStream in = Files.newInputStream(file))
        {
            final KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD.toCharArray());
            return store;
        }
        catch (final IOException | GeneralSecurityException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    /**
     * TLS of a client that trusts the server.
     *
     * @param name whose key it shows when it is asked: client or stranger.
     */
    public static SSLContext clientContext(final String name)
    {
        try
        {
            final KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(load(keyStore(name)), PASSWORD.toCharArray());
            final TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(load(trustStore("server")));
            final SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        }
        catch (final GeneralSecurityException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    private Process generate(final String name, final String commonName, final String... more) throws IOException
    {
        final Path file = directory.resolve(name + ".p12");
        final List<String> command = new ArrayList<>(List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair", "-alias", name, "-keyalg", "EC", "-groupname", "secp256r1",
            "-dname", "CN=" + commonName,
            "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", file.toString()));
        command.addAll(List.of(more));
        if (!command.contains("-validity"))
        {
            command.addAll(List.of("-validity", "30", "-ext", "SAN=dns:localhost,ip:127.0.0.1"));
        }
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private void trust(final String name) throws IOException, GeneralSecurityException
    {
        final KeyStore trusting = KeyStore.getInstance("PKCS12");
        trusting.load(null, null);
        trusting.setCertificateEntry(name, load(directory.resolve(name + ".p12")).getCertificate(name));
        try (OutputStream out = Files.newOutputStream(directory.resolve(name + "-trust.p12")))
        {
            trusting.store(out, PASSWORD.toCharArray());
        }
    }

    private void deleteAtExit(final Path file)
    {
        // In the reverse order of this: the directory last, when it is empty.
        directory.toFile().deleteOnExit();
        file.toFile().deleteOnExit();
    }
}
