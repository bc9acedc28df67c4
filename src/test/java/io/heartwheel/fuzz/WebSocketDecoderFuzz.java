package io.heartwheel.fuzz;

import io.heartwheel.websocket.HalfMessage;
import io.heartwheel.websocket.JettyOracle;
import io.heartwheel.websocket.NettyOracle;
import io.heartwheel.websocket.RecordingWebSocketHandler;
import io.heartwheel.websocket.WebSocketDecoder;
import io.heartwheel.websocket.WebSocketFrame;

import java.nio.ByteBuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The decoder finds the same messages however the network cuts them, and keeps no more than arrived. In one mode it
 * decodes what a server sends, and in another it takes no text; else Netty's decoder has to take and refuse the same,
 * and Jetty's parser to find the same and refuse nothing besides.
 */
public final class WebSocketDecoderFuzz
{
    private static final int MAX_MESSAGE_LENGTH = 1000;
    /** The smallest buffer of a message, a header, and a control frame. */
    private static final int KEPT_AHEAD_MAX =
        64 + WebSocketFrame.MAX_HEADER_LENGTH + WebSocketFrame.MAX_CONTROL_LENGTH;
    private static final int OF_CLIENT = 0;
    private static final int WITHOUT_TEXT = 1;

    private WebSocketDecoderFuzz()
    {
    }

    /**
     * Jazzer calls it.
     */
    public static void fuzzerTestOneInput(final byte[] input)
    {
        final Chunks chunks = new Chunks(input);
        final boolean isTextTaken = !chunks.option(WITHOUT_TEXT);
        final boolean isOfClient = chunks.option(OF_CLIENT);
        final WebSocketDecoder decoder = isOfClient ?
            WebSocketDecoder.ofClient(MAX_MESSAGE_LENGTH, isTextTaken) :
            WebSocketDecoder.ofServer(MAX_MESSAGE_LENGTH, isTextTaken);
        final RecordingWebSocketHandler whole = new RecordingWebSocketHandler();
        final ByteBuffer all = copy(chunks.whole());
        final HalfMessage wholeHalf = decoder.decode(null, all, whole);
        assertFalse(all.hasRemaining());

        final RecordingWebSocketHandler cut = new RecordingWebSocketHandler();
        HalfMessage half = null;
        int arrived = 0;
        for (ByteBuffer next = chunks.next(); null != next; next = chunks.next())
        {
            arrived += next.remaining();
            final ByteBuffer in = copy(next);
            half = decoder.decode(half, in, cut);
            assertFalse(in.hasRemaining());
            assertTrue(null == half || half.length() <= arrived);
            assertTrue(null == half || half.capacity() <= 2 * arrived + KEPT_AHEAD_MAX);
        }

        assertEquals(whole.calls, cut.calls);
        assertEquals(null == wholeHalf, null == half);
        assertEquals(HalfMessage.CLOSED == wholeHalf, HalfMessage.CLOSED == half);
        if (!isOfClient && isTextTaken && isWithinLimit(whole))
        {
            final byte[] bytes = copy(chunks.whole()).array();
            NettyOracle.compare(bytes, MAX_MESSAGE_LENGTH, (left) -> left, "");
            final Chunks again = new Chunks(input);
            JettyOracle.isRefused(bytes, MAX_MESSAGE_LENGTH, (left) -> again.next().remaining(), "");
        }
    }

    /**
     * Netty limits each frame, and we their sum.
     */
    private static boolean isWithinLimit(final RecordingWebSocketHandler handler)
    {
        return !handler.last().contains(" bytes, at most " + MAX_MESSAGE_LENGTH);
    }

    private static ByteBuffer copy(final ByteBuffer bytes)
    {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }
}
