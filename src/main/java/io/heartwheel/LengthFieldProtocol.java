package io.heartwheel;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Messages with a field that tells their length, in any of the usual layouts. The options are those that people know of
 * Netty's {@code LengthFieldBasedFrameDecoder}:
 * <pre>
 *   |&lt;---- offset ----&gt;|&lt;-- length --&gt;|&lt;------ value of the field + adjustment ------&gt;|
 *   |  rest of header    |    field     |                                               |
 *   |&lt;-------------- strip ------------&gt;|&lt;--------- what the listener is given ---------&gt;|
 * </pre>
 * What is sent is laid out in the same way: the bytes that are stripped from messages are put before what {@link
 * Connection#send} is given, and the length is written into its field.
 * <p>
 * The field is checked before it is believed. Nothing is allocated for what a peer claims to send.
 * <p>
 * Threadsafe, as it does not change.
 */
public final class LengthFieldProtocol implements Protocol
{
    private static final byte[] NONE = {};
    private static final int MAX_HEADER_LENGTH = 256;
    private static final int MAX_LENGTH = 1 << 16;

    private final String name;
    private final int offset;
    private final int fieldLength;
    private final int adjustment;
    private final int strip;
    private final int maxLength;
    private final boolean isLittleEndian;
    private final byte[] header;
    private final byte[] question;
    private final byte[] answer;
    private final byte[] heartbeat;
    private final ByteBuffer reply;

    /**
     * Options of such a protocol. All lengths are in bytes.
     */
    public static final class Context
    {
        private String name = "length-field";
        private int offset;
        private int fieldLength = Short.BYTES;
        private int adjustment;
        private int strip = -1;
        private int maxLength = 16 << 10;
        private ByteOrder order = ByteOrder.BIG_ENDIAN;
        private byte[] header = NONE;
        private byte[] question = NONE;
        private byte[] answer = NONE;
        private byte[] heartbeat = NONE;
        private byte[] reply = NONE;

        /**
         * Construct with a field of two bytes at the beginning of each message, which counts what follows it.
         */
        public Context()
        {
        }

        /**
         * Set what the protocol is called.
         *
         * @param name for views and messages.
         * @return this.
         */
        public Context name(final String name)
        {
            this.name = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Set where the field begins.
         *
         * @param offset bytes before it in each message; 0 at first.
         * @return this.
         */
        public Context offset(final int offset)
        {
            this.offset = requireRange("offset", offset, 0, MAX_HEADER_LENGTH);
            return this;
        }

        /**
         * Set the length of the field.
         *
         * @param length 1, 2, 3, 4 or 8; 2 at first.
         * @return this.
         */
        public Context length(final int length)
        {
            if (Long.BYTES != length)
            {
                requireRange("length", length, 1, Integer.BYTES);
            }
            fieldLength = length;
            return this;
        }

        /**
         * Set what the field does not count of the bytes behind it, such as the rest of a header.
         *
         * @param adjustment added to the value of the field; negative if the field counts itself or what is before it.
         * @return this.
         */
        public Context adjustment(final int adjustment)
        {
            this.adjustment = requireRange("adjustment", adjustment, -MAX_HEADER_LENGTH, MAX_HEADER_LENGTH);
            return this;
        }

        /**
         * Set how many bytes of the beginning of each message the listener is not given.
         *
         * @param strip bytes; all up to the end of the field at first.
         * @return this.
         */
        public Context strip(final int strip)
        {
            this.strip = requireRange("strip", strip, 0, MAX_HEADER_LENGTH);
            return this;
        }

        /**
         * Set the order of the bytes of the field.
         *
         * @param order big endian at first, which is network byte order.
         * @return this.
         */
        public Context order(final ByteOrder order)
        {
            this.order = Objects.requireNonNull(order, "order");
            return this;
        }

        /**
         * Set the greatest length of a message with its header. {@code heartwheel.message.max} is a limit as well.
         *
         * @param maxLength 16 KiB at first.
         * @return this.
         */
        public Context max(final int maxLength)
        {
            this.maxLength = requireRange("max", maxLength, 1, MAX_LENGTH);
            return this;
        }

        /**
         * Set what is sent of the bytes that are stripped of what arrives. The field within them is written over.
         *
         * @param header as many bytes as are stripped; zeros at first.
         * @return this.
         */
        public Context header(final byte... header)
        {
            this.header = header.clone();
            return this;
        }

        /**
         * Set the question by which a silent peer is probed. Without it, peers are watched passively.
         *
         * @param question a message, as the listener would be given it.
         * @param answer   that the peer gives: it is not given to the listener, and measures the round-trip time. It
         *                 may be empty if peers have no answer of their own, as any byte of a peer proves life.
         * @return this.
         */
        public Context probe(final byte[] question, final byte[] answer)
        {
            this.question = question.clone();
            this.answer = answer.clone();
            return this;
        }

        /**
         * Set the heartbeat that peers send by themselves. It is not given to the listener.
         *
         * @param heartbeat a message, as the listener would be given it.
         * @param reply     that is sent for it; empty for none.
         * @return this.
         */
        public Context heartbeat(final byte[] heartbeat, final byte[] reply)
        {
            this.heartbeat = heartbeat.clone();
            this.reply = reply.clone();
            return this;
        }
    }

    /**
     * Construct by these options, which are copied.
     *
     * @param ctx the options.
     * @throws IllegalArgumentException if they contradict each other.
     */
    public LengthFieldProtocol(final Context ctx)
    {
        name = ctx.name;
        offset = ctx.offset;
        fieldLength = ctx.fieldLength;
        adjustment = ctx.adjustment;
        strip = ctx.strip < 0 ? offset + fieldLength : ctx.strip;
        maxLength = ctx.maxLength;
        isLittleEndian = ByteOrder.LITTLE_ENDIAN == ctx.order;
        header = 0 == ctx.header.length ? new byte[strip] : ctx.header;
        if (header.length != strip)
        {
            throw new IllegalArgumentException("header of " + header.length + " bytes, but strip=" + strip);
        }
        question = framed(ctx.question);
        answer = ctx.answer;
        heartbeat = ctx.heartbeat;
        reply = ByteBuffer.wrap(framed(ctx.reply));
    }

    private byte[] framed(final byte[] payload)
    {
        if (0 == payload.length)
        {
            return NONE;
        }
        final ByteBuffer out = ByteBuffer.allocate(strip + payload.length);
        frame(null, ByteBuffer.wrap(payload), out);
        return out.array();
    }

    private static int requireRange(final String name, final int value, final int min, final int max)
    {
        if (value < min || value > max)
        {
            throw new IllegalArgumentException(name + "=" + value + " not in " + min + ".." + max);
        }
        return value;
    }

    @Override
    public String name()
    {
        return name;
    }

    @Override
    public Object decode(final Connection connection, final Object state, final ByteBuffer in, final Messages out)
    {
        final int fieldEnd = offset + fieldLength;
        if (in.remaining() < fieldEnd)
        {
            return null;
        }
        final long value = field(in, in.position() + offset);
        // The field may have 63 bits, so nothing is added to it before it is known to be small.
        final long length = value < 0 || value > MAX_LENGTH ? Long.MAX_VALUE : value + adjustment + fieldEnd;
        if (length > maxLength || length < Math.max(fieldEnd, strip))
        {
            out.refuse(CloseReason.PROTOCOL_ERROR, "length field of " + Long.toUnsignedString(value) +
                ", accepted are messages of " + Math.max(fieldEnd, strip) + " to " + maxLength + " bytes");
            return null;
        }
        if (in.remaining() >= length)
        {
            final int from = in.position() + strip;
            final int to = in.position() + (int)length;
            in.position(to);
            tell(in, from, to, out);
        }
        return null;
    }

    private void tell(final ByteBuffer in, final int from, final int to, final Messages out)
    {
        if (isSame(in, from, to, answer))
        {
            out.answered();
        }
        else if (!isSame(in, from, to, heartbeat))
        {
            out.message(from, to);
        }
        else if (reply.hasRemaining())
        {
            out.reply(reply);
        }
    }

    /**
     * @param bytes that are expected; none if they are empty.
     */
    static boolean isSame(final ByteBuffer in, final int from, final int to, final byte[] bytes)
    {
        boolean isSame = bytes.length > 0 && to - from == bytes.length;
        for (int i = 0; isSame && i < bytes.length; i++)
        {
            isSame = bytes[i] == in.get(from + i);
        }
        return isSame;
    }

    private long field(final ByteBuffer in, final int index)
    {
        long value = 0;
        for (int i = 0; i < fieldLength; i++)
        {
            value = value << 8 | in.get(index + (isLittleEndian ? fieldLength - 1 - i : i)) & 0xFF;
        }
        return value;
    }

    @Override
    public boolean hasProbe()
    {
        return question.length > 0;
    }

    @Override
    public void probe(final Connection connection, final byte token, final ByteBuffer out)
    {
        out.put(question);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the field has no room for the length.
     */
    @Override
    public void frame(final Connection connection, final ByteBuffer payload, final ByteBuffer out)
    {
        final int begin = out.position();
        final int length = strip + payload.remaining();
        if (length < offset + fieldLength || out.remaining() < length)
        {
            throw length > out.remaining() ? new BufferOverflowException() :
                new IllegalArgumentException("message of " + length + " bytes has no room for its length field");
        }
        out.put(header).put(payload);
        final long value = length - (offset + fieldLength) - adjustment;
        if (value < 0 || fieldLength < Integer.BYTES && value >= 1L << 8 * fieldLength)
        {
            throw new IllegalArgumentException("length " + value + " does not fit " + fieldLength + " bytes");
        }
        for (int i = 0; i < fieldLength; i++)
        {
            final int shift = 8 * (isLittleEndian ? i : fieldLength - 1 - i);
            out.put(begin + offset + i, (byte)(value >>> shift));
        }
    }
}
