package io.heartwheel.examples;

import io.heartwheel.ConnectionListener;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.LengthFieldProtocol;
import io.heartwheel.LineProtocol;
import io.heartwheel.Protocol;
import io.heartwheel.ServerContext;

import java.net.InetSocketAddress;

/**
 * Servers of several protocols.
 */
final class ProtocolsExample
{
    private static final Protocol DEVICES = new LengthFieldProtocol(new LengthFieldProtocol.Context()
        .name("devices")
        .length(2)
        .max(4_096)
        .probe(new byte[]{1}, new byte[]{2}));

    private static final Protocol LINES = new LineProtocol(new LineProtocol.Context()
        .heartbeat("ping", "pong"));

    private ProtocolsExample()
    {
    }

    static HeartbeatServer launchOfMany(final InetSocketAddress address, final ConnectionListener listener)
    {
        return HeartbeatServer.launch(new ServerContext()
            .bindAddress(address)
            .protocols(Protocol.HEARTWHEEL, new MqttProtocol(), DEVICES)
            .listener(listener));
    }

    static HeartbeatServer launchOfLines(final InetSocketAddress address, final ConnectionListener listener)
    {
        return HeartbeatServer.launch(new ServerContext().bindAddress(address).protocols(LINES).listener(listener));
    }
}
