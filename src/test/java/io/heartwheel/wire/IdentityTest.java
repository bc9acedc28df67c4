package io.heartwheel.wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

class IdentityTest
{
    private final RecordingFrameHandler handler = new RecordingFrameHandler();

    @ParameterizedTest
    @ValueSource(strings = {"a", "u7", "alice/phone", "a/b", "田中/電話", "o'brien@example.org/7f:00"})
    void shouldTakeAUserOrAUserAndADevice(final String identity)
    {
        assertEquals(identity, Identity.required(identity));
        assertEquals(List.of("IDENTITY " + identity), decoded(Identity.helloPayload(identity)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a", "a/", "a/b/c", "//"})
    void shouldNotTakeAnotherNumberOfParts(final String identity)
    {
        assertEquals("identity \"" + identity + "\" is neither user nor user/device", Identity.faultOf(identity));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\u0000", "\u001b[31m", "a\u202eb", "\ud800"})
    void shouldNotTakeWhatCannotBePrinted(final String identity)
    {
        assertEquals("identity \"" + PlainText.of(identity) + "\" has characters that cannot be printed",
            Identity.faultOf(identity));
    }

    @Test
    void shouldBeBoundedInBytes()
    {
        assertNull(Identity.faultOf("x".repeat(128)));
        assertEquals("identity \"" + "x".repeat(40) + "...\" is longer than 128 bytes",
            Identity.faultOf("x".repeat(129)));
        assertNull(Identity.faultOf("é".repeat(64)));
        assertEquals("identity \"" + "é".repeat(40) + "...\" is longer than 128 bytes",
            Identity.faultOf("é".repeat(65)));
        assertEquals("identity \"\" is empty", Identity.faultOf(""));
        assertEquals("identity \"\" is empty",
            assertThrows(IllegalArgumentException.class, () -> Identity.required(null)).getMessage());
    }

    @Test
    void shouldTellTheUser()
    {
        assertEquals("alice", Identity.userOf("alice/phone"));
        assertEquals("alice", Identity.userOf("alice"));
    }

    @Test
    void shouldSayWhatIsWrongWithAHello()
    {
        final byte[] payload = Identity.helloPayload("alice");
        payload[Hello.LENGTH] = 6;
        assertEquals(List.of("ERROR HELLO of flags 1, with an identity of 6 bytes in 5"), decoded(payload));
        payload[Hello.LENGTH] = 5;
        payload[1] = 0;
        assertEquals(List.of("ERROR HELLO of flags 0, with an identity of 5 bytes in 5"), decoded(payload));
        payload[1] = (byte)0xFF;
        assertEquals(List.of("IDENTITY alice"), decoded(payload), "other flags are skipped");
        payload[Hello.LENGTH + 2] = (byte)0xFF;
        assertEquals(List.of("ERROR HELLO with an identity that is not UTF-8"), decoded(payload));
        payload[Hello.LENGTH + 2] = '\n';
        assertEquals(List.of("ERROR identity \"a?ice\" has characters that cannot be printed"), decoded(payload));
        payload[0] = 2;
        assertEquals(List.of("ERROR HELLO of version 2, expected 1"), decoded(payload));
    }

    @Test
    void shouldRefuseALongerHelloByItsHeader()
    {
        final ByteBuffer in = ByteBuffer.allocate(Frame.HEADER_LENGTH);
        Frame.putHeader(in, Frame.HELLO, 0, Hello.LENGTH + 1 + Identity.MAX_LENGTH + 1);
        assertNull(new FrameDecoder(0).decode(null, in.flip(), handler));
        assertEquals(List.of("ERROR HELLO of 142 bytes, expected 12"), handler.frames);
    }

    /** Whole, and cut at each byte. */
    private List<String> decoded(final byte[] payload)
    {
        final ByteBuffer in = ByteBuffer.allocate(Frame.HEADER_LENGTH + payload.length);
        Frame.putHeader(in, Frame.HELLO, 0, payload.length);
        in.put(payload).flip();
        handler.frames.clear();
        new FrameDecoder(0).decode(null, in.duplicate(), handler);
        final List<String> whole = List.copyOf(handler.frames);
        for (int cut = 1; cut < in.limit(); cut++)
        {
            handler.frames.clear();
            final HalfFrame half = new FrameDecoder(0).decode(null, in.duplicate().limit(cut), handler);
            new FrameDecoder(0).decode(half, in.duplicate().position(cut), handler);
            assertEquals(whole, handler.frames, "cut at " + cut);
        }
        return whole;
    }
}
