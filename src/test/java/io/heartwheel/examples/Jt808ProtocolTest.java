package io.heartwheel.examples;

import io.heartwheel.CloseReason;
import io.heartwheel.ServerContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A server that knows JT/T 808 by {@link Jt808Protocol}.
 */
class Jt808ProtocolTest
{
    /** The serial number is 0x007e, so it is escaped. */
    private static final String HEARTBEAT = "7e 0002 0000 013812345678 007d02 0x 7e";

    private final RecordingListener listener = new RecordingListener();
    private final InvokedServer server = new InvokedServer(new ServerContext()
        .cadence(Cadence.passive(TimeUnit.SECONDS.toNanos(90)))
        .lingerNs(0)
        .protocols(new Jt808Protocol())
        .listener(listener));

    @AfterEach
    void after()
    {
        server.close();
    }

    private static byte[] bytes(final String hex)
    {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    /** By hand, apart from the code that is tested. */
    private static String heartbeat()
    {
        final int checksum = 0x02 ^ 0x01 ^ 0x38 ^ 0x12 ^ 0x34 ^ 0x56 ^ 0x78 ^ 0x7e;
        return HEARTBEAT.replace("0x", String.format("%02x", checksum));
    }

    @Test
    void shouldAnswerAHeartbeat() throws IOException
    {
        try (TestPeer terminal = server.connect())
        {
            for (final byte each : bytes(heartbeat()))
            {
                final long reads = server.reads();
                terminal.sendRaw(each);
                server.awaitRead(reads);
            }
            final int checksum = 0x80 ^ 0x01 ^ 0x05 ^ 0x01 ^ 0x38 ^ 0x12 ^ 0x34 ^ 0x56 ^ 0x78 ^ 0x7e ^ 0x7e ^ 0x02;
            final byte[] answer =
                bytes("7e 8001 0005 013812345678 007d02 007d02 0002 00" + String.format("%02x", checksum) + "7e");
            assertEquals(HexFormat.of().formatHex(answer), HexFormat.of().formatHex(
                terminal.readText(answer.length).getBytes(StandardCharsets.ISO_8859_1)));
            assertEquals(List.of(), listener.messages());
        }
    }

    @Test
    void shouldHandOverAndSendMessagesWithoutTheirEscapes() throws IOException
    {
        try (TestPeer terminal = server.connect())
        {
            final byte[] message = bytes("0200 0003 013812345678 0001 7d 7e 41");
            terminal.sendRaw(bytes("7e 0200 0003 013812345678 0001 7d01 7d02 41" + String.format("%02x",
                0x02 ^ 0x03 ^ 0x01 ^ 0x38 ^ 0x12 ^ 0x34 ^ 0x56 ^ 0x78 ^ 0x01 ^ 0x7d ^ 0x7e ^ 0x41) + "7e"));
            server.awaitTrue(() -> 1 == listener.messages().size());
            assertEquals(new String(message, StandardCharsets.UTF_8), listener.messages().get(0));

            listener.opened().get(0).send(ByteBuffer.wrap(message));
            final String sent = HexFormat.of().formatHex(
                terminal.readText(20).getBytes(StandardCharsets.ISO_8859_1));
            assertEquals("7e020000030138123456780001" + "7d017d0241", sent.substring(0, 36));
            assertEquals("7e", sent.substring(38));
        }
    }

    @Test
    void shouldEndATerminalWhoseChecksumIsWrong() throws IOException
    {
        try (TestPeer terminal = server.connect())
        {
            terminal.sendRaw(bytes(HEARTBEAT.replace("0x", "00")));
            server.awaitTrue(() -> 1 == listener.closed().size());
            assertEquals(List.of(CloseReason.PROTOCOL_ERROR), listener.reasons());
        }
    }
}
