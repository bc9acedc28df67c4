package io.heartwheel.websocket;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The part of a message that a connection keeps between two reads: the beginning of a frame, the fragments that came
 * before it, or both. It grows with the bytes of the message that arrived, never with the length that a header claims;
 * a control frame takes {@link WebSocketFrame#MAX_CONTROL_LENGTH} at most.
 */
public final class HalfMessage
{
    private static final byte[] NOTHING = {};
    private static final int CAPACITY_MIN = 64;

    /**
     * Stands for the end: the peer sent a CLOSE, broke the protocol, or its handler did not want to go on. An end
     * that has sent a CLOSE keeps it as well: what still arrives is then dropped, and not judged.
     */
    public static final HalfMessage CLOSED = new HalfMessage();

    /** The header of the frame that has not arrived whole, from 0 to its position. */
    final ByteBuffer head = ByteBuffer.allocate(WebSocketFrame.MAX_HEADER_LENGTH);
    /** Number of bytes of the payload of that frame which have arrived. */
    int payloadTaken;
    /** Opcode of the message, or 0 if none has begun. */
    int opcode;
    int utf8 = Utf8.WHOLE;

    private byte[] message = NOTHING;
    private int messageLength;
    private byte[] control = NOTHING;

    HalfMessage()
    {
    }

    /**
     * Has the connection ended? Nothing of it is handled any more, and no deadline applies.
     *
     * @return true for {@link #CLOSED}.
     */
    public boolean isClosed()
    {
        return CLOSED == this;
    }

    /**
     * Number of bytes that are kept: of the message, and of the frame that has not arrived whole.
     *
     * @return number of bytes.
     */
    public int length()
    {
        return messageLength + head.position() + (isWithinControl() ? payloadTaken : 0);
    }

    /**
     * Size of the buffers that keep them.
     *
     * @return number of bytes.
     */
    public int capacity()
    {
        return message.length + head.capacity() + control.length;
    }

    int messageLength()
    {
        return messageLength;
    }

    boolean isWithinFrame()
    {
        return head.position() > 0;
    }

    boolean hasHead()
    {
        return head.position() >= FrameHead.START && head.position() == FrameHead.length(head.get(1));
    }

    /**
     * Take bytes of the header, as far as its length is known.
     */
    void takeHead(final ByteBuffer in)
    {
        final int target = head.position() < FrameHead.START ? FrameHead.START : FrameHead.length(head.get(1));
        final int taken = Math.min(target - head.position(), in.remaining());
        head.put(head.position(), in, in.position(), taken).position(head.position() + taken);
        in.position(in.position() + taken);
    }

    /**
     * Number of bytes that the payload of the frame lacks.
     */
    int payloadLeft()
    {
        return (int)FrameHead.payloadLength(head, 0) - payloadTaken;
    }

    boolean isWithinControl()
    {
        return FrameHead.isControl(FrameHead.opcode(head.get(0))) && isWithinFrame();
    }

    void endFrame()
    {
        head.clear();
        payloadTaken = 0;
        control = NOTHING;
    }

    /**
     * Keep bytes of a control frame.
     */
    void keepControl(final ByteBuffer in, final int from, final int to)
    {
        if (NOTHING == control)
        {
            control = new byte[(int)FrameHead.payloadLength(head, 0)];
        }
        in.get(from, control, payloadTaken, to - from);
        payloadTaken += to - from;
    }

    ByteBuffer control()
    {
        return ByteBuffer.wrap(control);
    }

    /**
     * Keep bytes of the message.
     *
     * @param limit that its length will not exceed.
     */
    void keep(final ByteBuffer in, final int from, final int to, final int limit)
    {
        final int required = messageLength + to - from;
        if (required > message.length)
        {
            final int ahead = Math.max(message.length << 1, CAPACITY_MIN);
            message = Arrays.copyOf(message, Math.max(required, Math.min(ahead, limit)));
        }
        in.get(from, message, messageLength, to - from);
        messageLength = required;
    }

    ByteBuffer message()
    {
        return ByteBuffer.wrap(message, 0, messageLength);
    }
}
