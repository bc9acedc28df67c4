package io.heartwheel.wire;

import java.nio.ByteBuffer;

/**
 * What one connection that masks its frames has still to send. No two questions or replies are the same then, so the
 * connection keeps an array for each of both: they are of one length as a rule, and allocate nothing.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
public final class MaskedOutbound extends ForeignOutbound
{
    private byte[] lastQuestion = {};
    private byte[] lastReply = {};

    /**
     * Construct with nothing to send.
     */
    public MaskedOutbound()
    {
    }

    /**
     * Have a question sent, as {@link #ask(byte[])} does.
     *
     * @param question from its position to its limit; it is copied.
     */
    public void ask(final ByteBuffer question)
    {
        lastQuestion = copied(question, lastQuestion);
        ask(lastQuestion);
    }

    /**
     * Have a reply sent, as {@link #reply(byte[])} does.
     *
     * @param reply from its position to its limit; it is copied.
     */
    public void reply(final ByteBuffer reply)
    {
        lastReply = copied(reply, lastReply);
        reply(lastReply);
    }

    /**
     * What is half written lies in the queue, so the array is free.
     */
    private static byte[] copied(final ByteBuffer bytes, final byte[] last)
    {
        final byte[] to = last.length == bytes.remaining() ? last : new byte[bytes.remaining()];
        bytes.get(bytes.position(), to);
        return to;
    }
}
