package io.heartwheel.wire;

import java.nio.ByteBuffer;

/**
 * Payload of a HELLO: the cadence a server holds a client to, or that a client asks for.
 *
 * @param version    of the protocol: {@link #VERSION}.
 * @param flags      0 in this version.
 * @param count      of unanswered probes, unsigned 16 bits; 0 says that none is sent, and the peer has to speak.
 * @param idleMs     silence before the first probe, unsigned 32 bits; 0 says that silence is not judged. A client that
 *                   asks for 0 asks for the longest, whatever else it says: it is probed as the server does by itself,
 *                   after the longest idle time.
 * @param intervalMs wait for each answer, unsigned 32 bits; 0 where none is sent. A client that asks for probes and 0
 *                   asks for the longest.
 */
public record Hello(int version, int flags, int count, long idleMs, long intervalMs)
{
    /** Version of the protocol spoken here. */
    public static final int VERSION = 1;

    /** Length of the payload. */
    public static final int LENGTH = 12;

    /** Largest idle time and interval it can tell. */
    public static final long MAX_MS = 0xFFFF_FFFFL;

    /**
     * A HELLO of this version.
     *
     * @param count      see above.
     * @param idleMs     see above.
     * @param intervalMs see above.
     */
    public Hello(final int count, final long idleMs, final long intervalMs)
    {
        this(VERSION, 0, count, idleMs, intervalMs);
    }

    /**
     * Write the whole frame.
     *
     * @param out to write to.
     */
    public void putFrame(final ByteBuffer out)
    {
        Frame.putHeader(out, Frame.HELLO, 0, LENGTH);
        out.put((byte)version).put((byte)flags).putShort((short)count).putInt((int)idleMs).putInt((int)intervalMs);
    }

    static Hello read(final ByteBuffer payload)
    {
        return new Hello(
            payload.get() & 0xFF,
            payload.get() & 0xFF,
            payload.getShort() & 0xFFFF,
            payload.getInt() & MAX_MS,
            payload.getInt() & MAX_MS);
    }
}
