package io.heartwheel.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The bytes of frames of a client, right and wrong ones, and the lines that {@link RecordingWebSocketHandler} should
 * record for them. Written without the classes that are tested.
 */
final class ClientFrames
{
    static final int FIN = 0x80;

    final List<String> expected = new ArrayList<>();

    private final ByteBuffer bytes = ByteBuffer.allocate(1 << 20);
    private final SplittableRandom random;

    ClientFrames(final SplittableRandom random)
    {
        this.random = random;
    }

    int length()
    {
        return bytes.position();
    }

    void clear()
    {
        bytes.clear();
        expected.clear();
    }

    /**
     * A part of it, as it comes from the network: in a direct buffer, and not from its beginning.
     */
    ByteBuffer part(final int from, final int to)
    {
        final ByteBuffer in = ByteBuffer.allocateDirect(to - from + 3).position(3);
        return in.put(3, bytes, from, to - from);
    }

    ByteBuffer all()
    {
        return part(0, length());
    }

    /**
     * A frame with the shortest length there is.
     */
    ClientFrames put(final int first, final byte[] payload)
    {
        return put(first, payload, payload.length < 126 ? 0 : payload.length <= 0xFFFF ? 2 : 8);
    }

    /**
     * A frame whose length takes 0, 2 or 8 bytes behind the second.
     */
    ClientFrames put(final int first, final byte[] payload, final int lengthBytes)
    {
        final int key = random.nextInt();
        bytes.put((byte)first).put((byte)(0x80 | (0 == lengthBytes ? payload.length : 2 == lengthBytes ? 126 : 127)));
        if (2 == lengthBytes)
        {
            bytes.putShort((short)payload.length);
        }
        else if (8 == lengthBytes)
        {
            bytes.putLong(payload.length);
        }
        bytes.putInt(key);
        for (int i = 0; i < payload.length; i++)
        {
            bytes.put((byte)(payload[i] ^ key >>> 24 - i % 4 * 8));
        }
        return this;
    }

    ClientFrames raw(final int... values)
    {
        for (final int value : values)
        {
            bytes.put((byte)value);
        }
        return this;
    }

    ClientFrames text(final String text)
    {
        expected.add("TEXT " + text);
        return put(FIN | WebSocketFrame.TEXT, utf8(text));
    }

    ClientFrames binary(final byte[] payload)
    {
        expected.add("BINARY " + RecordingWebSocketHandler.hex(payload));
        return put(FIN | WebSocketFrame.BINARY, payload);
    }

    ClientFrames ping(final byte... payload)
    {
        expected.add("PING " + RecordingWebSocketHandler.hex(payload));
        return put(FIN | WebSocketFrame.PING, payload);
    }

    ClientFrames pong(final byte... payload)
    {
        expected.add("PONG " + RecordingWebSocketHandler.hex(payload));
        return put(FIN | WebSocketFrame.PONG, payload);
    }

    /**
     * A frame that does not end its message.
     *
     * @param opcode of the message, or that of a continuation.
     * @param before number of bytes of the message before it.
     */
    ClientFrames fragment(final int opcode, final byte[] payload, final int before)
    {
        expected.add("FRAGMENT " + (before + payload.length));
        return put(opcode, payload);
    }

    ClientFrames close(final int code, final String text)
    {
        expected.add("CLOSE " + code + " " + text);
        final byte[] utf8 = utf8(text);
        final byte[] payload = ByteBuffer.allocate(2 + utf8.length).putShort((short)code).put(utf8).array();
        return put(FIN | WebSocketFrame.CLOSE, payload);
    }

    /**
     * Some of every kind, with control frames between fragments, and a CLOSE.
     */
    ClientFrames putMixed()
    {
        text("h\u00E4llo").ping().binary(new byte[]{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13});
        final byte[] word = utf8("\u20AC\uD83D\uDE00x");
        // Within the first character, and within the second.
        fragment(WebSocketFrame.TEXT, part(word, 0, 1), 0);
        ping((byte)1, (byte)2, (byte)3, (byte)4, (byte)5);
        fragment(WebSocketFrame.CONTINUATION, part(word, 1, 5), 1);
        fragment(WebSocketFrame.CONTINUATION, new byte[0], 5);
        pong(new byte[0]);
        expected.add("TEXT \u20AC\uD83D\uDE00x");
        put(FIN | WebSocketFrame.CONTINUATION, part(word, 5, word.length));
        text("").binary(new byte[0]).pong((byte)7);
        fragment(WebSocketFrame.BINARY, new byte[]{(byte)0xFF}, 0);
        expected.add("BINARY ff");
        put(FIN | WebSocketFrame.CONTINUATION, new byte[0]);
        binary(new byte[126]);
        return close(1001, "\u00E4nd");
    }

    void putRandom()
    {
        final byte[] payload = new byte[random.nextInt(1 << random.nextInt(11))];
        random.nextBytes(payload);
        switch (random.nextInt(6))
        {
            case 0 -> ping(part(payload, 0, Math.min(payload.length, 125)));
            case 1 -> pong(part(payload, 0, Math.min(payload.length, 125)));
            case 2 -> text(randomText());
            case 3 -> putFragments(utf8(randomText()), WebSocketFrame.TEXT);
            case 4 -> putFragments(payload, WebSocketFrame.BINARY);
            default -> binary(payload);
        }
    }

    static byte[] utf8(final String text)
    {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void putFragments(final byte[] message, final int opcode)
    {
        int from = 0;
        int next = opcode;
        for (int i = random.nextInt(5); i > 0; i--)
        {
            final int to = from + random.nextInt(message.length - from + 1);
            fragment(next, part(message, from, to), from);
            next = WebSocketFrame.CONTINUATION;
            from = to;
            if (random.nextBoolean())
            {
                ping((byte)i);
            }
        }
        expected.add(WebSocketFrame.TEXT == opcode ?
            RecordingWebSocketHandler.text(message) : "BINARY " + RecordingWebSocketHandler.hex(message));
        put(FIN | next, part(message, from, message.length));
    }

    private String randomText()
    {
        final StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(60); i > 0; i--)
        {
            final int code = random.nextInt(1 << 4 + random.nextInt(14));
            text.appendCodePoint(code >= 0xD800 && code < 0xE000 ? 'x' : code);
        }
        return text.toString();
    }

    static byte[] part(final byte[] bytes, final int from, final int to)
    {
        return Arrays.copyOfRange(bytes, from, to);
    }
}
