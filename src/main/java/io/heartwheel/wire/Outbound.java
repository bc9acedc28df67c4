package io.heartwheel.wire;

import java.nio.ByteBuffer;

/**
 * What one connection has still to send. Control frames (HELLO, PONG, PING) are not queued but noted, at most one of
 * each, so that a flood of PINGs or HELLOs cannot grow memory; they overtake queued frames at a frame boundary, never
 * inside a half-written one. DATA and BYE are queued in order; their buffer exists only while there are any.
 * <p>
 * {@link #fill} gives everything that should leave next, in one piece, for one write; {@link #accepted} is then told
 * how many bytes the kernel took.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
public final class Outbound
{
    /** Flag of {@link #accepted}: a HELLO left. */
    public static final int HELLO_SENT = 1;

    /** Flag of {@link #accepted}: a PONG left. */
    public static final int PONG_SENT = 2;

    /** Flag of {@link #accepted}: a PING left. */
    public static final int PING_SENT = 4;

    private static final int CONTROL_LENGTH_MAX = 3 * Frame.HEADER_LENGTH + Hello.LENGTH;

    /**
     * Unsent bytes from position to limit, or null: what is left of a half-written frame, then whole frames.
     */
    private ByteBuffer queue;
    private int halfWrittenLength;
    /**
     * The flag of the control frame that is half written, or 0 if none is.
     */
    private byte halfWrittenControl;
    private byte pending;
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
     * Have a PING sent. One that has not left yet is replaced.
     *
     * @param token of it.
     */
    public void ping(final byte token)
    {
        pending |= PING_SENT;
        pingToken = token;
    }

    /**
     * Have a PONG sent. One that has not left yet is replaced: it is the latest PING that is answered.
     *
     * @param token of the PING it answers.
     */
    public void pong(final byte token)
    {
        pending |= PONG_SENT;
        pongToken = token;
    }

    /**
     * Have a HELLO sent. One that has not left yet is replaced.
     *
     * @param hello to send.
     */
    public void hello(final Hello hello)
    {
        pending |= HELLO_SENT;
        this.hello = hello;
    }

    /**
     * Have a frame sent after those queued before.
     *
     * @param type   of the frame: DATA or BYE.
     * @param source of the payload.
     * @param offset of the payload in it.
     * @param length of the payload, at most {@link Frame#MAX_PAYLOAD_LENGTH}.
     * @param spare  where a buffer comes from.
     */
    public void enqueue(
        final int type, final byte[] source, final int offset, final int length, final SpareBuffer spare)
    {
        final int payloadOffset = append(type, length, spare);
        queue.put(payloadOffset, source, offset, length);
    }

    /**
     * Have a DATA frame sent after those queued before.
     *
     * @param payload from its position to its limit, which are left as they are.
     * @param spare   where a buffer comes from.
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
     * @return true if not.
     */
    public boolean isEmpty()
    {
        return 0 == pending && null == queue;
    }

    /**
     * Number of queued bytes, the rest of a half-written frame included.
     *
     * @return number of bytes.
     */
    public int queuedBytes()
    {
        return null == queue ? 0 : queue.remaining();
    }

    /**
     * Number of bytes it takes to keep what is queued.
     *
     * @return number of bytes.
     */
    public int capacity()
    {
        return null == queue ? 0 : queue.capacity();
    }

    /**
     * Nothing of it will be sent any more.
     */
    public void discard()
    {
        queue = null;
        pending = 0;
        halfWrittenLength = 0;
        halfWrittenControl = 0;
    }

    /**
     * Write what should leave next.
     *
     * @param out to write to, with as much as there is room for.
     */
    public void fill(final ByteBuffer out)
    {
        copyQueued(out, 0, halfWrittenLength);
        if (out.remaining() < CONTROL_LENGTH_MAX)
        {
            return;
        }
        if (0 != (pending & HELLO_SENT))
        {
            hello.putFrame(out);
        }
        if (0 != (pending & PONG_SENT))
        {
            Frame.putHeader(out, Frame.PONG, pongToken, 0);
        }
        if (0 != (pending & PING_SENT))
        {
            Frame.putHeader(out, Frame.PING, pingToken, 0);
        }
        copyQueued(out, halfWrittenLength, queuedBytes() - halfWrittenLength);
    }

    /**
     * The kernel took bytes of what {@link #fill} gave.
     *
     * @param byteCount how many.
     * @param spare     where a buffer goes that is no longer needed.
     * @return the control frames that left, whole, as a set of flags.
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
                final int length = HELLO_SENT == control ? Frame.HEADER_LENGTH + Hello.LENGTH : Frame.HEADER_LENGTH;
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

    private void acceptFrames(final int byteCount)
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
     * A control frame was cut: its rest has to go first now, before everything that is queued.
     */
    private void queueRestOf(final int control, final int written, final int length, final SpareBuffer spare)
    {
        final ByteBuffer whole = ByteBuffer.allocate(Frame.HEADER_LENGTH + Hello.LENGTH);
        switch (control)
        {
            case HELLO_SENT -> hello.putFrame(whole);
            case PONG_SENT -> Frame.putHeader(whole, Frame.PONG, pongToken, 0);
            default -> Frame.putHeader(whole, Frame.PING, pingToken, 0);
        }

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

    private void copyQueued(final ByteBuffer out, final int offset, final int length)
    {
        if (length > 0)
        {
            final int copied = Math.min(length, out.remaining());
            out.put(out.position(), queue, queue.position() + offset, copied);
            out.position(out.position() + copied);
        }
    }

    /**
     * Put a header behind what is queued, with room for the payload after it.
     *
     * @return where the payload goes.
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
        queue.limit(offset + required).putInt(offset, Frame.header(type, 0, payloadLength));
        return offset + Frame.HEADER_LENGTH;
    }
}
