package io.heartwheel.wire;

import java.nio.ByteBuffer;

/**
 * Payload of a HELLO: the cadence that a server holds a client to, or the one that a client asks for.
 *
 * @param version    of the protocol: {@link #VERSION}.
 * @param flags      {@link #IDENTITY}, or 0; others are skipped.
 * @param count      unanswered probes after which a peer is gone, unsigned 16 bits; 0 means that none is sent, and the
 *                   peer has to speak by itself.
 * @param idleMs     silence in ms before the first probe, unsigned 32 bits; 0 means that silence is not judged. A
 *                   client that asks for 0 gets the longest idle time that the server allows, and otherwise the
 *                   server's own cadence.
 * @param intervalMs wait in ms for each answer, unsigned 32 bits; 0 if no probe is sent. A client that asks for probes
 *                   and an interval of 0 gets the longest interval that the server allows.
 */
public record Hello(int version, int flags, int count, long idleMs, long intervalMs)
{
    /** Version of the protocol spoken here. */
    public static final int VERSION = 1;

    /** Length of the payload in bytes. */
    public static final int LENGTH = 12;

    /**
     * Flag of a server's HELLO: a client may say who it is, by a HELLO. Flag of such a HELLO: a length byte and the
     * identity follow the {@link #LENGTH} bytes, whose cadence says nothing.
     */
    public static final int IDENTITY = 1;

    /** Longest idle time and interval that the payload can express, in ms: unsigned 32 bits. */
    public static final long MAX_MS = 0xFFFF_FFFFL;

    /**
     * Construct a HELLO of this version, without flags.
     *
     * @param count      unanswered probes after which a peer is gone.
     * @param idleMs     silence in ms before the first probe.
     * @param intervalMs wait in ms for each answer.
     */
    public Hello(final int count, final long idleMs, final long intervalMs)
    {
        this(VERSION, 0, count, idleMs, intervalMs);
    }

    /**
     * The same HELLO with these flags.
     *
     * @param flags to have.
     * @return a HELLO.
     */
    public Hello withFlags(final int flags)
    {
        return new Hello(version, flags, count, idleMs, intervalMs);
    }

    /**
     * Is a flag set?
     *
     * @param flag to look for.
     * @return true if it is.
     */
    public boolean has(final int flag)
    {
        return 0 != (flags & flag);
    }

    /**
     * Write the whole frame. Allocates nothing.
     *
     * @param out to write to, with room for header and payload.
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
