package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.RecordingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import javax.net.ssl.SSLSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Protocols of the application within TLS.
 */
class HeartbeatServerProtocolTlsTest extends TlsServerRig
{
    private static final Protocol LINES = new LineProtocol(
        new LineProtocol.Context().probe("PING", "PONG").heartbeat("ping", "pong"));

    HeartbeatServerProtocolTlsTest()
    {
        super(new RecordingListener());
    }

    private static void write(final SSLSocket socket, final String text) throws IOException
    {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String read(final SSLSocket socket, final int length) throws IOException
    {
        socket.setSoTimeout(5_000);
        return new String(socket.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldAskAndBeAnsweredWithinTls(final String version) throws IOException, InterruptedException
    {
        start(context().cadence(new Cadence(150 * MS, 500 * MS, 3)).protocols(LINES));
        try (SSLSocket peer = connect(version))
        {
            write(peer, "hello\nping\n");
            assertEquals("pong\nPING\n", read(peer, 10));
            write(peer, "PONG\n");
            await(() -> 1 == listener.opened().size() && listener.opened().get(0).roundTripNs() >= 0);
            assertEquals(List.of("hello"), listener.messages());
        }
    }

    @Test
    void shouldTellProtocolsApartWithinTls() throws IOException, InterruptedException
    {
        start(context().sniffNs(200 * MS).protocols(Protocol.HEARTWHEEL, LINES));
        try (SSLSocket line = connect("TLSv1.3"); SSLSocket mute = connect("TLSv1.3"))
        {
            mute.startHandshake();
            write(line, "ping\n");
            assertEquals("pong\n", read(line, 5));
            assertEquals("\4\0\0\14", read(mute, 4), "HELLO");
            await(() -> 2 == listener.opened().size());
            assertTrue(listener.closed().isEmpty());
        }
    }
}
