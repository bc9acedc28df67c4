package io.heartwheel.websocket;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

/**
 * The decoder finds the same messages wherever the network cuts the stream.
 */
class WebSocketDecoderSplitTest
{
    private final Seed seed = Seed.next();
    private final SplittableRandom random = seed.random();
    private final WebSocketDecoder decoder = WebSocketDecoder.ofServer(1 << 16, true);
    private final RecordingWebSocketHandler handler = new RecordingWebSocketHandler();
    private final ClientFrames frames = new ClientFrames(random);

    @Test
    void shouldDecodeTheSameInChunksOfAnySize()
    {
        final int length = frames.putMixed().length();
        for (int chunk = 1; chunk <= length; chunk++)
        {
            handler.calls.clear();
            HalfMessage half = null;
            for (int from = 0; from < length; from += chunk)
            {
                half = decode(half, from, Math.min(from + chunk, length));
            }
            assertEquals(frames.expected, handler.calls, "in chunks of " + chunk);
            assertSame(HalfMessage.CLOSED, half);
        }
    }

    @Test
    void shouldDecodeTheSameWhereverItIsCutTwice()
    {
        final int length = frames.putMixed().length();
        for (int first = 0; first <= length; first++)
        {
            for (int second = first; second <= length; second++)
            {
                handler.calls.clear();
                HalfMessage half = decode(null, 0, first);
                half = decode(half, first, second);
                decode(half, second, length);
                if (!frames.expected.equals(handler.calls))
                {
                    assertEquals(frames.expected, handler.calls, "cut at " + first + " and " + second);
                }
            }
        }
    }

    @Test
    void shouldDecodeTheSameHoweverARandomStreamIsCut()
    {
        for (int run = 0; run < 300; run++)
        {
            frames.clear();
            handler.calls.clear();
            for (int i = random.nextInt(40); i >= 0; i--)
            {
                frames.putRandom();
            }

            final int length = frames.length();
            HalfMessage half = null;
            int from = 0;
            while (from < length)
            {
                final int to = Math.min(length, from + 1 + random.nextInt(1 << random.nextInt(14)));
                half = decode(half, from, to);
                from = to;
            }
            assertEquals(frames.expected, handler.calls, seed::toString);
            assertNull(half, seed::toString);
        }
    }

    @Test
    void shouldHandleNothingAfterAHandlerSaidSo()
    {
        final int length = frames.putMixed().length();
        for (int stopAfter = 1; stopAfter <= frames.expected.size(); stopAfter++)
        {
            for (int cut = 0; cut <= length; cut++)
            {
                handler.calls.clear();
                handler.stopAfter = stopAfter;
                final HalfMessage half = decode(null, 0, cut);
                assertSame(HalfMessage.CLOSED, decode(half, cut, length));
                assertEquals(frames.expected.subList(0, stopAfter), handler.calls);
            }
        }
    }

    @Test
    void shouldKeepTheHalvesOfManyConnectionsApart()
    {
        frames.putMixed();
        final HalfMessage[] halves = new HalfMessage[7];
        final RecordingWebSocketHandler[] handlers = new RecordingWebSocketHandler[halves.length];
        for (int from = 0; from < frames.length(); from++)
        {
            for (int i = 0; i < halves.length; i++)
            {
                handlers[i] = null == handlers[i] ? new RecordingWebSocketHandler() : handlers[i];
                halves[i] = decoder.decode(halves[i], frames.part(from, from + 1), handlers[i]);
            }
        }

        for (final RecordingWebSocketHandler each : handlers)
        {
            assertEquals(frames.expected, each.calls);
        }
    }

    private HalfMessage decode(final HalfMessage half, final int from, final int to)
    {
        final ByteBuffer in = frames.part(from, to);
        final HalfMessage left = decoder.decode(half, in, handler);
        assertFalse(in.hasRemaining(), "to be taken whole");
        return left;
    }
}
