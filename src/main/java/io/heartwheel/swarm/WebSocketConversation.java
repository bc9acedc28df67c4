package io.heartwheel.swarm;

import io.heartwheel.websocket.HalfMessage;
import io.heartwheel.websocket.WebSocketDecoder;
import io.heartwheel.websocket.WebSocketFrame;
import io.heartwheel.websocket.WebSocketHandler;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * A conversation by WebSocket, once {@link SwarmOpening} has opened it.
 */
final class WebSocketConversation extends Conversation implements WebSocketHandler
{
    /** Longest message of a server that is taken. None is looked at. */
    private static final int MAX_MESSAGE_LENGTH = 1 << 24;

    private final WebSocketDecoder decoder = WebSocketDecoder.ofClient(MAX_MESSAGE_LENGTH, true);
    private final SplittableRandom keys = new SplittableRandom();

    @Override
    void decode(final ByteBuffer bytes)
    {
        client.kept = decoder.decode((HalfMessage)client.kept, bytes, this);
    }

    @Override
    void putPing(final byte token)
    {
        WebSocketFrame.putMaskedPing(out, token & 0xFF, keys.nextInt());
    }

    @Override
    public boolean onPing(final ByteBuffer payload)
    {
        if (onPingHeard())
        {
            WebSocketFrame.putMasked(out, WebSocketFrame.PONG, payload, keys.nextInt());
            sendAnswers(out.position());
        }
        return true;
    }

    @Override
    public boolean onPong(final ByteBuffer payload)
    {
        final long token = WebSocketFrame.tokenOf(payload);
        if (token >= 0 && token <= 0xFF)
        {
            onPongHeard((byte)token);
        }
        return true;
    }

    @Override
    public boolean onText(final ByteBuffer payload)
    {
        return true;
    }

    @Override
    public boolean onBinary(final ByteBuffer payload)
    {
        return true;
    }

    @Override
    public boolean onFragment(final int messageLength)
    {
        return true;
    }

    @Override
    public void onClose(final int code, final String text)
    {
        onGoodbye(code, text);
        if (!client.hasDied)
        {
            WebSocketFrame.putMaskedClose(out, code, "", keys.nextInt());
            send(out.position());
        }
    }

    @Override
    public void onProtocolError(final int code, final String what)
    {
        onWrong(what);
    }
}
