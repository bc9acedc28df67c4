package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.host.ErrorTexts;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

/**
 * The reason of a failure is right whatever language the C library speaks.
 */
class IoFailuresTest
{
    private static final String GERMAN = "de_DE.UTF-8";

    @Test
    void shouldLookForLanguagesAsTheCLibraryDoes()
    {
        assertEquals(List.of(), ErrorTexts.languages(Map.of()));
        assertEquals(List.of(), ErrorTexts.languages(Map.of("LANG", "C.UTF-8")));
        assertEquals(List.of(), ErrorTexts.languages(Map.of("LC_ALL", "C", "LANG", GERMAN)));
        assertEquals(List.of("de_DE", "de"), ErrorTexts.languages(Map.of("LANG", GERMAN)));
        assertEquals(List.of("fr_FR", "fr"),
            ErrorTexts.languages(Map.of("LC_ALL", "", "LC_MESSAGES", "fr_FR@euro", "LANG", GERMAN)));
        assertEquals(List.of("ja", "ja", "de_DE", "de"),
            ErrorTexts.languages(Map.of("LANGUAGE", "ja", "LANG", GERMAN)));
        assertEquals(List.of(), ErrorTexts.languages(Map.of("LANG", "../../etc")));
    }

    @Test
    void shouldKeepTextsThatNobodyTranslated()
    {
        assertEquals(List.of("Connection timed out"),
            ErrorTexts.translate(Map.of("LANG", "xx_XX"), "Connection timed out"));
        assertEquals(List.of("no such text"), ErrorTexts.translate(Map.of("LANG", GERMAN), "no such text"));
    }

    @Test
    void shouldSayWhatAnExceptionWithoutATextMeans()
    {
        assertEquals("this JVM speaks IPv4 only (java.net.preferIPv4Stack)",
            IoFailures.textOf(new UnsupportedAddressTypeException()));
        assertEquals("unknown host", IoFailures.textOf(new UnresolvedAddressException()));
        assertEquals("ClosedChannelException", IoFailures.textOf(new ClosedChannelException()));
        assertEquals("Connection refused", IoFailures.textOf(new IOException("Connection refused")));
    }

    @Test
    void shouldTellReasonsFromTexts()
    {
        assertEquals(CloseReason.PEER_RESET, reasonOf("Connection reset"));
        assertEquals(CloseReason.PEER_RESET, reasonOf("Connection reset by peer"));
        assertEquals(CloseReason.PEER_RESET, reasonOf("Broken pipe"));
        assertEquals(CloseReason.KEEPALIVE_TIMEOUT, reasonOf("Connection timed out"));
        assertEquals(CloseReason.UNREACHABLE, reasonOf("No route to host"));
        assertEquals(CloseReason.UNREACHABLE, reasonOf("Network is unreachable"));
        assertEquals(CloseReason.UNREACHABLE, reasonOf("Host is unreachable"), "musl");
        assertEquals(CloseReason.UNREACHABLE, reasonOf("Network unreachable"), "musl");
        assertEquals(CloseReason.KEEPALIVE_TIMEOUT, reasonOf("Operation timed out"), "musl, macOS");
        assertEquals(CloseReason.PEER_RESET,
            IoFailures.reasonOf(new IOException("Connection aborted"), true), "musl");
        assertEquals(CloseReason.PEER_RESET, reasonOf(null));
        assertEquals(CloseReason.PEER_RESET, reasonOf("what nobody has heard of"));
        assertEquals(CloseReason.KEEPALIVE_TIMEOUT,
            IoFailures.reasonOf(new IOException("what nobody has heard of"), true), "after a long silence");
    }

    private static CloseReason reasonOf(final String text)
    {
        return IoFailures.reasonOf(new IOException(text), false);
    }

    /**
     * In a JVM that speaks German, whose connect to a closed port fails with a translated text.
     */
    @Test
    void shouldTellReasonsInGerman() throws IOException, InterruptedException
    {
        final ProcessBuilder german = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp", System.getProperty("java.class.path"), German.class.getName());
        german.environment().put("LC_ALL", GERMAN);
        german.environment().remove("LANGUAGE");
        final Process process = german.redirectErrorStream(true).start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8))
        {
            final String text = out.readLine();
            Assumptions.assumeFalse("Connection refused".equals(text), "no locale " + GERMAN + " on this machine");
            assertNotEquals("", text);
            assertEquals("UNREACHABLE", out.readLine(), text);
            assertEquals(0, process.waitFor());
        }
    }

    static final class German
    {
        private German()
        {
        }

        public static void main(final String[] args) throws IOException
        {
            final int closedPort;
            try (ServerSocket socket = new ServerSocket(0))
            {
                closedPort = socket.getLocalPort();
            }
            try (SocketChannel channel = SocketChannel.open())
            {
                channel.connect(new InetSocketAddress("127.0.0.1", closedPort));
            }
            catch (final IOException ex)
            {
                System.out.println(ex.getMessage());
                System.out.println(IoFailures.reasonOf(ex, false));
            }
        }
    }
}
