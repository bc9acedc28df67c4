package io.heartwheel;

/**
 * What became of a message given to {@link Connection#send(java.nio.ByteBuffer)}.
 */
public enum SendResult
{
    /** It is written, or queued behind others and will be: in order, whole, unless the connection ends first. */
    ACCEPTED,

    /** Too much is unsent already. Nothing was taken: try again later, or give the peer up. */
    BACK_PRESSURED,

    /** The connection is closed or closing. */
    CLOSED
}
