package io.heartwheel.fuzz;

import io.heartwheel.wire.Frame;
import io.heartwheel.wire.FrameDecoder;
import io.heartwheel.wire.HalfFrame;
import io.heartwheel.wire.RecordingFrameHandler;

import java.nio.ByteBuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The decoder finds the same frames however the network cuts them. It consumes all bytes, and keeps at most half a
 * frame.
 */
public final class FrameDecoderFuzz
{
    private static final int MAX_DATA_LENGTH = 1000;
    private static final int STOP_AFTER_MAX = 7;

    private FrameDecoderFuzz()
    {
    }

    /**
     * Jazzer calls it.
     */
    public static void fuzzerTestOneInput(final byte[] input)
    {
        final Chunks chunks = new Chunks(input);
        final FrameDecoder decoder = new FrameDecoder(MAX_DATA_LENGTH);
        final RecordingFrameHandler whole = handler(chunks);
        final ByteBuffer all = chunks.whole();
        final HalfFrame wholeHalf = decoder.decode(null, all, whole);
        assertFalse(all.hasRemaining());

        final RecordingFrameHandler cut = handler(chunks);
        HalfFrame half = null;
        int arrived = 0;
        for (ByteBuffer in = chunks.next(); null != in && !isOver(cut); in = chunks.next())
        {
            arrived += in.remaining();
            half = decoder.decode(half, in, cut);
            assertFalse(in.hasRemaining());
            assertTrue(length(half) <= Math.min(arrived, Frame.HEADER_LENGTH + Frame.MAX_PAYLOAD_LENGTH));
        }

        assertEquals(whole.frames, cut.frames);
        if (!isOver(whole))
        {
            assertEquals(null == wholeHalf, null == half);
            assertEquals(length(wholeHalf), length(half));
        }
    }

    private static RecordingFrameHandler handler(final Chunks chunks)
    {
        final RecordingFrameHandler handler = new RecordingFrameHandler();
        final int stopAfter = chunks.option(0, STOP_AFTER_MAX);
        handler.stopAfter = 0 == stopAfter ? RecordingFrameHandler.NEVER : stopAfter;
        return handler;
    }

    /**
     * Nothing of the connection is given to the decoder any more.
     */
    static boolean isOver(final RecordingFrameHandler handler)
    {
        final int count = handler.frames.size();
        return count > 0 && (count == handler.stopAfter ||
            handler.frames.get(count - 1).startsWith("BYE ") || handler.frames.get(count - 1).startsWith("ERROR "));
    }

    private static int length(final HalfFrame half)
    {
        return null == half ? 0 : half.length();
    }
}
