package io.heartwheel.admission;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

import static io.heartwheel.admission.RandomAddresses.address;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CidrTest
{
    private static final int RUNS = 2000;

    private final Seed seed = Seed.next();

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0, 10.255.255.255, 9.255.255.255, 11.0.0.0",
        "192.0.2.7, 192.0.2.7, 192.0.2.7, 192.0.2.6, 192.0.2.8",
        "192.0.2.6/31, 192.0.2.6, 192.0.2.7, 192.0.2.5, 192.0.2.8",
        "128.0.0.0/1, 128.0.0.0, 255.255.255.255, 127.255.255.255, 0.0.0.0",
        "0.0.0.0/0, 0.0.0.0, 255.255.255.255, ::, ffff::",
        "::ffff:10.0.0.0/104, 10.0.0.0, 10.255.255.255, ::10.0.0.0, 11.0.0.0",
        "::ffff:0:0/96, 0.0.0.0, 255.255.255.255, ::fffe:ffff:ffff, ::1:0:0:0",
        "::1, ::1, ::1, ::, ::2",
        "::/0, ::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 0.0.0.0, 255.255.255.255",
        "::fffe:0:0/95, ::fffe:0:0, ::fffe:ffff:ffff, 0.0.0.0, ::fffd:ffff:ffff",
        "2001:db8::/32, 2001:db8::, 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff, 2001:db7::, 2001:db9::",
        "2001:db8::/63, 2001:db8::, 2001:db8:0:1:ffff:ffff:ffff:ffff, 2001:db8:0:2::, 2001:db7::",
        "2001:db8::/64, 2001:db8::, 2001:db8::ffff:ffff:ffff:ffff, 2001:db8:0:1::, 2001:db7::",
        "2001:db8::/65, 2001:db8::, 2001:db8::7fff:ffff:ffff:ffff, 2001:db8::8000:0:0:0, 2001:db7::",
        "8000::/1, 8000::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 7fff::, ::"})
    void shouldMatchFromTheFirstToTheLastAddress(
        final String text, final String first, final String last, final String outside, final String alsoOutside)
    {
        final CidrBlock block = CidrBlock.parse(text);
        final CidrList list = CidrList.parse(text);
        for (final String inside : List.of(first, last))
        {
            assertTrue(block.matches(address(inside)), inside);
            assertTrue(list.contains(address(inside)), inside);
        }
        for (final String other : List.of(outside, alsoOutside))
        {
            assertFalse(block.matches(address(other)), other);
            assertFalse(list.contains(address(other)), other);
        }
    }

    @Test
    void shouldMatchAnIpv4AddressHoweverItIsMapped() throws Exception
    {
        final byte[] bytes = HexFormat.of().parseHex("00000000000000000000ffff0a010203");
        final InetAddress mapped = Inet6Address.getByAddress(null, bytes, 0);
        assertEquals(16, mapped.getAddress().length);

        assertTrue(CidrBlock.parse("10.0.0.0/8").matches(mapped));
        assertTrue(CidrList.parse("::/0, 10.0.0.0/8").contains(mapped));
        assertFalse(CidrBlock.parse("::/0").matches(mapped));
    }

    @Test
    void shouldMatchALinkLocalAddressWhateverItsZone() throws Exception
    {
        final byte[] bytes = HexFormat.of().parseHex("fe800000000000000000000000000001");

        assertTrue(CidrBlock.parse("fe80::/10").matches(Inet6Address.getByAddress(null, bytes, 3)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8/8", "10.0.0.0 /8", "10/8",
        "10.0.0.0/255.0.0.0", "::/129", "::1/", "localhost", "localhost/8", "example.com", "fe80::1%lo", "[::1]", "*",
        "10.0.0.0/99999999999"})
    void shouldRefuseWhatIsNoBlockAndNameIt(final String text)
    {
        final String message =
            assertThrows(IllegalArgumentException.class, () -> CidrBlock.parse(text)).getMessage();
        assertTrue(message.startsWith("\"" + text + "\": expected "), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "10.0.0.1/8", "10.0.0.1/31", "0.0.0.1/0", "128.0.0.0/0", "::1/127", "::1/0", "2001:db8::1/64",
        "2001:db8:0:1::/63", "2001:db8:0:0:8000::/64", "::ffff:10.0.0.1/104", "::ffff:0:0/95"})
    void shouldRefuseBitsBehindThePrefix(final String text)
    {
        final String message =
            assertThrows(IllegalArgumentException.class, () -> CidrBlock.parse(text)).getMessage();
        assertTrue(message.startsWith("\"" + text + "\": has bits set behind its prefix of "), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {",", "10.0.0.0/8,", ",::1", "10.0.0.0/8,,::1", "10.0.0.0/8 ::1", "10.0.0.0/8;::1", "::1,x"})
    void shouldRefuseAListWithAPartThatIsNoBlock(final String text)
    {
        assertThrows(IllegalArgumentException.class, () -> CidrList.parse(text));
    }

    @Test
    void shouldContainNothingWhenThereIsNoBlock()
    {
        for (final String text : List.of("", "  "))
        {
            final CidrList list = CidrList.parse(text);
            assertTrue(list.isEmpty());
            assertFalse(list.contains(address("127.0.0.1")));
            assertEquals("", list.toString());
        }
        assertFalse(CidrList.parse("::1").isEmpty());
    }

    @Test
    void shouldTellItsBlocksInOrderAndEachOnce()
    {
        assertEquals(
            "::1/128, 10.0.0.0/8, 192.0.2.7/32",
            CidrList.parse(" 192.0.2.7 ,10.1.0.0/16,10.0.0.0/8, ::1,10.255.255.255,::1/128").toString());
    }

    @Test
    void shouldReadWhatItWrites()
    {
        final SplittableRandom random = seed.random();
        for (int run = 0; run < 10 * RUNS; run++)
        {
            final String text = randomBlock(random).toString();
            assertEquals(text, CidrBlock.parse(text).toString(), seed::toString);
        }
    }

    @Test
    void shouldContainWhatOneOfItsBlocksMatches()
    {
        final SplittableRandom random = seed.random();
        int containedCount = 0;
        for (int run = 0; run < RUNS; run++)
        {
            final List<CidrBlock> blocks = new ArrayList<>();
            for (int i = random.nextInt(40); i >= 0; i--)
            {
                blocks.add(randomBlock(random));
            }
            final CidrList list =
                CidrList.parse(blocks.stream().map(CidrBlock::toString).collect(Collectors.joining(",")));
            for (int i = 0; i < 40; i++)
            {
                final InetAddress address = randomAddress(random);
                final boolean isMatched = blocks.stream().anyMatch((block) -> block.matches(address));
                assertEquals(isMatched, list.contains(address), () -> address + " in " + blocks + ", " + seed);
                containedCount += isMatched ? 1 : 0;
            }
        }
        assertTrue(containedCount > RUNS, () -> "hardly any contained, " + seed);
    }

    /**
     * Of few different bits, so that blocks contain each other and addresses fall into them.
     */
    private static InetAddress randomAddress(final SplittableRandom random)
    {
        final byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
        for (int i = 0; i < bytes.length; i++)
        {
            bytes[i] = (byte)(random.nextInt(3) == 0 ? random.nextInt(4) << 6 : 0);
        }
        if (16 == bytes.length && 0 == random.nextInt(3))
        {
            System.arraycopy(new byte[]{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1}, 0, bytes, 0, 12);
        }
        return address(bytes);
    }

    private static CidrBlock randomBlock(final SplittableRandom random)
    {
        final byte[] bytes = randomAddress(random).getAddress();
        final int length = random.nextInt(8 * bytes.length + 1);
        for (int bit = length; bit < 8 * bytes.length; bit++)
        {
            bytes[bit >> 3] &= (byte)~(0x80 >> (bit & 7));
        }
        return CidrBlock.parse(new RandomAddresses(random).text(bytes) + "/" + length);
    }
}
