package io.heartwheel.wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FrameDecoderTest
{
    private static final int MAX_DATA_LENGTH = 1000;

    private final FrameDecoder decoder = new FrameDecoder(MAX_DATA_LENGTH);
    private final RecordingFrameHandler handler = new RecordingFrameHandler();
    private final FrameStream stream = new FrameStream();

    @Test
    void shouldDecodeEveryFrameOfTheProtocolTable()
    {
        final byte[] wire = {
            1, 7, 0, 0,
            2, -1, 0, 0,
            3, 0, 0, 3, 10, 11, 12,
            3, 0, 0, 0,
            4, 0, 0, 12, 1, 0, 0, 4, 0, 0, 0x3A, (byte)0x98, 0, 0, 0x13, (byte)0x88,
            5, 0, 0, 3, 9, 'o', 'k'};

        assertNull(decoder.decode(null, ByteBuffer.wrap(wire), handler));

        assertEquals(
            List.of("PING 7", "PONG -1", "DATA 0a0b0c", "DATA ", FrameStream.HELLO.toString(), "BYE 9 ok"),
            handler.frames);
    }

    @Test
    void shouldDecodeAByeWithoutReason()
    {
        stream.put(Frame.BYE, new byte[0]);

        decoder.decode(null, stream.all(), handler);

        assertEquals(List.of("BYE 0 "), handler.frames);
    }

    @Test
    void shouldReadNoMoreThanTheLongestTextOfABye()
    {
        final byte[] payload = new byte[60_000];
        Arrays.fill(payload, (byte)'x');
        stream.put(Frame.BYE, payload);

        decoder.decode(null, stream.all(), handler);

        assertEquals(List.of("BYE 120 " + "x".repeat(Frame.MAX_BYE_TEXT_LENGTH)), handler.frames);
    }

    @Test
    void shouldDoNothingWithNothing()
    {
        assertNull(decoder.decode(null, ByteBuffer.allocate(0), handler));
        final HalfFrame half = decoder.decode(null, ByteBuffer.wrap(new byte[]{Frame.PING}), handler);

        assertSame(half, decoder.decode(half, ByteBuffer.allocate(0), handler));
        assertNull(decoder.decode(half, ByteBuffer.wrap(new byte[]{5, 0, 0}), handler));
        assertEquals(List.of("PING 5"), handler.frames);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, PING with a payload of 1 ",
        "2, 65535, PONG with a payload of 65535 ",
        "3, 1001, DATA of 1001 ",
        "3, 65535, DATA of 65535 ",
        "4, 11, HELLO of 11 ",
        "4, 13, HELLO of 13 ",
        "4, 0, HELLO of 0 "})
    void shouldRefuseAWrongLengthAsSoonAsTheHeaderIsThere(final int type, final int length, final String what)
    {
        final byte[] header = {(byte)type, 0, (byte)(length >> 8), (byte)length};
        for (int cut = 0; cut < Frame.HEADER_LENGTH; cut++)
        {
            handler.frames.clear();

            final HalfFrame half = decoder.decode(null, ByteBuffer.wrap(header, 0, cut), handler);
            assertEquals(List.of(), handler.frames);
            assertNull(decoder.decode(half, ByteBuffer.wrap(header, cut, Frame.HEADER_LENGTH - cut), handler));

            assertEquals(1, handler.frames.size());
            assertTrue(handler.frames.get(0).startsWith("ERROR " + what), handler.frames.get(0));
        }
    }

    @Test
    void shouldTakeTheLongestDataThatIsAllowed()
    {
        stream.putData(new byte[MAX_DATA_LENGTH]);

        assertNull(decoder.decode(null, stream.all(), handler));

        assertEquals(stream.expected, handler.frames);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 255})
    void shouldRefuseAHelloOfAnotherVersion(final int version)
    {
        final ByteBuffer in = ByteBuffer.allocate(100);
        new Hello(version, 0, 4, 1, 1).putFrame(in);
        Frame.putHeader(in, Frame.PING, 0, 0);

        assertNull(decoder.decode(null, in.flip(), handler));

        assertEquals(List.of("ERROR HELLO of version " + version + ", expected 1"), handler.frames);
        assertFalse(in.hasRemaining());
    }

    @Test
    void shouldGiveAHelloOfThisVersionWhateverItsNumbers()
    {
        final Hello odd = new Hello(Hello.VERSION, 255, 0, Hello.MAX_MS, 0);
        final ByteBuffer in = ByteBuffer.allocate(100);
        odd.putFrame(in);

        decoder.decode(null, in.flip(), handler);

        assertEquals(List.of(odd.toString()), handler.frames);
    }

    @Test
    void shouldNotMindWhereAHandlerLeavesThePayload()
    {
        assertIsUndisturbedBy((payload) -> payload.position(payload.limit()));
        assertIsUndisturbedBy((payload) -> payload.limit(payload.position()));
        assertIsUndisturbedBy(ByteBuffer::rewind);
        assertIsUndisturbedBy(ByteBuffer::clear);
        assertIsUndisturbedBy(ByteBuffer::flip);
    }

    @Test
    void shouldNotMindTheByteOrderAHandlerLeavesThePayloadIn()
    {
        assertIsUndisturbedBy((payload) -> payload.order(ByteOrder.LITTLE_ENDIAN));
    }

    @Test
    void shouldGiveEveryHandlerThePayloadInNetworkByteOrder()
    {
        stream.putData(new byte[]{1});
        stream.putData(new byte[]{2});
        final List<ByteOrder> orders = new ArrayList<>();

        decoder.decode(null, stream.all(), disturbing((payload) ->
        {
            orders.add(payload.order());
            payload.order(ByteOrder.LITTLE_ENDIAN);
        }));

        assertEquals(List.of(ByteOrder.BIG_ENDIAN, ByteOrder.BIG_ENDIAN), orders);
    }

    private void assertIsUndisturbedBy(final Consumer<ByteBuffer> disturbance)
    {
        stream.clear();
        stream.putMixed();
        final int length = stream.length();
        for (int cut = 0; cut <= length; cut++)
        {
            final RecordingFrameHandler disturbing = disturbing(disturbance);
            // One buffer for all reads, as the reactor has.
            final ByteBuffer in = ByteBuffer.allocateDirect(length);
            final HalfFrame half = decoder.decode(null, in.put(stream.part(0, cut)).flip(), disturbing);
            decoder.decode(half, in.clear().put(stream.part(cut, length)).flip(), disturbing);
            assertEquals(stream.expected, disturbing.frames, "cut at " + cut);
        }
    }

    private static RecordingFrameHandler disturbing(final Consumer<ByteBuffer> disturbance)
    {
        return new RecordingFrameHandler()
        {
            @Override
            public boolean onData(final ByteBuffer payload)
            {
                final boolean goOn = super.onData(payload);
                disturbance.accept(payload);
                return goOn;
            }
        };
    }
}
