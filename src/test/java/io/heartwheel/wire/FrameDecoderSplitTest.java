package io.heartwheel.wire;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The decoder finds the same frames wherever the network cuts the stream.
 */
class FrameDecoderSplitTest
{
    private final FrameDecoder decoder = new FrameDecoder(Frame.MAX_PAYLOAD_LENGTH);
    private final RecordingFrameHandler handler = new RecordingFrameHandler();
    private final FrameStream stream = new FrameStream();

    @BeforeEach
    void putFrames()
    {
        stream.putMixed();
    }

    @Test
    void shouldDecodeTheSameInChunksOfAnySize()
    {
        final int length = stream.length();
        for (int chunk = 1; chunk <= length; chunk++)
        {
            handler.frames.clear();
            HalfFrame half = null;
            for (int from = 0; from < length; from += chunk)
            {
                half = decode(half, from, Math.min(from + chunk, length));
            }
            assertEquals(stream.expected, handler.frames, "in chunks of " + chunk);
            assertNull(half);
        }
    }

    @Test
    void shouldDecodeTheSameWhereverItIsCutTwice()
    {
        final int length = stream.length();
        for (int first = 0; first <= length; first++)
        {
            for (int second = first; second <= length; second++)
            {
                handler.frames.clear();
                HalfFrame half = decode(null, 0, first);
                half = decode(half, first, second);
                half = decode(half, second, length);
                if (!stream.expected.equals(handler.frames) || null != half)
                {
                    assertEquals(stream.expected, handler.frames, "cut at " + first + " and " + second);
                    assertNull(half, "cut at " + first + " and " + second);
                }
            }
        }
    }

    @Test
    void shouldDecodeTheSameHoweverARandomStreamIsCut()
    {
        final Seed seed = Seed.next();
        final SplittableRandom random = seed.random();
        for (int run = 0; run < 200; run++)
        {
            stream.clear();
            handler.frames.clear();
            for (int i = random.nextInt(60); i >= 0; i--)
            {
                stream.putRandom(random);
            }

            final int length = stream.length();
            HalfFrame half = null;
            int from = 0;
            while (from < length)
            {
                final int to = Math.min(length, from + 1 + random.nextInt(1 << random.nextInt(14)));
                half = decode(half, from, to);
                from = to;
            }
            assertEquals(stream.expected, handler.frames, seed::toString);
            assertNull(half, seed::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 6, 77, 127, 128, 255})
    void shouldSkipFramesOfUnknownTypeByTheirLength(final int type)
    {
        for (final int length : new int[]{0, 1, 5, 0xFFFF})
        {
            stream.clear();
            stream.put(type, new byte[length]);
            stream.putPing(3);
            final int end = stream.length();
            for (int cut = 0; cut <= end; cut += cut < 12 || cut > end - 12 ? 1 : 997)
            {
                handler.frames.clear();
                final HalfFrame half = decode(null, 0, cut);
                assertTrue(null == half || half.length() <= Frame.HEADER_LENGTH, "keeps what it skips");
                assertNull(decode(half, cut, end));
                assertEquals(stream.expected, handler.frames, "of length " + length + " cut at " + cut);
            }
        }
    }

    @Test
    void shouldHandleNothingAfterAnErrorOrAByeThatWasCut()
    {
        final byte[][] lasts = {
            {Frame.PING, 0, 0, 1, 0},
            {Frame.PONG, 0, 1, 0},
            {Frame.HELLO, 0, 0, 1},
            {Frame.BYE, 0, 0, 0},
            {Frame.BYE, 0, 0, 1, 4}};
        for (final byte[] last : lasts)
        {
            for (int cut = 0; cut < last.length; cut++)
            {
                stream.clear();
                stream.putRaw(last);
                stream.putPing(1);
                stream.putRaw(new byte[]{Frame.PING});
                handler.frames.clear();

                final HalfFrame half = decode(null, 0, cut);
                if (handler.frames.isEmpty())
                {
                    assertNull(decode(half, cut, stream.length()));
                }
                assertEquals(1, handler.frames.size(), "cut at " + cut);
            }
        }
    }

    @Test
    void shouldHandleNothingAfterAHandlerSaidSo()
    {
        final int length = stream.length();
        for (int stopAfter = 1; stopAfter <= stream.expected.size(); stopAfter++)
        {
            for (int cut = 0; cut <= length; cut++)
            {
                handler.frames.clear();
                handler.stopAfter = stopAfter;
                HalfFrame half = decode(null, 0, cut);
                if (handler.frames.size() < stopAfter)
                {
                    half = decode(half, cut, length);
                }
                assertEquals(stream.expected.subList(0, stopAfter), handler.frames);
                assertNull(half);
            }
        }
    }

    @Test
    void shouldKeepNoMoreThanTwiceWhatArrivedOfAFrame()
    {
        stream.clear();
        stream.putData(new byte[Frame.MAX_PAYLOAD_LENGTH]);
        final int length = stream.length();
        HalfFrame half = null;
        int arrived = 0;
        while (arrived < length - 1)
        {
            final int to = Math.min(length - 1, arrived + 1 + arrived / 50);
            half = decode(half, arrived, to);
            arrived = to;
            assertNotNull(half);
            assertEquals(arrived, half.length());
            assertTrue(half.view().array().length <= Math.max(2 * arrived, Frame.HEADER_LENGTH));
        }

        assertNull(decode(half, arrived, length));
        assertEquals(stream.expected, handler.frames);
    }

    @Test
    void shouldKeepTheHalvesOfManyConnectionsApart()
    {
        final HalfFrame[] halves = new HalfFrame[7];
        final RecordingFrameHandler[] handlers = new RecordingFrameHandler[halves.length];
        for (int from = 0; from < stream.length(); from++)
        {
            for (int i = 0; i < halves.length; i++)
            {
                handlers[i] = null == handlers[i] ? new RecordingFrameHandler() : handlers[i];
                halves[i] = decoder.decode(halves[i], stream.part(from, from + 1), handlers[i]);
            }
        }

        for (final RecordingFrameHandler each : handlers)
        {
            assertEquals(stream.expected, each.frames);
        }
    }

    private HalfFrame decode(final HalfFrame half, final int from, final int to)
    {
        final ByteBuffer in = stream.part(from, to);
        final HalfFrame left = decoder.decode(half, in, handler);
        assertFalse(in.hasRemaining(), "to be taken whole");
        return left;
    }
}
