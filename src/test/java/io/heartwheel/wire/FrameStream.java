package io.heartwheel.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The bytes of frames, and the lines that {@link RecordingFrameHandler} should record for them.
 */
final class FrameStream
{
    static final Hello HELLO = new Hello(4, 15_000, 5_000);

    final List<String> expected = new ArrayList<>();

    private final ByteBuffer bytes = ByteBuffer.allocate(1 << 20);

    int length()
    {
        return bytes.position();
    }

    void clear()
    {
        bytes.clear();
        expected.clear();
    }

    ByteBuffer all()
    {
        return part(0, length());
    }

    /**
     * A part of it, as it comes from the network: in a direct buffer, and not from its beginning.
     */
    ByteBuffer part(final int from, final int to)
    {
        final ByteBuffer in = ByteBuffer.allocateDirect(to - from + 3).position(3);
        return in.put(3, bytes, from, to - from);
    }

    void putPing(final int token)
    {
        Frame.putHeader(bytes, Frame.PING, token, 0);
        expected.add("PING " + (byte)token);
    }

    void putHello()
    {
        HELLO.putFrame(bytes);
        expected.add(HELLO.toString());
    }

    void putData(final byte[] payload)
    {
        put(Frame.DATA, payload);
        expected.add(RecordingFrameHandler.data(payload));
    }

    void put(final int type, final byte[] payload)
    {
        Frame.putHeader(bytes, type, 0, payload.length);
        bytes.put(payload);
    }

    void putRaw(final byte[] raw)
    {
        bytes.put(raw);
    }

    /**
     * Some of every type, the unknown included, and a BYE.
     */
    void putMixed()
    {
        putData(new byte[]{1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 4, 0, 0});
        putPing(1);
        put(99, new byte[]{Frame.PING, 9, 0, 0, Frame.PING, 9, 0, 0, 1});
        putData(new byte[]{1});
        putHello();
        put(200, new byte[0]);
        putData(new byte[0]);
        putPing(200);
        putData(new byte[]{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
        put(Frame.BYE, "\u0007\u00E4nd".getBytes(StandardCharsets.UTF_8));
        expected.add("BYE 7 \u00E4nd");
    }

    void putRandom(final SplittableRandom random)
    {
        final byte[] payload = new byte[random.nextInt(1 << random.nextInt(10))];
        random.nextBytes(payload);
        switch (random.nextInt(6))
        {
            case 0 -> putPing(random.nextInt(256));
            case 1 -> putHello();
            case 2 -> put(6 + random.nextInt(250), payload);
            default -> putData(payload);
        }
    }
}
