package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestKeyStores;
import io.heartwheel.support.Tool;
import io.heartwheel.tls.TlsSettings;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * TLS with a client that is not Java: openssl s_client, which passes on what is written to it.
 */
@Tag("tools")
class OpensslTest
{
    private final RecordingListener listener = new RecordingListener();

    private static Process connect(final HeartbeatServer server, final String option) throws IOException
    {
        return new ProcessBuilder(Tool.require("openssl"), "s_client", "-quiet", "-nocommands", option,
            "-connect", "127.0.0.1:" + server.localAddress().getPort())
            .redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    private HeartbeatServer launch(final Cadence cadence)
    {
        return HeartbeatServer.launch(new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .cadence(cadence)
            .tls(new TlsSettings(TestKeyStores.keyStore("server"), TestKeyStores.PASSWORD))
            .listener(listener));
    }

    /**
     * The payload of the next frame but PING, which has to be of a type.
     */
    private static byte[] read(final DataInputStream in, final int type, final int token) throws IOException
    {
        int next = in.readUnsignedByte();
        while (Frame.PING == next)
        {
            in.skipNBytes(Frame.HEADER_LENGTH - 1);
            next = in.readUnsignedByte();
        }
        assertEquals(type, next);
        assertEquals(token, in.readUnsignedByte());
        return in.readNBytes(in.readUnsignedShort());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void shouldSpeakToOpenssl(final String option) throws IOException, InterruptedException
    {
        try (HeartbeatServer server = launch(Cadence.STANDARD))
        {
            final Process client = connect(server, option);
            try (DataInputStream in = new DataInputStream(client.getInputStream());
                OutputStream out = client.getOutputStream())
            {
                assertEquals(12, read(in, Frame.HELLO, 0).length);
                out.write(new byte[]{Frame.PING, 42, 0, 0, Frame.DATA, 0, 0, 2, 'h', 'i'});
                out.flush();
                read(in, Frame.PONG, 42);
                assertEquals(List.of("hi"), listener.messages());
                listener.opened().get(0).close();
                assertEquals(CloseReason.LOCAL_CLOSE.code(), read(in, Frame.BYE, 0)[0]);
                assertEquals(-1, in.read());
            }
            assertTrue(client.waitFor(10, TimeUnit.SECONDS));
        }
        assertEquals(List.of(CloseReason.LOCAL_CLOSE), listener.reasons());
    }

    /**
     * It takes what comes, and never answers.
     */
    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void shouldFindAClientThatOnlyListens(final String option) throws IOException, InterruptedException
    {
        final long waitNs = TimeUnit.MILLISECONDS.toNanos(300);
        try (HeartbeatServer server = launch(new Cadence(waitNs, waitNs, 2)))
        {
            final Process client = connect(server, option);
            try (DataInputStream in = new DataInputStream(client.getInputStream()))
            {
                read(in, Frame.HELLO, 0);
                final List<Integer> types = new ArrayList<>();
                byte[] payload = new byte[0];
                while (types.isEmpty() || Frame.BYE != types.get(types.size() - 1))
                {
                    types.add(in.readUnsignedByte());
                    in.readUnsignedByte();
                    payload = in.readNBytes(in.readUnsignedShort());
                }
                assertTrue(types.size() >= 3, types::toString);
                assertEquals(CloseReason.PEER_SILENT.code(), payload[0]);
            }
            finally
            {
                client.destroy();
            }
        }
        assertEquals(List.of(CloseReason.PEER_SILENT), listener.reasons());
    }
}
