package io.heartwheel.reactor;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * The part of a {@link Peer} that any thread may change: the room that sends have reserved, and whether a close was
 * asked for.
 * <p>
 * <b>Note:</b> Threadsafe.
 */
abstract class Reservations extends Questions
{
    private static final AtomicIntegerFieldUpdater<Reservations> RESERVED_BYTES =
        AtomicIntegerFieldUpdater.newUpdater(Reservations.class, "reservedBytes");
    private static final AtomicIntegerFieldUpdater<Reservations> CLOSE_REQUESTS =
        AtomicIntegerFieldUpdater.newUpdater(Reservations.class, "closeRequests");

    /** Bytes of messages that {@link Peer#send} accepted and the kernel has not. */
    private volatile int reservedBytes;
    private volatile int closeRequests;

    /** See {@link io.heartwheel.Connection#unsentBytes()}. */
    public int unsentBytes()
    {
        return reservedBytes;
    }

    final boolean reserve(final int byteCount, final int limit)
    {
        if (RESERVED_BYTES.addAndGet(this, byteCount) > limit)
        {
            release(byteCount);
            return false;
        }
        return true;
    }

    final void release(final int byteCount)
    {
        if (0 != byteCount)
        {
            RESERVED_BYTES.addAndGet(this, -byteCount);
        }
    }

    /**
     * @return true for the first request only.
     */
    final boolean requestClose()
    {
        return CLOSE_REQUESTS.compareAndSet(this, 0, 1);
    }
}
