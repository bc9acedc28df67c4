package io.heartwheel.reactor;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Holds the peers by slot. Slots are dense and reused, the lowest first. A generation counts how often a slot was
 * reused, so an id of generation, reactor and slot is never given twice.
 * <p>
 * Neighbouring slots are asked together, and cost less the closer they lie in memory. When 19,000 connections had been
 * replaced three times over by chance, a heartbeat cost 4 % less than when the slot that was freed last came first
 * (benchmarks/README.md, "Beats").
 */
final class PeerTable
{
    private final int reactor;
    private Peer[] peers = new Peer[16];
    private int[] generations = new int[16];
    private final FreeSlots freeSlots = new FreeSlots();
    private int freeCount;
    private int usedCount;

    /**
     * @param reactor index of the reactor whose peers these are.
     */
    PeerTable(final int reactor)
    {
        this.reactor = reactor;
    }

    int size()
    {
        return usedCount - freeCount;
    }

    /**
     * One more than the highest slot that was ever in use.
     */
    int slots()
    {
        return usedCount;
    }

    Peer at(final int slot)
    {
        return peers[slot];
    }

    /**
     * The id, generation, reactor and slot, of the peer that is to be given to {@link #add} next.
     */
    long nextId()
    {
        final int slot = freeCount > 0 ? freeSlots.lowest() : usedCount;
        return PeerId.of(slot < generations.length ? generations[slot] : 0, reactor, slot);
    }

    void add(final Peer peer)
    {
        final int slot = peer.slot();
        assert peer.id() == nextId() : "slot=" + slot + " is not the next";
        if (slot >= peers.length)
        {
            // The set of free slots grows here, so that removing a peer never lacks memory.
            final int capacity = slot + (slot >> 3) + 16;
            freeSlots.ensureCapacity(capacity);
            generations = Arrays.copyOf(generations, capacity);
            peers = Arrays.copyOf(peers, capacity);
        }
        if (freeCount > 0)
        {
            --freeCount;
            freeSlots.remove(slot);
        }
        else
        {
            ++usedCount;
        }
        assert null == peers[slot] : "slot=" + slot + " is in use";
        peers[slot] = peer;
    }

    void remove(final Peer peer)
    {
        final int slot = peer.slot();
        assert peer == peers[slot] : peer + " is removed twice";
        peers[slot] = null;
        generations[slot] = generations[slot] + 1 & Integer.MAX_VALUE;
        ++freeCount;
        freeSlots.add(slot);
    }

    void forEach(final Consumer<Peer> action)
    {
        for (int slot = 0; slot < usedCount; slot++)
        {
            if (null != peers[slot])
            {
                action.accept(peers[slot]);
            }
        }
    }
}
