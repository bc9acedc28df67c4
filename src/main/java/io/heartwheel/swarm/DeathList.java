package io.heartwheel.swarm;

import io.heartwheel.swarm.SwarmPlan.Deaths;
import io.heartwheel.swarm.SwarmPlan.Fate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;

/**
 * Decides which clients die, how and when, in the order of time. The same plan gives the same list.
 */
final class DeathList
{
    private final Fate[] fates;
    private final int[] indexes;
    private final long[] offsetsNs;
    private int next;

    DeathList(final int connections, final Deaths deaths)
    {
        final int total = (int)deaths.total();
        final int[] drawn = draw(connections, total, deaths.seed());
        final Long[] offsets = new Long[total];
        fates = new Fate[connections];
        Arrays.fill(fates, Fate.LIVE);

        int from = 0;
        from = assign(Fate.SILENT, deaths.silent(), from, drawn, offsets, deaths);
        from = assign(Fate.CLOSE, deaths.closing(), from, drawn, offsets, deaths);
        assign(Fate.RESET, deaths.resetting(), from, drawn, offsets, deaths);

        final Integer[] order = new Integer[total];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparing(i -> offsets[i]));
        indexes = new int[total];
        Arrays.setAll(indexes, i -> drawn[order[i]]);
        offsetsNs = new long[total];
        Arrays.setAll(offsetsNs, i -> offsets[order[i]]);
    }

    Fate fateOf(final int index)
    {
        return fates[index];
    }

    boolean hasNext()
    {
        return next < indexes.length;
    }

    /**
     * Time of the next death in ns, from the moment at which all clients were connected.
     */
    long nextOffsetNs()
    {
        return offsetsNs[next];
    }

    int takeNext()
    {
        return indexes[next++];
    }

    private int assign(
        final Fate fate,
        final int count,
        final int from,
        final int[] drawn,
        final Long[] offsets,
        final Deaths deaths)
    {
        for (int i = 0; i < count; i++)
        {
            fates[drawn[from + i]] = fate;
            offsets[from + i] = deaths.atNs() + (long)((double)deaths.overNs() * i / count);
        }
        return from + count;
    }

    /**
     * Draw different clients at random: a shuffle that stops after as many as are needed.
     */
    private static int[] draw(final int connections, final int total, final long seed)
    {
        final Random random = new Random(seed);
        final int[] pack = new int[connections];
        Arrays.setAll(pack, i -> i);
        for (int i = 0; i < total; i++)
        {
            final int other = i + random.nextInt(connections - i);
            final int card = pack[other];
            pack[other] = pack[i];
            pack[i] = card;
        }
        return Arrays.copyOf(pack, total);
    }
}
