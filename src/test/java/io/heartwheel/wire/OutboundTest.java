package io.heartwheel.wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

class OutboundTest
{
    private static final Hello HELLO = new Hello(3, 3_000, 1_500);
    private static final byte[] FIRST = {1, 1, 1, 1, 1};
    private static final byte[] SECOND = {2, 2, 2};
    private static final String FIRST_FRAME = RecordingFrameHandler.data(FIRST);
    private static final String SECOND_FRAME = RecordingFrameHandler.data(SECOND);
    private static final int HELLO_LENGTH = Frame.HEADER_LENGTH + Hello.LENGTH;
    private static final int ALL_SENT = Outbound.HELLO_SENT | Outbound.PONG_SENT | Outbound.PING_SENT;

    private final SpareBuffer spare = new SpareBuffer();
    private final Outbound outbound = new Outbound();
    private final ByteBuffer out = ByteBuffer.allocateDirect(1 << 16);
    /** What the kernel took. */
    private final ByteBuffer stream = ByteBuffer.allocate(1 << 20);

    @Test
    void shouldHaveNothingToSendAtFirst()
    {
        assertTrue(outbound.isEmpty());
        assertEquals(0, outbound.queuedBytes());
        assertEquals(0, fill());
        assertEquals(0, outbound.accepted(0, spare));
    }

    @Test
    void shouldSendAQueuedFrame()
    {
        outbound.enqueue(Frame.BYE, new byte[]{9, 9, 3, 'o', 'k', 9}, 2, 3, spare);

        assertFalse(outbound.isEmpty());
        assertEquals(Frame.HEADER_LENGTH + 3, outbound.queuedBytes());
        write(Integer.MAX_VALUE);
        assertTrue(outbound.isEmpty());
        assertEquals(List.of("BYE 3 ok"), sentFrames());
    }

    @Test
    void shouldLeaveTheBufferOfAMessageAsItIs()
    {
        final ByteBuffer message = ByteBuffer.allocateDirect(20).put(7, SECOND, 0, 3).limit(10).position(7);

        outbound.enqueue(message, spare);

        assertEquals(7, message.position());
        assertEquals(10, message.limit());
        write(Integer.MAX_VALUE);
        assertEquals(List.of(SECOND_FRAME), sentFrames());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4092, 4093, 65535})
    void shouldSendAFrameOfAnyLength(final int length)
    {
        data(new byte[length]);
        data(FIRST);

        drain(1000);

        assertEquals(List.of(RecordingFrameHandler.data(new byte[length]), FIRST_FRAME), sentFrames());
    }

    @Test
    void shouldSendControlFramesBeforeQueuedOnes()
    {
        data(FIRST);
        outbound.ping((byte)1);
        outbound.pong((byte)2);
        outbound.hello(HELLO);

        assertEquals(ALL_SENT, write(Integer.MAX_VALUE));

        assertEquals(List.of(HELLO.toString(), "PONG 2", "PING 1", FIRST_FRAME), sentFrames());
    }

    @Test
    void shouldSendControlFramesAtTheNextFrameBoundary()
    {
        final int length = 2 * Frame.HEADER_LENGTH + FIRST.length + SECOND.length;
        for (int cut = 0; cut < length; cut++)
        {
            stream.clear();
            data(FIRST);
            data(SECOND);
            write(cut);
            outbound.ping((byte)1);
            outbound.pong((byte)2);
            drain(Integer.MAX_VALUE);

            final int index = 0 == cut ? 0 : cut <= Frame.HEADER_LENGTH + FIRST.length ? 1 : 2;
            final List<String> frames = sentFrames();
            assertEquals(4, frames.size());
            assertEquals(List.of("PONG 2", "PING 1"), frames.subList(index, index + 2), "cut at " + cut);
        }
    }

    @Test
    void shouldTellAControlFrameAsSentWhenItsLastByteWasTaken()
    {
        final int length = HELLO_LENGTH + 2 * Frame.HEADER_LENGTH;
        for (int cut = 0; cut <= length + 3; cut++)
        {
            stream.clear();
            data(FIRST);
            outbound.hello(HELLO);
            outbound.pong((byte)2);
            outbound.ping((byte)1);

            final int sent = write(cut);
            assertEquals(cut >= HELLO_LENGTH, 0 != (sent & Outbound.HELLO_SENT), "cut at " + cut);
            assertEquals(cut >= HELLO_LENGTH + 4, 0 != (sent & Outbound.PONG_SENT), "cut at " + cut);
            assertEquals(cut >= HELLO_LENGTH + 8, 0 != (sent & Outbound.PING_SENT), "cut at " + cut);

            assertEquals(ALL_SENT, sent | drain(Integer.MAX_VALUE), "cut at " + cut);
            assertEquals(List.of(HELLO.toString(), "PONG 2", "PING 1", FIRST_FRAME), sentFrames(), "cut at " + cut);
        }
    }

    @Test
    void shouldTellAPingAsSentOnceThoughItLeftByteByByte()
    {
        outbound.ping((byte)5);

        assertEquals(0, write(1));
        assertEquals(0, write(1));
        assertEquals(0, write(1));
        assertEquals(0, write(0));
        assertEquals(Outbound.PING_SENT, write(1));
        assertTrue(outbound.isEmpty());
        assertEquals(List.of("PING 5"), sentFrames());
    }

    @Test
    void shouldSendAnotherPingAfterAHalfWrittenOne()
    {
        outbound.ping((byte)5);
        write(2);
        outbound.ping((byte)6);

        assertEquals(Outbound.PING_SENT, write(2));
        assertFalse(outbound.isEmpty());
        assertEquals(Outbound.PING_SENT, write(4));
        assertEquals(List.of("PING 5", "PING 6"), sentFrames());
    }

    @Test
    void shouldSendOnlyTheLatestOfEachControlFrame()
    {
        for (int i = 0; i < 100; i++)
        {
            outbound.ping((byte)i);
            outbound.pong((byte)(i + 100));
            outbound.hello(new Hello(i, i, i));
        }

        assertEquals(HELLO_LENGTH + 2 * Frame.HEADER_LENGTH, fill());
        drain(Integer.MAX_VALUE);
        assertEquals(List.of(new Hello(99, 99, 99).toString(), "PONG " + (byte)199, "PING 99"), sentFrames());
    }

    @Test
    void shouldKeepNoMoreThanOneFrameHoweverManyPingsAreToBeAnswered()
    {
        final ByteBuffer only = spare.take(1);
        spare.giveBack(only);
        for (int i = 0; i < 100_000; i++)
        {
            outbound.pong((byte)i);
            outbound.hello(HELLO);
            outbound.ping((byte)i);
            fill();
            outbound.accepted(1, spare);
            assertTrue(outbound.queuedBytes() < HELLO_LENGTH);
        }

        drain(Integer.MAX_VALUE);
        assertTrue(outbound.isEmpty());
        assertSame(only, spare.take(1), "one buffer was enough");
    }

    @Test
    void shouldGiveTheBufferBackWhenAllIsSent()
    {
        final ByteBuffer only = spare.take(1);
        spare.giveBack(only);
        for (int i = 0; i < 1000; i++)
        {
            data(FIRST);
            write(3);
            data(SECOND);
            drain(5);
            assertEquals(0, outbound.queuedBytes());
        }

        assertSame(only, spare.take(1));
    }

    @Test
    void shouldNotKeepALargeBuffer()
    {
        data(new byte[60_000]);
        drain(Integer.MAX_VALUE);

        assertTrue(spare.take(1).capacity() < 60_000);
    }

    @Test
    void shouldReuseTheRoomOfWhatWasSentInsteadOfGrowing()
    {
        final byte[] message = new byte[1000];
        data(message);
        for (int i = 0; i < 1000; i++)
        {
            data(message);
            write(message.length + Frame.HEADER_LENGTH);
            assertEquals(message.length + Frame.HEADER_LENGTH, outbound.queuedBytes());
            stream.clear();
        }

        write(Integer.MAX_VALUE);
        assertTrue(outbound.isEmpty());
        assertEquals(4096, spare.take(1).capacity(), "it had grown, and so did not come back");
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 25, 30, 100})
    void shouldSendAllThroughABufferSmallerThanTheQueue(final int capacity)
    {
        final ByteBuffer small = ByteBuffer.allocate(capacity);
        data(new byte[10_000]);
        outbound.ping((byte)1);
        data(FIRST);
        outbound.hello(HELLO);
        outbound.pong((byte)2);

        int sent = 0;
        while (!outbound.isEmpty())
        {
            outbound.fill(small.clear());
            assertTrue(small.flip().hasRemaining(), "no progress");
            stream.put(small.duplicate());
            sent |= outbound.accepted(small.remaining(), spare);
        }

        assertEquals(ALL_SENT, sent);
        assertEquals(
            List.of(
                HELLO.toString(), "PONG 2", "PING 1", RecordingFrameHandler.data(new byte[10_000]), FIRST_FRAME),
            sentFrames());
    }

    @Test
    void shouldFillBehindWhatTheBufferHoldsAlready()
    {
        data(FIRST);
        out.clear().position(100);

        outbound.fill(out);

        assertEquals(100 + Frame.HEADER_LENGTH + FIRST.length, out.position());
        assertEquals(Frame.DATA, out.get(100));
    }

    @Test
    void shouldFillTheSameAgainWhenNothingWasAccepted()
    {
        data(FIRST);
        outbound.ping((byte)1);

        final int filled = fill();
        assertEquals(0, outbound.accepted(0, spare));

        assertEquals(filled, fill());
        drain(Integer.MAX_VALUE);
        assertEquals(List.of("PING 1", FIRST_FRAME), sentFrames());
    }

    private void data(final byte[] payload)
    {
        outbound.enqueue(ByteBuffer.wrap(payload), spare);
    }

    private int fill()
    {
        outbound.fill(out.clear());
        return out.position();
    }

    /**
     * One write to a kernel that takes so many bytes at most.
     */
    private int write(final int limit)
    {
        final int taken = Math.min(fill(), limit);
        stream.put(out.flip().limit(taken));
        return outbound.accepted(taken, spare);
    }

    private int drain(final int limit)
    {
        int sent = 0;
        while (!outbound.isEmpty())
        {
            sent |= write(limit);
        }
        return sent;
    }

    private List<String> sentFrames()
    {
        final RecordingFrameHandler handler = new RecordingFrameHandler();
        final ByteBuffer in = stream.duplicate().flip();
        final HalfFrame half = new FrameDecoder(Frame.MAX_PAYLOAD_LENGTH).decode(null, in, handler);
        assertSame(null, half, "half a frame is left");
        return handler.frames;
    }
}
