package io.heartwheel.reactor;

/**
 * The id of a connection: generation (upper 32 bits), index of the reactor (the next 8 bits) and slot (lower 24 bits).
 */
final class PeerId
{
    private static final int SLOT_BITS = 24;
    private static final int SLOT_MASK = (1 << SLOT_BITS) - 1;

    private PeerId()
    {
    }

    static long of(final int generation, final int reactor, final int slot)
    {
        return (long)generation << 32 | reactor << SLOT_BITS | slot;
    }

    static int slotOf(final long id)
    {
        return (int)id & SLOT_MASK;
    }
}
