package io.heartwheel.fuzz;

import io.heartwheel.wire.Frame;
import io.heartwheel.wire.FrameDecoder;
import io.heartwheel.wire.Hello;
import io.heartwheel.wire.RecordingFrameHandler;

import java.nio.ByteBuffer;
import java.util.Arrays;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A HELLO of this version that is read and written again is the same. A HELLO of another version is refused by a
 * message with its number.
 */
public final class HelloFuzz
{
    private HelloFuzz()
    {
    }

    /**
     * Jazzer calls it.
     */
    public static void fuzzerTestOneInput(final byte[] input)
    {
        final byte[] payload = Arrays.copyOf(input, Hello.LENGTH);
        final ByteBuffer in = ByteBuffer.allocate(Frame.HEADER_LENGTH + Hello.LENGTH);
        Frame.putHeader(in, Frame.HELLO, 0, Hello.LENGTH);
        final ByteBuffer out = ByteBuffer.allocate(in.capacity());
        final RecordingFrameHandler handler = new RecordingFrameHandler()
        {
            @Override
            public boolean onHello(final Hello hello)
            {
                hello.putFrame(out);
                return super.onHello(hello);
            }
        };

        new FrameDecoder(0).decode(null, in.put(payload).flip(), handler);

        assertEquals(1, handler.frames.size());
        if (Hello.VERSION == payload[0])
        {
            assertArrayEquals(in.array(), out.array());
        }
        else
        {
            assertEquals("ERROR HELLO of version " + (payload[0] & 0xFF) + ", expected 1", handler.frames.get(0));
        }
    }
}
