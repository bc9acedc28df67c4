package io.heartwheel.admission;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A list of address blocks, such as {@code 10.0.0.0/8, ::1}. A look-up takes logarithmic time.
 * <p>
 * Immutable.
 */
public final class CidrList
{
    /**
     * Sorted, and none within another. So only the last block that begins at or before an address can contain it.
     */
    private final List<CidrBlock> blocks;

    private CidrList(final List<CidrBlock> blocks)
    {
        this.blocks = blocks;
    }

    /**
     * Read a list.
     *
     * @param text blocks separated by commas, with or without spaces; empty for no block.
     * @return the list.
     * @throws IllegalArgumentException if a part is no {@link CidrBlock}; the message names the first such part.
     */
    public static CidrList parse(final String text)
    {
        final List<CidrBlock> sorted = new ArrayList<>();
        if (!text.isBlank())
        {
            for (final String part : text.split(",", -1))
            {
                sorted.add(CidrBlock.parse(part.strip()));
            }
        }
        sorted.sort(CidrBlock::compareTo);

        final List<CidrBlock> blocks = new ArrayList<>();
        CidrBlock last = null;
        for (final CidrBlock block : sorted)
        {
            if (null == last || !last.contains(block))
            {
                blocks.add(block);
                last = block;
            }
        }
        return new CidrList(blocks);
    }

    /**
     * Is an address in one of the blocks?
     *
     * @param address of either family.
     * @return true if it is.
     */
    public boolean contains(final InetAddress address)
    {
        if (blocks.isEmpty())
        {
            return false;
        }
        final byte[] bytes = address.getAddress();
        final long high = IpBits.high(bytes);
        final long low = IpBits.low(bytes);

        int begin = 0;
        int end = blocks.size();
        while (begin < end)
        {
            final int middle = (begin + end) >>> 1;
            if (blocks.get(middle).compareFirst(high, low) <= 0)
            {
                begin = middle + 1;
            }
            else
            {
                end = middle;
            }
        }
        return begin > 0 && blocks.get(begin - 1).matches(high, low);
    }

    /**
     * Is the list empty?
     *
     * @return true if there is no block.
     */
    public boolean isEmpty()
    {
        return blocks.isEmpty();
    }

    /**
     * The blocks in order, without those that are within another one.
     */
    @Override
    public String toString()
    {
        final String text = blocks.toString();
        return text.substring(1, text.length() - 1);
    }
}
