package io.heartwheel.examples;

import io.heartwheel.HeartbeatServer;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ProtocolsExampleTest
{
    private final RecordingListener listener = new RecordingListener();
    private final InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Test
    void shouldSpeakToEachPeerAsItSpeaks() throws IOException
    {
        try (HeartbeatServer server = ProtocolsExample.launchOfMany(any, listener);
            TestPeer own = new TestPeer(server.localAddress());
            TestPeer mqtt = new TestPeer(server.localAddress());
            TestPeer device = new TestPeer(server.localAddress()))
        {
            own.send(Frame.PING, 7);
            assertEquals(Frame.HELLO, own.read().type());
            assertEquals(7, own.read().token());

            mqtt.sendRaw("\20\16\0\4MQTT\4\2\0\74\0\2id".getBytes(StandardCharsets.US_ASCII));
            assertEquals(" \2\0\0", mqtt.readText(4), "CONNACK");

            device.sendRaw((byte)0, (byte)2, (byte)'h', (byte)'i');
            mqtt.sendRaw((byte)0xC0, (byte)0);
            assertEquals("\320\0", mqtt.readText(2), "PINGRESP");
            while (listener.messages().isEmpty())
            {
                Thread.onSpinWait();
            }
            assertEquals(List.of("hi"), listener.messages());
            assertEquals(List.of("devices", "heartwheel", "mqtt"), server.connections().join().stream()
                .map((view) -> view.protocol()).sorted().collect(Collectors.toList()));
        }
    }

    @Test
    void shouldReplyToHeartbeatsOfLines() throws IOException
    {
        try (HeartbeatServer server = ProtocolsExample.launchOfLines(any, listener);
            TestPeer peer = new TestPeer(server.localAddress()))
        {
            peer.sendRaw("ping\n".getBytes(StandardCharsets.US_ASCII));
            assertEquals("pong\n", peer.readText(5));
        }
    }
}
