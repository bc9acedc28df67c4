package io.heartwheel.reactor;

import io.heartwheel.websocket.MaskKeys;
import io.heartwheel.websocket.WebSocketFrame;
import io.heartwheel.wire.ForeignOutbound;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.MaskedOutbound;
import io.heartwheel.wire.Outbound;

import java.nio.ByteBuffer;

/**
 * Queues the frames of one end of WebSocket: without a mask for a server, and with one, another for each frame, for a
 * client. Nothing is allocated for a PING, a PONG or a message.
 */
final class WebSocketWriter
{
    private static final int TOKENS = 1 << Byte.SIZE;
    private static final byte[][] PINGS = pings();

    private final SocketIo io;
    private final MaskKeys keys;
    private final ByteBuffer framed;
    private final ByteBuffer control = ByteBuffer.allocate(WebSocketFrame.MAX_CONTROL_FRAME_LENGTH);
    private final LastBytes lastPong = new LastBytes();

    /**
     * @param keys of a client; null for a server.
     */
    WebSocketWriter(final int maxMessageLength, final MaskKeys keys, final SocketIo io)
    {
        framed = ByteBuffer.allocate(maxMessageLength + WebSocketFrame.MAX_HEADER_LENGTH);
        this.keys = keys;
        this.io = io;
    }

    private static byte[][] pings()
    {
        final byte[][] pings = new byte[TOKENS][];
        for (int token = 0; token < TOKENS; token++)
        {
            final ByteBuffer ping = ByteBuffer.allocate(2 + Integer.BYTES);
            WebSocketFrame.putPing(ping, token);
            pings[token] = ping.array();
        }
        return pings;
    }

    boolean isOfClient()
    {
        return null != keys;
    }

    Outbound newOutbound()
    {
        return null == keys ? new ForeignOutbound() : new MaskedOutbound();
    }

    /**
     * A PING with the next token of the peer.
     */
    void ping(final Peer peer)
    {
        final int token = peer.nextPingToken() & TOKENS - 1;
        if (null == keys)
        {
            ((ForeignOutbound)peer.outbound).ask(PINGS[token]);
        }
        else
        {
            WebSocketFrame.putMaskedPing(control.clear(), token, keys.next());
            ((MaskedOutbound)peer.outbound).ask(control.flip());
        }
    }

    void pong(final Peer peer, final ByteBuffer payload)
    {
        put(control.clear(), WebSocketFrame.PONG, payload);
        if (null == keys)
        {
            ((ForeignOutbound)peer.outbound).reply(lastPong.of(control.flip()));
        }
        else
        {
            ((MaskedOutbound)peer.outbound).reply(control.flip());
        }
    }

    /**
     * A message, for which its length and that of a header of our own are reserved.
     */
    void message(final Peer peer, final ByteBuffer payload, final boolean isText)
    {
        put(framed.clear(), isText ? WebSocketFrame.TEXT : WebSocketFrame.BINARY, payload);
        // The rest is reserved. Counted whatever the limit, as it is a few bytes a message.
        peer.reserve(framed.flip().remaining() - payload.remaining(), Integer.MAX_VALUE);
        io.enqueue(peer, framed);
    }

    void close(final Peer peer, final int code, final String text)
    {
        if (null == keys)
        {
            WebSocketFrame.putClose(control.clear(), code, text);
        }
        else
        {
            WebSocketFrame.putMaskedClose(control.clear(), code, text, keys.next());
        }
        peer.reserve(Frame.HEADER_LENGTH + control.flip().remaining(), Integer.MAX_VALUE);
        io.enqueue(peer, control);
    }

    private void put(final ByteBuffer out, final int opcode, final ByteBuffer payload)
    {
        if (null == keys)
        {
            WebSocketFrame.put(out, opcode, payload);
        }
        else
        {
            WebSocketFrame.putMasked(out, opcode, payload, keys.next());
        }
    }
}
