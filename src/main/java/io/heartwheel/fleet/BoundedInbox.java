package io.heartwheel.fleet;

import java.util.ArrayDeque;

/**
 * Keeps what a node is sent until it looks. What does not fit is dropped and counted: it comes at most once anyway, and
 * a newer connection that is missed so is found when its bucket is verified.
 * <p>
 * Threadsafe.
 */
final class BoundedInbox implements Inbox
{
    /** What a message costs beside its bytes. */
    private static final int OVERHEAD = 48;

    private final int maxBytes;
    private final FleetCounts counts;
    private final ArrayDeque<byte[]> messages = new ArrayDeque<>();
    private int bytes;
    private boolean isOverflown;

    BoundedInbox(final int maxBytes, final FleetCounts counts)
    {
        this.maxBytes = maxBytes;
        this.counts = counts;
    }

    @Override
    public synchronized void onMessage(final byte[] message)
    {
        if (message.length > maxBytes - OVERHEAD - bytes)
        {
            counts.add(FleetCounter.INBOX_FULL, 1);
            isOverflown = true;
        }
        else
        {
            bytes += OVERHEAD + message.length;
            messages.add(message);
        }
    }

    /** {@return whether messages were lost since this was asked last} */
    synchronized boolean takeOverflow()
    {
        final boolean isIt = isOverflown;
        isOverflown = false;
        return isIt;
    }

    /** {@return the next, or null} */
    synchronized byte[] poll()
    {
        final byte[] message = messages.poll();
        if (null != message)
        {
            bytes -= OVERHEAD + message.length;
        }
        return message;
    }
}
