package io.heartwheel.simulation;

import io.heartwheel.CloseReason;
import io.heartwheel.wire.Frame;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * Puts our own frames, which peers of the simulation speak, into WebSocket, and finds them there. PING, PONG and BYE
 * become PING, PONG and CLOSE. Other frames are messages with header and payload. Written without the classes that are
 * tested.
 */
final class WebSocketTongue
{
    private static final String HEAD_END = "\r\n\r\n";
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n" +
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
    private static final int FIN = 0x80;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int NORMAL = 1000;
    private static final int TOKEN_LENGTH = Integer.BYTES;
    /** Frames of a peer that are sent as fragments, with a PING between. */
    private static final int FRAGMENTED_EACH = 8;
    private static final int FRAGMENTED_LENGTH_MAX = 1_000;

    private final SplittableRandom random;
    private final ByteBuffer said = ByteBuffer.allocate(Frame.HEADER_LENGTH);
    private int saying;
    private int unheardBye;
    private int key;
    private int masked;

    private final StringBuilder answer = new StringBuilder();
    private boolean isUpgraded;
    private boolean isOver;
    private final ByteBuffer head = ByteBuffer.allocate(4);
    private final ByteBuffer control = ByteBuffer.allocate(125);
    private int hearing;

    WebSocketTongue(final SplittableRandom random)
    {
        this.random = random;
    }

    static byte[] request(final boolean isForged)
    {
        return (REQUEST + (isForged ? "Origin: https://evil.example\r\n" : "") + "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Something that is wrong at its beginning.
     */
    static ByteBuffer nonsense(final int kind)
    {
        return ByteBuffer.wrap(switch (kind)
        {
            // Without a mask; of a length that is too long; with a reserved bit; a continuation of nothing.
            case 0 -> new byte[]{(byte)0x82, 0};
            case 1 -> new byte[]{(byte)0x82, (byte)0xFE, (byte)0xFF, (byte)0xFF, 1, 2, 3, 4};
            case 2 -> new byte[]{(byte)0xC2, (byte)0x80, 1, 2, 3, 4};
            default -> new byte[]{(byte)0x80, (byte)0x80, 1, 2, 3, 4};
        });
    }

    /**
     * What is sent for bytes of frames.
     */
    ByteBuffer encode(final ByteBuffer frames)
    {
        final ByteBuffer out = ByteBuffer.allocate(frames.remaining() * 6 + 64);
        while (frames.hasRemaining())
        {
            if (saying > 0)
            {
                say(frames, Math.min(saying, frames.remaining()), out);
            }
            else if (unheardBye > 0)
            {
                frames.get();
                --unheardBye;
            }
            else
            {
                said.put(frames.get());
                if (!said.hasRemaining())
                {
                    begin(said.flip(), frames, out);
                    said.clear();
                }
            }
        }
        return out.flip();
    }

    private void begin(final ByteBuffer header, final ByteBuffer frames, final ByteBuffer out)
    {
        final int length = header.getShort(2) & 0xFFFF;
        final int token = header.get(1) & 0xFF;
        switch (header.get(0))
        {
            case Frame.PING -> sayControl(PING, token, out);
            case Frame.PONG -> sayControl(PONG, token, out);
            case Frame.BYE ->
            {
                unheardBye = length;
                putHead(FIN | CLOSE, Short.BYTES, out);
                say(ByteBuffer.allocate(Short.BYTES).putShort((short)NORMAL).flip(), Short.BYTES, out);
            }
            default ->
            {
                final boolean isFragmented = length > 0 && length < FRAGMENTED_LENGTH_MAX &&
                    frames.remaining() >= length && 0 == random.nextInt(FRAGMENTED_EACH);
                if (isFragmented)
                {
                    putHead(BINARY, Frame.HEADER_LENGTH, out);
                    say(header, Frame.HEADER_LENGTH, out);
                    sayControl(PING, token, out);
                    putHead(FIN, length, out);
                    say(frames, length, out);
                }
                else
                {
                    putHead(FIN | BINARY, Frame.HEADER_LENGTH + length, out);
                    say(header, Frame.HEADER_LENGTH, out);
                }
            }
        }
    }

    private void sayControl(final int opcode, final int token, final ByteBuffer out)
    {
        putHead(FIN | opcode, TOKEN_LENGTH, out);
        say(ByteBuffer.allocate(TOKEN_LENGTH).putInt(token).flip(), TOKEN_LENGTH, out);
    }

    private void putHead(final int first, final int length, final ByteBuffer out)
    {
        out.put((byte)first);
        if (length < 126)
        {
            out.put((byte)(0x80 | length));
        }
        else
        {
            out.put((byte)0xFE).putShort((short)length);
        }
        key = random.nextInt();
        out.putInt(key);
        masked = 0;
        saying = length;
    }

    private void say(final ByteBuffer from, final int length, final ByteBuffer out)
    {
        for (int i = 0; i < length; i++, masked++)
        {
            out.put((byte)(from.get() ^ key >>> 24 - masked % 4 * 8));
        }
        saying -= length;
    }

    /**
     * The frames in bytes of the server.
     */
    ByteBuffer decode(final ByteBuffer in)
    {
        final ByteBuffer out = ByteBuffer.allocate(3 * in.remaining() + 16);
        while (!isUpgraded && in.hasRemaining())
        {
            onAnswer(in, out);
        }
        while (in.hasRemaining())
        {
            Simulation.require(!isOver, "the server sent more behind its end");
            if (hearing > 0)
            {
                final int length = Math.min(hearing, in.remaining());
                final ByteBuffer part = in.slice(in.position(), length);
                in.position(in.position() + length);
                hearing -= length;
                (isControl() ? control : out).put(part);
                endFrame(out);
            }
            else
            {
                head.put(in.get());
                final int known = head.position() < 2 ? 2 : 126 == head.get(1) ? 4 : 2;
                if (head.position() == known)
                {
                    Simulation.require(head.get(1) >= 0 && head.get(1) < 127, "the server's frame has " + head.get(1));
                    hearing = 2 == known ? head.get(1) : head.getShort(2) & 0xFFFF;
                    endFrame(out);
                }
            }
        }
        return out.flip();
    }

    private boolean isControl()
    {
        return 0 != (head.get(0) & CLOSE);
    }

    private void endFrame(final ByteBuffer out)
    {
        if (hearing > 0)
        {
            return;
        }
        control.flip();
        switch (head.get(0) & 0x0F)
        {
            case PING -> out.put((byte)Frame.PING).put(control.get(TOKEN_LENGTH - 1)).putShort((short)0);
            case PONG -> out.put((byte)Frame.PONG).put(control.get(TOKEN_LENGTH - 1)).putShort((short)0);
            case CLOSE -> end(out);
            default -> Simulation.require(!isControl() && (byte)(FIN | BINARY) == head.get(0),
                "the server sent a frame that begins with " + head.get(0));
        }
        control.clear();
        head.clear();
    }

    private void onAnswer(final ByteBuffer in, final ByteBuffer out)
    {
        Simulation.require(!isOver, "the server sent more behind its answer");
        answer.append((char)in.get());
        if (!answer.toString().endsWith(HEAD_END))
        {
            return;
        }
        if (answer.toString().startsWith("HTTP/1.1 101 "))
        {
            isUpgraded = true;
            return;
        }
        in.position(in.limit());
        end(out);
        isOver = false;
    }

    private void end(final ByteBuffer out)
    {
        isOver = true;
        out.put((byte)Frame.BYE).put((byte)0).putShort((short)1).put((byte)CloseReason.REFUSED.code());
    }
}
