package io.heartwheel;

/**
 * What became of a message given to {@link Connection#send(java.nio.ByteBuffer)}.
 */
public enum SendResult
{
    /**
     * The message is written, or queued behind others. It is sent whole and in order, unless the connection ends first.
     */
    ACCEPTED,

    /**
     * Too much is unsent or queued already, and nothing of the message was taken. Try again later, or give the peer up.
     */
    BACK_PRESSURED,

    /** The connection is closed or closing. */
    CLOSED
}
