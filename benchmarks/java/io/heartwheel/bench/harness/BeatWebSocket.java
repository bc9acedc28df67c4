package io.heartwheel.bench.harness;

import io.heartwheel.websocket.ClientOpening;
import io.heartwheel.websocket.WebSocketFrame;
import io.heartwheel.wire.Frame;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * WebSocket, as far as {@link BeatClients} need it. The answer to the request counts as HELLO, and a token is the last
 * byte of a payload of four.
 */
final class BeatWebSocket implements BeatProtocol
{
    private static final int HEADER_LENGTH = 2;
    private static final int TOKEN_OFFSET = HEADER_LENGTH + Integer.BYTES - 1;
    private static final int LENGTH_MAX = 125;
    private static final int OPCODE = 0x0F;
    private static final int END_OF_HEAD = '\r' << 24 | '\n' << 16 | '\r' << 8 | '\n';

    private final byte[] opening =
        new ClientOpening("127.0.0.1", "/", new byte[ClientOpening.NONCE_LENGTH], List.of(), Map.of()).request();
    /** Whoever masks by one key costs a server no less than by many. */
    private final int key;

    BeatWebSocket(final int key)
    {
        this.key = key;
    }

    @Override
    public byte[] opening()
    {
        return opening;
    }

    @Override
    public void putPing(final ByteBuffer out, final byte token)
    {
        WebSocketFrame.putMaskedPing(out, token & 0xFF, key);
    }

    @Override
    public void putPong(final ByteBuffer out, final byte token)
    {
        final int begin = out.position();
        WebSocketFrame.putMaskedPing(out, token & 0xFF, key);
        out.put(begin, (byte)(out.get(begin) & ~OPCODE | WebSocketFrame.PONG));
    }

    @Override
    public int typeOf(final ByteBuffer in, final int begin)
    {
        return 'H' == in.get(begin) ? Frame.HELLO : switch (in.get(begin) & OPCODE)
        {
            case WebSocketFrame.PING -> Frame.PING;
            case WebSocketFrame.PONG -> Frame.PONG;
            case WebSocketFrame.CLOSE -> Frame.BYE;
            default -> Frame.DATA;
        };
    }

    @Override
    public byte tokenOf(final ByteBuffer in, final int begin)
    {
        return in.get(begin + TOKEN_OFFSET);
    }

    @Override
    public int endOf(final ByteBuffer in, final int begin, final int limit)
    {
        if ('H' == in.get(begin))
        {
            int end = begin + Integer.BYTES;
            while (end <= limit && END_OF_HEAD != in.getInt(end - Integer.BYTES))
            {
                ++end;
            }
            return end;
        }
        if (begin + HEADER_LENGTH > limit)
        {
            return limit + 1;
        }
        final int length = in.get(begin + 1);
        if (length < 0 || length > LENGTH_MAX)
        {
            throw new IllegalStateException("second byte " + length + " of a server's frame");
        }
        return begin + HEADER_LENGTH + length;
    }
}
