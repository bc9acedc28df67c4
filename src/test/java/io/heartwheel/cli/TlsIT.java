package io.heartwheel.cli;

import io.heartwheel.support.TestKeyStores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The packaged programs, one with the other over TLS, set by system properties alone.
 */
class TlsIT
{
    private static final String ANY_PORT = "-Dheartwheel.bind=127.0.0.1:0";
    private static final String KEY_STORE = "-Dheartwheel.tls.keystore=" + TestKeyStores.keyStore("server");

    @Test
    void shouldServeALinkOverTls(@TempDir final Path folder) throws IOException, InterruptedException
    {
        final Path password = folder.resolve("password");
        Files.writeString(password, TestKeyStores.PASSWORD + "\n");
        try (Jar server = Jar.run(ANY_PORT, KEY_STORE, "-Dheartwheel.tls.keystore.password=file:" + password,
            "-Dheartwheel.drain=0s", "serve"))
        {
            final String address = server.readLine("listening on ").substring("listening on ".length());
            try (Jar link = Jar.run("-Djavax.net.ssl.trustStore=" + TestKeyStores.trustStore("server"),
                "-Djavax.net.ssl.trustStorePassword=" + TestKeyStores.PASSWORD, "connect", "--tls", address))
            {
                assertEquals("open " + address, link.readLine("open "));
                link.endInput();
                assertEquals(0, link.exitCode());
            }
            try (Jar stranger = Jar.run("-Dheartwheel.reconnect.limit=1", "-Dheartwheel.reconnect.min=1s", "connect",
                "--tls", address))
            {
                final String line = stranger.readLine("given up: ");
                assertTrue(line.contains("PROTOCOL_ERROR TLS: "), line);
                assertEquals(1, stranger.exitCode());
            }
            server.terminate();
            assertEquals(0, server.exitCode());
        }
    }

    @Test
    void shouldSayInOneLineWhatIsWrongWithTheKeyStore() throws IOException, InterruptedException
    {
        try (Jar server = Jar.run(ANY_PORT, KEY_STORE, "-Dheartwheel.tls.keystore.password=wrong", "serve"))
        {
            final List<String> lines = server.readRest();
            assertEquals(1, server.exitCode());
            assertEquals(1, lines.size(), lines::toString);
            assertTrue(lines.get(0).startsWith("heartwheel serve: heartwheel.tls.keystore=" +
                TestKeyStores.keyStore("server") + ": "), lines::toString);
            assertTrue(lines.get(0).contains("password"), lines::toString);
        }
    }
}
