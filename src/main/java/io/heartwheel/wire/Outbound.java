package io.heartwheel.wire;

import java.nio.ByteBuffer;

/**
 * The frames that one connection has still to send.
 * <p>
 * Control frames (HELLO, PONG, PING) are not queued. At most one of each is pending, so a flood of PINGs or HELLOs
 * cannot grow memory. They overtake queued frames at a frame boundary, never within a half-written frame. DATA and BYE
 * are queued in order. Their buffer exists only while it holds bytes.
 * <p>
 * {@link #fill} gives all bytes to be sent next, for one write. {@link #accepted} is then told how many of them the
 * kernel took.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
public class Outbound
{
    /** Flag of {@link #accepted}: a HELLO left. */
    public static final int HELLO_SENT = 1;

    /** Flag of {@link #accepted}: a PONG left. */
    public static final int PONG_SENT = 2;

    /** Flag of {@link #accepted}: a PING left. */
    public static final int PING_SENT = 4;

    private static final int CONTROL_LENGTH_MAX = 3 * Frame.HEADER_LENGTH + Hello.LENGTH;

    /**
     * Unsent bytes from position to limit, or null: the rest of a half-written frame, then whole frames.
     */
    ByteBuffer queue;
    int halfWrittenLength;
    /**
     * Flag of the half-written control frame, or 0 if there is none.
     */
    private byte halfWrittenControl;
    byte pending;
    private byte pongToken;
    private byte pingToken;
    private Hello hello;

    /**
     * Construct with nothing to send.
     */
    public Outbound()
    {
    }

    /**
     * Have a PING sent. It replaces a PING that has not left yet.
     *
     * @param token of the PING.
     */
    public void ping(final byte token)
    {
        pending |= PING_SENT;
        pingToken = token;
    }

    /**
     * Have a PONG sent. It replaces a PONG that has not left yet, so the latest PING is answered.
     *
     * @param token of the PING it answers.
     */
    public void pong(final byte token)
    {
        pending |= PONG_SENT;
        pongToken = token;
    }

    /**
     * Have a HELLO sent. It replaces a HELLO that has not left yet.
     *
     * @param hello to send.
     */
    public void hello(final Hello hello)
    {
        pending |= HELLO_SENT;
        this.hello = hello;
    }

    /**
     * Queue a frame. Its payload is copied.
     *
     * @param type   of the frame: DATA, BYE, or a HELLO with an identity.
     * @param source of the payload.
     * @param offset of the payload in the source.
     * @param length of the payload in bytes, at most {@link Frame#MAX_PAYLOAD_LENGTH}.
     * @param spare  to take a buffer from.
     */
    public void enqueue(
        final int type, final byte[] source, final int offset, final int length, final SpareBuffer spare)
    {
        final int payloadOffset = append(type, length, spare);
        queue.put(payloadOffset, source, offset, length);
    }

    /**
     * Queue a DATA frame. Its payload is copied.
     *
     * @param payload from its position to its limit, which do not change; at most {@link Frame#MAX_PAYLOAD_LENGTH}
     *                bytes.
     * @param spare   to take a buffer from.
     */
    public void enqueue(final ByteBuffer payload, final SpareBuffer spare)
    {
        final int length = payload.remaining();
        final int payloadOffset = append(Frame.DATA, length, spare);
        queue.put(payloadOffset, payload, payload.position(), length);
    }

    /**
     * Is there nothing to send?
     *
     * @return true if no frame is pending or queued.
     */
    public boolean isEmpty()
    {
        return 0 == pending && null == queue;
    }

    /**
     * Number of queued bytes, with the rest of a half-written frame.
     *
     * @return number of bytes.
     */
    public int queuedBytes()
    {
        return null == queue ? 0 : queue.remaining();
    }

    /**
     * Size of the buffer that keeps the queued bytes.
     *
     * @return number of bytes.
     */
    public int capacity()
    {
        return null == queue ? 0 : queue.capacity();
    }

    /**
     * Drop all frames, as nothing will be sent any more.
     */
    public void discard()
    {
        queue = null;
        pending = 0;
        halfWrittenLength = 0;
        halfWrittenControl = 0;
    }

    /**
     * Copy the bytes to be sent next, without removing them. Allocates nothing.
     *
     * @param out to copy to, as much as there is room for.
     */
    public void fill(final ByteBuffer out)
    {
        copyQueued(out, 0, halfWrittenLength);
        if (out.remaining() < controlsLengthMax())
        {
            return;
        }
        if (0 != (pending & HELLO_SENT))
        {
            putControl(HELLO_SENT, out);
        }
        if (0 != (pending & PONG_SENT))
        {
            putControl(PONG_SENT, out);
        }
        if (0 != (pending & PING_SENT))
        {
            putControl(PING_SENT, out);
        }
        copyFrames(out);
    }

    /**
     * Copy the queued frames behind the half-written one.
     */
    void copyFrames(final ByteBuffer out)
    {
        copyQueued(out, halfWrittenLength, queuedBytes() - halfWrittenLength);
    }

    int controlsLengthMax()
    {
        return CONTROL_LENGTH_MAX;
    }

    int controlLength(final int control)
    {
        return HELLO_SENT == control ? Frame.HEADER_LENGTH + Hello.LENGTH : Frame.HEADER_LENGTH;
    }

    void putControl(final int control, final ByteBuffer out)
    {
        switch (control)
        {
            case HELLO_SENT -> hello.putFrame(out);
            case PONG_SENT -> Frame.putHeader(out, Frame.PONG, pongToken, 0);
            default -> Frame.putHeader(out, Frame.PING, pingToken, 0);
        }
    }

    /**
     * What the queue has before each payload.
     */
    int header(final int type, final int payloadLength)
    {
        return Frame.header(type, 0, payloadLength);
    }

    /**
     * Remove the bytes that the kernel took of those that {@link #fill} gave.
     *
     * @param byteCount number of bytes that it took.
     * @param spare     to give a buffer back to that is no longer needed.
     * @return the control frames that left as a whole, as a set of flags.
     */
    public int accepted(final int byteCount, final SpareBuffer spare)
    {
        int left = byteCount;
        int sent = 0;
        if (halfWrittenLength > 0)
        {
            final int taken = Math.min(left, halfWrittenLength);
            queue.position(queue.position() + taken);
            halfWrittenLength -= taken;
            left -= taken;
            if (0 == halfWrittenLength)
            {
                sent = halfWrittenControl;
                halfWrittenControl = 0;
            }
        }

        for (int control = HELLO_SENT; control <= PING_SENT && left > 0; control <<= 1)
        {
            if (0 != (pending & control))
            {
                final int length = controlLength(control);
                if (left < length)
                {
                    queueRestOf(control, left, length, spare);
                }
                else
                {
                    sent |= control;
                }
                pending &= (byte)~control;
                left -= Math.min(left, length);
            }
        }

        acceptFrames(left);
        if (null != queue && !queue.hasRemaining())
        {
            spare.giveBack(queue);
            queue = null;
        }
        return sent;
    }

    /**
     * Remove bytes of the queued frames behind the half-written one.
     */
    void acceptFrames(final int byteCount)
    {
        int left = byteCount;
        while (left > 0)
        {
            final int offset = queue.position();
            final int frameLength = Frame.HEADER_LENGTH + Frame.payloadLength(queue, offset);
            final int taken = Math.min(left, frameLength);
            queue.position(offset + taken);
            halfWrittenLength = frameLength - taken;
            left -= taken;
        }
    }

    /**
     * Put the rest of a control frame that was cut before everything that is queued.
     */
    private void queueRestOf(final int control, final int written, final int length, final SpareBuffer spare)
    {
        final ByteBuffer whole = ByteBuffer.allocate(length);
        putControl(control, whole);

        final int rest = length - written;
        final int queued = queuedBytes();
        final ByteBuffer behind = queue;
        queue = spare.take(rest + queued);
        queue.limit(rest + queued);
        queue.put(0, whole, written, rest);
        if (null != behind)
        {
            queue.put(rest, behind, behind.position(), queued);
        }
        halfWrittenLength = rest;
        halfWrittenControl = (byte)control;
    }

    final void copyQueued(final ByteBuffer out, final int offset, final int length)
    {
        if (length > 0)
        {
            final int copied = Math.min(length, out.remaining());
            out.put(out.position(), queue, queue.position() + offset, copied);
            out.position(out.position() + copied);
        }
    }

    /**
     * Append a header to the queue, with room for the payload after it.
     *
     * @return offset of the payload in the queue.
     */
    private int append(final int type, final int payloadLength, final SpareBuffer spare)
    {
        final int required = Frame.HEADER_LENGTH + payloadLength;
        if (null == queue)
        {
            queue = spare.take(required);
        }
        else if (queue.capacity() - queue.limit() < required)
        {
            final ByteBuffer from = queue;
            final int queued = from.remaining();
            final int capacity = from.capacity();
            queue = queued + required <= capacity ?
                from : ByteBuffer.allocate(Math.max(capacity << 1, queued + required));
            queue.limit(queue.capacity()).put(0, from, from.position(), queued);
            queue.limit(queued).position(0);
        }

        final int offset = queue.limit();
        queue.limit(offset + required).putInt(offset, header(type, payloadLength));
        return offset + Frame.HEADER_LENGTH;
    }
}
