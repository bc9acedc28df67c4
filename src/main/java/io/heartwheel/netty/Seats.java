package io.heartwheel.netty;

import io.netty.channel.ChannelHandlerContext;
import org.agrona.collections.IntArrayList;

import java.util.Arrays;

/**
 * Which channel has which slot of a {@link LoopWatch}. A slot that becomes free is given to the next channel that
 * comes, so the slots in use stay dense.
 * <p>
 * Memory: 4 bytes for each slot, and 4 more while it is free.
 */
final class Seats
{
    private final IntArrayList freeSlots = new IntArrayList();
    /** The context has the handler and the channel. */
    private ChannelHandlerContext[] contexts = new ChannelHandlerContext[0];
    private int slots;

    int take(final ChannelHandlerContext ctx)
    {
        final int slot = freeSlots.isEmpty() ? slots++ : freeSlots.removeAt(freeSlots.size() - 1);
        if (slot >= contexts.length)
        {
            contexts = Arrays.copyOf(contexts, slot + (slot >> 3) + 16);
        }
        contexts[slot] = ctx;
        return slot;
    }

    void free(final int slot)
    {
        contexts[slot] = null;
        freeSlots.addInt(slot);
    }

    /**
     * Number of slots that were ever in use: all are below it.
     */
    int slots()
    {
        return slots;
    }

    /**
     * {@return the context of the handler that has this slot, or null if it is free}
     */
    ChannelHandlerContext context(final int slot)
    {
        return contexts[slot];
    }

    LivenessHandler handler(final int slot)
    {
        assert null != contexts[slot] : "slot=" + slot + " is free";
        return (LivenessHandler)contexts[slot].handler();
    }
}
