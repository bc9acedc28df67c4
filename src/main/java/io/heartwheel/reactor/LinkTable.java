package io.heartwheel.reactor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Holds the links of a client by slot. Slots are dense and reused.
 */
final class LinkTable
{
    private final List<ClientLink> links = new ArrayList<>();
    private final ArrayDeque<Integer> freeSlots = new ArrayDeque<>();

    /**
     * Give a link a slot.
     */
    void add(final ClientLink link)
    {
        assert ClientLink.NO_SLOT == link.slot : link + " is added twice";
        if (freeSlots.isEmpty())
        {
            link.slot = links.size();
            links.add(link);
        }
        else
        {
            link.slot = freeSlots.pop();
            links.set(link.slot, link);
        }
    }

    /**
     * Free the slot of a link, if it has one.
     */
    void remove(final ClientLink link)
    {
        if (ClientLink.NO_SLOT != link.slot)
        {
            assert link == links.get(link.slot) : link + " is not in its slot";
            links.set(link.slot, null);
            freeSlots.push(link.slot);
            link.slot = ClientLink.NO_SLOT;
        }
    }

    ClientLink at(final int slot)
    {
        return links.get(slot);
    }

    void forEach(final Consumer<ClientLink> action)
    {
        for (final ClientLink link : links)
        {
            if (null != link)
            {
                action.accept(link);
            }
        }
    }
}
