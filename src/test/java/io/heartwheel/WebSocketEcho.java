package io.heartwheel;

import io.heartwheel.liveness.Cadence;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * A server that speaks WebSocket on the loopback, and sends each message back in its kind.
 */
public final class WebSocketEcho implements AutoCloseable
{
    private static final int MESSAGE_MAX = 1 << 24;

    private final HeartbeatServer server;

    /**
     * As by the settings for tests of the protocol, which send long messages and are slow now and then.
     */
    public WebSocketEcho()
    {
        final ServerContext ctx = new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .listener(new Echo())
            // Nobody is asked: the suite puts its answer into the middle of a frame that it sends in parts (6.4.3).
            .cadence(Cadence.passive(TimeUnit.MINUTES.toNanos(10)))
            .maxOutboundLength(4 * MESSAGE_MAX)
            .maxHeldBytes(32L * MESSAGE_MAX)
            // Some cases send 4 MB in fragments of 64 bytes.
            .frameRate(0)
            .frameTimeoutNs(TimeUnit.MINUTES.toNanos(10));
        ctx.webSocket()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .maxMessageLength(MESSAGE_MAX)
            .maxQuietNs(0);
        server = HeartbeatServer.launch(ctx);
    }

    /** {@return the port where WebSocket is spoken} */
    public int port()
    {
        return server.webSocketAddress().getPort();
    }

    @Override
    public void close()
    {
        server.close();
    }

    /**
     * Sends each message back.
     */
    static class Echo implements ConnectionListener
    {
        @Override
        public void onOpen(final Connection connection)
        {
        }

        @Override
        public void onMessage(final Connection connection, final ByteBuffer payload)
        {
            connection.send(payload);
        }

        @Override
        public void onText(final Connection connection, final ByteBuffer utf8)
        {
            connection.sendText(utf8);
        }

        @Override
        public void onClosed(final Connection connection, final CloseReason reason)
        {
        }
    }
}
