package io.heartwheel.fuzz;

import io.heartwheel.admission.CidrBlock;
import io.heartwheel.admission.CidrList;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A text is either a list of blocks, or is refused by a message that names it. A list that is written and read again is
 * the same, and contains exactly the addresses that its blocks match.
 */
public final class CidrFuzz
{
    private CidrFuzz()
    {
    }

    /**
     * Jazzer calls it.
     */
    public static void fuzzerTestOneInput(final byte[] input) throws UnknownHostException
    {
        final String text = new String(input, StandardCharsets.ISO_8859_1);
        final List<CidrBlock> blocks = new ArrayList<>();
        for (final String part : text.split(",", -1))
        {
            try
            {
                final CidrBlock block = CidrBlock.parse(part.strip());
                assertEquals(block.toString(), CidrBlock.parse(block.toString()).toString());
                blocks.add(block);
            }
            catch (final IllegalArgumentException ex)
            {
                assertTrue(ex.getMessage().startsWith('"' + part.strip() + "\": "), ex.getMessage());
                requireRefused(text);
                return;
            }
        }

        final CidrList list = CidrList.parse(text);
        assertEquals(list.toString(), CidrList.parse(list.toString()).toString());
        final List<InetAddress> addresses = new ArrayList<>();
        for (final CidrBlock block : blocks)
        {
            final String first = block.toString().substring(0, block.toString().indexOf('/'));
            // A literal, written by the JDK, in which it looks nothing up.
            addresses.add(InetAddress.getByName(first));
            assertTrue(block.matches(addresses.get(addresses.size() - 1)));
        }
        addresses.add(InetAddress.getByAddress(Arrays.copyOf(input, 4)));
        addresses.add(InetAddress.getByAddress(Arrays.copyOf(input, 16)));
        for (final InetAddress address : addresses)
        {
            assertEquals(blocks.stream().anyMatch((block) -> block.matches(address)), list.contains(address));
        }
    }

    private static void requireRefused(final String text)
    {
        if (!text.isBlank())
        {
            try
            {
                throw new AssertionError("accepted: " + CidrList.parse(text));
            }
            catch (final IllegalArgumentException ex)
            {
                assertTrue(ex.getMessage().startsWith("\""), ex.getMessage());
            }
        }
    }
}
