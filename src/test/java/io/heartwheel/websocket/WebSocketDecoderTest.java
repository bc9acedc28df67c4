package io.heartwheel.websocket;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

import static io.heartwheel.websocket.ClientFrames.FIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class WebSocketDecoderTest
{
    private static final int MAX_LENGTH = 1000;

    private final WebSocketDecoder decoder = WebSocketDecoder.ofServer(MAX_LENGTH, true);
    private final RecordingWebSocketHandler handler = new RecordingWebSocketHandler();
    private final ClientFrames frames = new ClientFrames(new SplittableRandom(1));

    @Test
    void shouldDecodeTheExamplesOfTheRfc()
    {
        final byte[] masked = HexFormat.of().parseHex("818537fa213d7f9f4d5158" + "8a8537fa213d7f9f4d5158");
        assertNull(decoder.decode(null, ByteBuffer.wrap(masked), handler));
        assertEquals(List.of("TEXT Hello", "PONG 48656c6c6f"), handler.calls);

        handler.calls.clear();
        final byte[] ofServer =
            HexFormat.of().parseHex("810548656c6c6f" + "010348656c" + "80026c6f" + "890548656c6c6f");
        assertNull(WebSocketDecoder.ofClient(100, true).decode(null, ByteBuffer.wrap(ofServer), handler));
        assertEquals(List.of("TEXT Hello", "FRAGMENT 3", "TEXT Hello", "PING 48656c6c6f"), handler.calls);
    }

    @Test
    void shouldDecodeEveryKindOfFrame()
    {
        assertSame(HalfMessage.CLOSED, decoder.decode(null, frames.putMixed().all(), handler));

        assertEquals(frames.expected, handler.calls);
    }

    @Test
    void shouldDoNothingWithNothing()
    {
        assertNull(decoder.decode(null, ByteBuffer.allocate(0), handler));
        final HalfMessage half = decoder.decode(null, ByteBuffer.wrap(new byte[]{(byte)0x89}), handler);

        assertSame(half, decoder.decode(half, ByteBuffer.allocate(0), handler));
        assertEquals(List.of(), handler.calls);
    }

    /** Each is refused by the byte that proves it, and not one earlier. */
    @ParameterizedTest
    @CsvSource({
        "01, 1003, text",
        "c2, 1002, reserved bits set in its first byte 0xc2",
        "a2, 1002, reserved bits",
        "92, 1002, reserved bits",
        "83, 1002, opcode 3",
        "87, 1002, opcode 7",
        "8b, 1002, opcode 11",
        "8f, 1002, opcode 15",
        "80, 1002, continuation of no message",
        "00, 1002, continuation of no message",
        "08, 1002, CLOSE in fragments",
        "09, 1002, PING in fragments",
        "0a, 1002, PONG in fragments",
        "8200, 1002, without mask",
        "8900, 1002, without mask",
        "89fe, 1002, PING of more than 125 bytes",
        "8aff, 1002, PONG of more than 125 bytes",
        "88fe, 1002, CLOSE of more than 125 bytes",
        "82fe0000, 1002, length of 0 in more bytes",
        "82fe007d, 1002, length of 125 in more bytes",
        "82ff0000000000000000, 1002, length of 0 in more bytes",
        "82ff000000000000ffff, 1002, length of 65535 in more bytes",
        "82ff8000000000000000, 1002, length of 0x8000000000000000",
        "82ffffffffffffffffff, 1002, length of 0xffffffffffffffff",
        "82fe03e9, 1009, 'message of 1001 bytes, at most 1000'",
        "82ff0000000000010000, 1009, message of 65536 bytes",
        "82ff7fffffffffffffff, 1009, message of 9223372036854775807 bytes",
        "028100000000ff80fe03e8, 1009, 'message of 1 and 1000 bytes, at most 1000'",
        "028100000000ff80ff7fffffffffffffff, 1009, message of 1 and 9223372036854775807 bytes",
        "028100000000ff82, 1002, opcode 2 within a message",
        "8881, 1002, CLOSE of 1 byte",
        "8882000000000000, 1002, code 0",
        "88820000000003e7, 1002, code 999",
        "88820000000003ec, 1002, code 1004",
        "88820000000003ed, 1002, code 1005",
        "88820000000003ee, 1002, code 1006",
        "88820000000003f7, 1002, code 1015",
        "8882000000000bb7, 1002, code 2999",
        "8882000000001388, 1002, code 5000",
        "888200000000ffff, 1002, code 65535",
        "88830000000003e8ff, 1007, 0xff at byte 0",
        "88830000000003e8c3, 1007, ends within a character"})
    void shouldRefuseWhatIsWrongByTheByteThatProvesIt(final String hex, final int code, final String what)
    {
        final byte[] bytes = HexFormat.of().parseHex(hex);
        final WebSocketDecoder strict = WebSocketDecoder.ofServer(MAX_LENGTH, false);
        for (int cut = 0; cut < bytes.length; cut++)
        {
            handler.calls.clear();
            final HalfMessage half = strict.decode(null, ByteBuffer.wrap(bytes.clone(), 0, cut), handler);
            handler.calls.removeIf((call) -> call.startsWith("FRAGMENT"));
            assertEquals(List.of(), handler.calls, "cut at " + cut);
            assertSame(
                HalfMessage.CLOSED,
                strict.decode(half, ByteBuffer.wrap(bytes.clone(), cut, bytes.length - cut), handler));

            handler.calls.removeIf((call) -> call.startsWith("FRAGMENT"));
            assertEquals(1, handler.calls.size(), "cut at " + cut);
            assertTrue(handler.last().startsWith("ERROR " + code + " "), handler.last());
            assertTrue(handler.last().contains(what), handler.last());
        }
    }

    @Test
    void shouldRefuseAMaskFromAServer()
    {
        final WebSocketDecoder ofClient = WebSocketDecoder.ofClient(MAX_LENGTH, true);

        assertSame(HalfMessage.CLOSED, ofClient.decode(null, frames.text("x").all(), handler));
        assertEquals(List.of("ERROR 1002 frame of a server with a mask"), handler.calls);
    }

    @ParameterizedTest
    @ValueSource(ints = {125, 126, 127, 1000})
    void shouldTakeMessagesUpToTheLongest(final int length)
    {
        assertNull(decoder.decode(null, frames.binary(new byte[length]).all(), handler));

        assertEquals(frames.expected, handler.calls);
    }

    @Test
    void shouldLimitTheSumOfFragments()
    {
        frames.fragment(WebSocketFrame.BINARY, new byte[600], 0).fragment(0, new byte[400], 600);
        final HalfMessage half = decoder.decode(null, frames.all(), handler);
        assertEquals(frames.expected, handler.calls);
        assertEquals(1000, half.length());
        assertEquals(1000, half.capacity() - half.head.capacity());

        frames.clear();
        assertSame(HalfMessage.CLOSED, decoder.decode(half, frames.put(0, new byte[1]).all(), handler));
        assertEquals("ERROR 1009 message of 1000 and 1 bytes, at most 1000 accepted", handler.last());
    }

    @Test
    void shouldTellOfEveryEmptyFragment()
    {
        frames.fragment(WebSocketFrame.TEXT, new byte[0], 0);
        for (int i = 0; i < 1000; i++)
        {
            frames.fragment(WebSocketFrame.CONTINUATION, new byte[0], 0);
        }

        final HalfMessage half = decoder.decode(null, frames.all(), handler);

        assertEquals(frames.expected, handler.calls);
        assertEquals(0, half.length());
        assertEquals(half.head.capacity(), half.capacity());
    }

    @ParameterizedTest
    @CsvSource({
        "text whose last character has no end, c3, ends within",
        "byte that begins no character, 61ff, 0xff at byte 1",
        "overlong slash, c0af, 0xc0 at byte 0",
        "overlong in three, 61e0808061, 0x80 at byte 2",
        "surrogate, eda080, 0xa0 at byte 1",
        "above the last, f4908080, 0x90 at byte 1",
        "continuation alone, 6162636465666768696a80, 0x80 at byte 10"})
    void shouldRefuseTextThatIsNoUtf8(final String name, final String hex, final String what)
    {
        final byte[] payload = HexFormat.of().parseHex(hex);
        frames.put(FIN | WebSocketFrame.TEXT, payload);
        assertSame(HalfMessage.CLOSED, decoder.decode(null, frames.all(), handler));
        final String whole = handler.last();
        assertTrue(whole.startsWith("ERROR 1007 text ") && whole.contains(what), whole);

        for (int cut = 0; cut <= payload.length; cut++)
        {
            frames.clear();
            handler.calls.clear();
            frames.put(WebSocketFrame.TEXT, ClientFrames.part(payload, 0, cut));
            frames.put(FIN, ClientFrames.part(payload, cut, payload.length));
            assertSame(HalfMessage.CLOSED, decoder.decode(null, frames.all(), handler));
            assertEquals(whole, handler.last(), name + " cut at " + cut);
        }
    }

    /** A megabyte of text need not be taken to see that its first byte is wrong. */
    @Test
    void shouldRefuseTextBeforeItIsWhole()
    {
        frames.put(FIN | WebSocketFrame.TEXT, new byte[]{'a', (byte)0xE2, (byte)0x28, 'b', 'c'});
        final HalfMessage half = decoder.decode(null, frames.part(0, 8), handler);
        assertEquals(List.of(), handler.calls);

        assertSame(HalfMessage.CLOSED, decoder.decode(half, frames.part(8, 9), handler));
        assertEquals(List.of("ERROR 1007 text with 0x28 at byte 2, no UTF-8"), handler.calls);
    }

    @Test
    void shouldNotTakeBytesForText()
    {
        frames.binary(new byte[]{(byte)0xFF, (byte)0xC0});

        assertNull(decoder.decode(null, frames.all(), handler));
        assertEquals(frames.expected, handler.calls);
    }

    @Test
    void shouldDropEverythingAfterAClose()
    {
        frames.close(1000, "").raw(0xFF, 0xFF).put(0x8F, new byte[10]);
        assertSame(HalfMessage.CLOSED, decoder.decode(null, frames.all(), handler));
        final ByteBuffer more = ByteBuffer.wrap(new byte[]{1, 2, 3});

        assertSame(HalfMessage.CLOSED, decoder.decode(HalfMessage.CLOSED, more, handler));

        assertEquals(frames.expected, handler.calls);
        assertEquals(0, more.remaining());
        assertEquals(0, HalfMessage.CLOSED.length());
        assertTrue(HalfMessage.CLOSED.isClosed());
    }

    @Test
    void shouldMakeTheTextOfACloseSafeToPrint()
    {
        frames.put(FIN | WebSocketFrame.CLOSE, new byte[]{3, (byte)0xE8, 'a', 0x1B, '[', '\n'});

        decoder.decode(null, frames.all(), handler);

        assertEquals(List.of("CLOSE 1000 a?[?"), handler.calls);
    }

    @Test
    void shouldTakeACloseWithoutCodeAndOneOfTheLongest()
    {
        decoder.decode(null, frames.put(FIN | WebSocketFrame.CLOSE, new byte[0]).all(), handler);
        frames.clear();
        decoder.decode(null, frames.close(4999, "x".repeat(123)).all(), handler);

        assertEquals(List.of("CLOSE 1005 ", "CLOSE 4999 " + "x".repeat(123)), handler.calls);
    }

    @Test
    void shouldNotMindWhatAHandlerDoesToThePayload()
    {
        assertIsUndisturbedBy((payload) -> payload.position(payload.limit()));
        assertIsUndisturbedBy((payload) -> payload.limit(payload.position()));
        assertIsUndisturbedBy(ByteBuffer::rewind);
        assertIsUndisturbedBy(ByteBuffer::clear);
        assertIsUndisturbedBy((payload) -> payload.order(ByteOrder.LITTLE_ENDIAN));
    }

    @Test
    void shouldRefuseALongestMessageThatIsNegative()
    {
        assertThrows(IllegalArgumentException.class, () -> WebSocketDecoder.ofServer(-1, true));
    }

    @Test
    void shouldKeepNoMoreThanTwiceWhatArrivedOfAMessage()
    {
        final WebSocketDecoder large = WebSocketDecoder.ofServer(1 << 17, true);
        frames.binary(new byte[100_000]);
        final int length = frames.length();
        HalfMessage half = null;
        int arrived = 0;
        while (arrived < length - 1)
        {
            final int to = Math.min(length - 1, arrived + 1 + arrived / 50);
            half = large.decode(half, frames.part(arrived, to), handler);
            arrived = to;
            assertEquals(arrived, half.length());
            assertTrue(half.capacity() <= Math.max(2 * arrived, 64) + WebSocketFrame.MAX_HEADER_LENGTH);
        }
        assertNull(large.decode(half, frames.part(arrived, length), handler));
        assertEquals(frames.expected, handler.calls);
    }

    @Test
    void shouldTellTheSameOfTextAsTheJdkDoes()
    {
        final Seed seed = Seed.next();
        final SplittableRandom random = seed.random();
        for (int run = 0; run < 20_000; run++)
        {
            frames.clear();
            handler.calls.clear();
            final byte[] payload = new byte[random.nextInt(20)];
            random.nextBytes(payload);
            if (random.nextBoolean())
            {
                final byte[] right = ClientFrames.utf8("\u00E4\u20ACab\uD83D\uDE00defghijk\u07FF\uFFFF");
                System.arraycopy(right, 0, payload, 0, Math.min(right.length, payload.length));
            }
            decoder.decode(null, frames.put(FIN | WebSocketFrame.TEXT, payload).all(), handler);

            final boolean isText = Arrays.equals(
                payload, ClientFrames.utf8(new String(payload, StandardCharsets.UTF_8)));
            assertEquals(isText, handler.last().startsWith("TEXT "), seed::toString);
        }
    }

    private void assertIsUndisturbedBy(final Consumer<ByteBuffer> disturbance)
    {
        frames.clear();
        frames.putMixed();
        final int length = frames.length();
        for (int cut = 0; cut <= length; cut++)
        {
            final RecordingWebSocketHandler disturbing = disturbing(disturbance);
            // One buffer for all reads, as the reactor has.
            final ByteBuffer in = ByteBuffer.allocateDirect(length);
            final HalfMessage half = decoder.decode(null, in.put(frames.part(0, cut)).flip(), disturbing);
            decoder.decode(half, in.clear().put(frames.part(cut, length)).flip(), disturbing);
            assertEquals(frames.expected, disturbing.calls, "cut at " + cut);
        }
    }

    private static RecordingWebSocketHandler disturbing(final Consumer<ByteBuffer> disturbance)
    {
        return new RecordingWebSocketHandler()
        {
            @Override
            public boolean onBinary(final ByteBuffer payload)
            {
                final boolean goOn = super.onBinary(payload);
                disturbance.accept(payload);
                return goOn;
            }

            @Override
            public boolean onPing(final ByteBuffer payload)
            {
                final boolean goOn = super.onPing(payload);
                disturbance.accept(payload);
                return goOn;
            }
        };
    }
}
