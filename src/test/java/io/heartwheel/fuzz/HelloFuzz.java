package io.heartwheel.fuzz;

import io.heartwheel.wire.Frame;
import io.heartwheel.wire.FrameDecoder;
import io.heartwheel.wire.Hello;
import io.heartwheel.wire.Identity;
import io.heartwheel.wire.RecordingFrameHandler;

import java.nio.ByteBuffer;
import java.util.Arrays;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A HELLO of this version that is read and written again is the same. A HELLO of another version is refused by a
 * message with its number. One with an identity tells just that, by the grammar of identities, or is refused.
 */
public final class HelloFuzz
{
    private static final int LONGEST = Hello.LENGTH + 1 + Identity.MAX_LENGTH;

    private HelloFuzz()
    {
    }

    /**
     * Jazzer calls it.
     */
    public static void fuzzerTestOneInput(final byte[] input)
    {
        final boolean isNamed = input.length > Hello.LENGTH + 1;
        final byte[] payload =
            Arrays.copyOf(input, isNamed ? Math.min(input.length, LONGEST) : Hello.LENGTH);
        final ByteBuffer in = ByteBuffer.allocate(Frame.HEADER_LENGTH + payload.length);
        Frame.putHeader(in, Frame.HELLO, 0, payload.length);
        final ByteBuffer out = ByteBuffer.allocate(in.capacity());
        final RecordingFrameHandler handler = new RecordingFrameHandler()
        {
            @Override
            public boolean onHello(final Hello hello)
            {
                hello.putFrame(out);
                return super.onHello(hello);
            }

            @Override
            public boolean onIdentity(final String identity)
            {
                assertNull(Identity.faultOf(identity));
                assertTrue(isNamed && 0 != (payload[1] & Hello.IDENTITY));
                final byte[] written = Identity.helloPayload(identity);
                assertEquals(ByteBuffer.wrap(written).position(Hello.LENGTH),
                    ByteBuffer.wrap(payload).position(Hello.LENGTH));
                return super.onIdentity(identity);
            }
        };

        new FrameDecoder(0).decode(null, in.put(payload).flip(), handler);

        assertEquals(1, handler.frames.size());
        if (isNamed && Hello.VERSION == payload[0])
        {
            assertEquals(0, out.position(), "it asks for no cadence");
        }
        else if (Hello.VERSION == payload[0])
        {
            assertArrayEquals(in.array(), out.array());
        }
        else
        {
            assertEquals("ERROR HELLO of version " + (payload[0] & 0xFF) + ", expected 1", handler.frames.get(0));
        }
    }
}
