package io.heartwheel;

import org.junit.jupiter.api.Test;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

/**
 * The layouts that the documentation of Netty's decoder of this kind shows, both ways.
 */
class LengthFieldProtocolTest
{
    private static final int LONGEST = 100;

    private final RecordingMessages found = new RecordingMessages();

    private static LengthFieldProtocol.Context context()
    {
        return new LengthFieldProtocol.Context().max(LONGEST);
    }

    private static byte[] bytes(final String hex)
    {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static String hex(final byte[] bytes)
    {
        return HexFormat.of().formatHex(bytes);
    }

    private void assertBothWays(final LengthFieldProtocol.Context ctx, final String frame, final String message)
    {
        final LengthFieldProtocol protocol = new LengthFieldProtocol(ctx);
        final byte[] bytes = bytes(frame);
        for (int length = 0; length <= bytes.length; length++)
        {
            final ByteBuffer in = ByteBuffer.allocate(200).position(7).put(bytes).limit(7 + length).position(7);
            found.begin(in);
            protocol.decode(null, null, in, found);
            assertEquals(length < bytes.length ? 7 : 7 + length, in.position(), "taken of " + length);
        }
        assertEquals(hex(bytes(message)), hex(found.message));

        final ByteBuffer out = ByteBuffer.allocate(LONGEST).position(3);
        protocol.frame(null, ByteBuffer.wrap(bytes(message)), out);
        final byte[] framed = new byte[out.position() - 3];
        out.get(3, framed);
        assertEquals(hex(bytes), hex(framed));
    }

    @Test
    void shouldStripTheFieldAndPutItBack()
    {
        assertBothWays(context(), "000c 48454c4c4f2c20574f524c44", "48454c4c4f2c20574f524c44");
    }

    @Test
    void shouldGiveTheWholeMessageAndFillItsFieldIn()
    {
        assertBothWays(context().strip(0), "0003 414243", "0003 414243");
    }

    @Test
    void shouldAllowForAFieldThatCountsItself()
    {
        assertBothWays(context().adjustment(-2), "0005 414243", "414243");
    }

    @Test
    void shouldFindAFieldInTheMiddleOfAHeader()
    {
        assertBothWays(context().offset(2).length(3).header(bytes("cafe 000000")), "cafe 000003 414243", "414243");
    }

    @Test
    void shouldAllowForAHeaderBehindTheField()
    {
        assertBothWays(context().length(3).adjustment(2).strip(0), "000003 cafe 414243", "000003 cafe 414243");
    }

    @Test
    void shouldStripTheFirstPartOfAHeaderOnly()
    {
        assertBothWays(context().offset(1).length(2).adjustment(-3).strip(3).header(bytes("ca 0000")),
            "ca 0007 fe 414243", "fe 414243");
    }

    @Test
    void shouldReadEveryLengthInEachOrder()
    {
        for (final int length : new int[]{1, 2, 3, 4, 8})
        {
            assertBothWays(context().length(length), "00".repeat(length - 1) + "02 4142", "4142");
            assertBothWays(context().length(length).order(ByteOrder.LITTLE_ENDIAN),
                "02" + "00".repeat(length - 1) + "4142", "4142");
        }
    }

    private void assertRefused(final LengthFieldProtocol.Context ctx, final String frame, final String what)
    {
        final ByteBuffer in = ByteBuffer.wrap(bytes(frame));
        found.begin(in);
        new LengthFieldProtocol(ctx).decode(null, null, in, found);
        assertEquals(what, found.refused);
        assertEquals(0, in.position());
    }

    @Test
    void shouldRefuseALengthBeforeTheMessageComes()
    {
        assertRefused(context(), "0063",
            "PROTOCOL_ERROR length field of 99, accepted are messages of 2 to 100 bytes");
        assertRefused(context().length(4), "ffffffff",
            "PROTOCOL_ERROR length field of 4294967295, accepted are messages of 4 to 100 bytes");
        assertRefused(context().length(8).adjustment(200), "7fffffffffffffff",
            "PROTOCOL_ERROR length field of 9223372036854775807, accepted are messages of 8 to 100 bytes");
        assertRefused(context().length(8), "ffffffffffffffff",
            "PROTOCOL_ERROR length field of 18446744073709551615, accepted are messages of 8 to 100 bytes");
        assertRefused(context().adjustment(-2), "0001",
            "PROTOCOL_ERROR length field of 1, accepted are messages of 2 to 100 bytes");
        found.refused = null;
        assertRefused(context(), "0062", null);
    }

    @Test
    void shouldTellHeartbeatsFromMessages()
    {
        final LengthFieldProtocol protocol = new LengthFieldProtocol(
            context().probe(bytes("01"), bytes("02")).heartbeat(bytes("03"), bytes("04 05")));
        final ByteBuffer in = ByteBuffer.wrap(bytes("0001 02 0001 03 0001 04"));
        found.begin(in);
        protocol.decode(null, null, in, found);
        assertEquals(1, found.answers);
        protocol.decode(null, null, in, found);
        assertEquals("00020405", hex(found.reply));
        assertNull(found.message);
        protocol.decode(null, null, in, found);
        assertEquals("04", hex(found.message));

        final ByteBuffer out = ByteBuffer.allocate(10);
        protocol.probe(null, (byte)0, out);
        assertEquals("000101", hex(out.array()).substring(0, 2 * out.position()));
        assertFalse(new LengthFieldProtocol(context()).hasProbe());
    }

    @Test
    void shouldRefuseWhatCannotBeSent()
    {
        final LengthFieldProtocol one = new LengthFieldProtocol(context().length(1));
        assertThrows(IllegalArgumentException.class,
            () -> one.frame(null, ByteBuffer.allocate(256), ByteBuffer.allocate(1_000)));
        assertThrows(BufferOverflowException.class,
            () -> one.frame(null, ByteBuffer.allocate(20), ByteBuffer.allocate(20)));
        assertThrows(IllegalArgumentException.class, () -> new LengthFieldProtocol(context().strip(0))
            .frame(null, ByteBuffer.allocate(1), ByteBuffer.allocate(20)));
    }

    @Test
    void shouldRefuseOptionsThatCannotBe()
    {
        assertEquals("length=5 not in 1..4",
            assertThrows(IllegalArgumentException.class, () -> context().length(5)).getMessage());
        assertEquals("offset=-1 not in 0..256",
            assertThrows(IllegalArgumentException.class, () -> context().offset(-1)).getMessage());
        assertEquals("header of 1 bytes, but strip=2", assertThrows(IllegalArgumentException.class,
            () -> new LengthFieldProtocol(context().header((byte)1))).getMessage());
    }
}
