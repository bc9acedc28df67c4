package io.heartwheel.examples;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.Protocol;

import java.nio.ByteBuffer;

/**
 * JT/T 808-2013, which vehicles in China speak: frames between two 0x7E, in which 0x7E and 0x7D are escaped. Each
 * message has a header of 12 bytes (type, length of the body, number of the terminal, serial number), a body, and a
 * checksum. The listener is given, and sends, header and body. A heartbeat is answered here.
 */
final class Jt808Protocol implements Protocol
{
    private static final byte MARK = 0x7E;
    private static final byte ESCAPE = 0x7D;
    private static final int HEADER_LENGTH = 12;
    private static final int SERIAL_OFFSET = 10;
    private static final short HEARTBEAT = 0x0002;
    private static final short GENERAL_ANSWER = (short)0x8001;
    private static final short GENERAL_ANSWER_LENGTH = 5;
    private static final int FRAME_LENGTH_MAX = 2 * (16 + 1_023 + 1) + 2;

    @Override
    public String name()
    {
        return "jt808";
    }

    @Override
    public Object decode(final Connection connection, final Object state, final ByteBuffer in, final Messages out)
    {
        final int begin = in.position() + 1;
        if (MARK != in.get(in.position()))
        {
            out.refuse(CloseReason.PROTOCOL_ERROR, "frame begins with " + in.get(in.position()) + ", not with 0x7e");
            return null;
        }
        int end = begin;
        while (end < in.limit() && MARK != in.get(end) && end - begin <= FRAME_LENGTH_MAX)
        {
            ++end;
        }
        if (end - begin > FRAME_LENGTH_MAX)
        {
            out.refuse(CloseReason.PROTOCOL_ERROR, "frame of more than " + FRAME_LENGTH_MAX + " bytes");
        }
        else if (end < in.limit())
        {
            in.position(end + 1);
            onFrame(in, begin, unescape(in, begin, end), out);
        }
        return null;
    }

    /** In place: what is taken may be changed. */
    private static int unescape(final ByteBuffer in, final int begin, final int end)
    {
        int to = begin;
        for (int from = begin; from < end; from++)
        {
            final boolean isEscape = ESCAPE == in.get(from) && from + 1 < end;
            in.put(to++, isEscape ? (byte)(ESCAPE + in.get(++from) - 1) : in.get(from));
        }
        return to;
    }

    private static void onFrame(final ByteBuffer in, final int begin, final int end, final Messages out)
    {
        final int bodyEnd = end - 1;
        if (bodyEnd - begin < HEADER_LENGTH || in.get(bodyEnd) != checksum(in, begin, bodyEnd))
        {
            out.refuse(CloseReason.PROTOCOL_ERROR, "frame of " + (end - begin) + " bytes with a wrong checksum");
        }
        else if (HEARTBEAT == in.getShort(begin))
        {
            final ByteBuffer answer = ByteBuffer.allocate(HEADER_LENGTH + GENERAL_ANSWER_LENGTH);
            answer.put(0, in, begin, HEADER_LENGTH);
            answer.putShort(0, GENERAL_ANSWER).putShort(2, GENERAL_ANSWER_LENGTH);
            answer.putShort(HEADER_LENGTH, in.getShort(begin + SERIAL_OFFSET)).putShort(HEADER_LENGTH + 2, HEARTBEAT);
            final ByteBuffer framed = ByteBuffer.allocate(2 * answer.capacity() + 4);
            escape(answer, framed);
            out.reply(framed.flip());
        }
        else
        {
            out.message(begin, bodyEnd);
        }
    }

    private static byte checksum(final ByteBuffer in, final int begin, final int end)
    {
        byte checksum = 0;
        for (int i = begin; i < end; i++)
        {
            checksum ^= in.get(i);
        }
        return checksum;
    }

    @Override
    public void frame(final Connection connection, final ByteBuffer payload, final ByteBuffer out)
    {
        escape(payload, out);
    }

    private static void escape(final ByteBuffer message, final ByteBuffer out)
    {
        final byte checksum = checksum(message, message.position(), message.limit());
        out.put(MARK);
        while (message.hasRemaining())
        {
            putEscaped(message.get(), out);
        }
        putEscaped(checksum, out);
        out.put(MARK);
    }

    private static void putEscaped(final byte value, final ByteBuffer out)
    {
        if (MARK == value || ESCAPE == value)
        {
            out.put(ESCAPE).put((byte)(value - ESCAPE + 1));
        }
        else
        {
            out.put(value);
        }
    }

    @Override
    public Greeting greet(final ByteBuffer first)
    {
        return MARK == first.get(first.position()) ? Greeting.MINE : Greeting.NOT_MINE;
    }
}
