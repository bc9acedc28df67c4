package io.heartwheel.wire;

import java.nio.ByteBuffer;

/**
 * What one connection that speaks another protocol has still to send. A question and a reply take the places of PING
 * and PONG: one of each is pending at most, and both overtake queued messages at a boundary. Each message is queued
 * behind its length, which is not sent: it tells where the next one begins, whatever the protocol.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
public class ForeignOutbound extends Outbound
{
    /** Longest question or reply, in bytes. */
    public static final int MAX_CONTROL_LENGTH = 1024;

    private static final int LENGTH_LENGTH = Integer.BYTES;

    private byte[] question;
    private byte[] reply;

    /**
     * Construct with nothing to send.
     */
    public ForeignOutbound()
    {
    }

    /**
     * Have a question sent that probes the peer. It replaces one that has not left yet. {@link #PING_SENT} tells that
     * it left.
     *
     * @param question that is sent as it is, and not changed any more: at most {@link #MAX_CONTROL_LENGTH} bytes.
     */
    public void ask(final byte[] question)
    {
        pending |= PING_SENT;
        this.question = question;
    }

    /**
     * Have a reply sent to a question of the peer. It replaces one that has not left yet.
     *
     * @param reply that is sent as it is, and not changed any more: at most {@link #MAX_CONTROL_LENGTH} bytes.
     */
    public void reply(final byte[] reply)
    {
        pending |= PONG_SENT;
        this.reply = reply;
    }

    @Override
    public void discard()
    {
        super.discard();
        question = null;
        reply = null;
    }

    @Override
    public int accepted(final int byteCount, final SpareBuffer spare)
    {
        final int sent = super.accepted(byteCount, spare);
        // What is cut has been copied.
        question = 0 == (pending & PING_SENT) ? null : question;
        reply = 0 == (pending & PONG_SENT) ? null : reply;
        return sent;
    }

    @Override
    int header(final int type, final int payloadLength)
    {
        return payloadLength;
    }

    @Override
    int controlsLengthMax()
    {
        return (0 == (pending & PING_SENT) ? 0 : question.length) + (0 == (pending & PONG_SENT) ? 0 : reply.length);
    }

    @Override
    int controlLength(final int control)
    {
        return bytesOf(control).length;
    }

    @Override
    void putControl(final int control, final ByteBuffer out)
    {
        out.put(bytesOf(control));
    }

    private byte[] bytesOf(final int control)
    {
        assert HELLO_SENT != control : "HELLO is ours";
        return PING_SENT == control ? question : reply;
    }

    @Override
    void copyFrames(final ByteBuffer out)
    {
        for (int offset = halfWrittenLength; offset < queuedBytes() && out.hasRemaining();)
        {
            final int length = queue.getInt(queue.position() + offset);
            copyQueued(out, offset + LENGTH_LENGTH, length);
            offset += LENGTH_LENGTH + length;
        }
    }

    @Override
    void acceptFrames(final int byteCount)
    {
        int left = byteCount;
        while (left > 0)
        {
            final int offset = queue.position();
            final int length = queue.getInt(offset);
            final int taken = Math.min(left, length);
            queue.position(offset + LENGTH_LENGTH + taken);
            halfWrittenLength = length - taken;
            left -= taken;
        }
    }
}
