package io.heartwheel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The links of a client by slot. Slots are dense and reused.
 */
final class LinkTable
{
    private final List<Link> links = new ArrayList<>();
    private final ArrayDeque<Integer> freeSlots = new ArrayDeque<>();

    /**
     * Give a link a slot.
     */
    void add(final Link link)
    {
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
    void remove(final Link link)
    {
        if (Link.NO_SLOT != link.slot)
        {
            links.set(link.slot, null);
            freeSlots.push(link.slot);
            link.slot = Link.NO_SLOT;
        }
    }

    Link at(final int slot)
    {
        return links.get(slot);
    }

    void forEach(final Consumer<Link> action)
    {
        for (final Link link : links)
        {
            if (null != link)
            {
                action.accept(link);
            }
        }
    }
}
