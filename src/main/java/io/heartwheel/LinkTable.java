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

    void remove(final Link link)
    {
        links.set(link.slot, null);
        freeSlots.push(link.slot);
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
