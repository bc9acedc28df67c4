package io.heartwheel.admission;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import static io.heartwheel.admission.RandomAddresses.address;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AddressCountsTest
{
    private static final int UNLIMITED = Integer.MAX_VALUE;

    private final Seed seed = Seed.next();
    private final AddressCounts counts = new AddressCounts();

    @Test
    void shouldAddAsManyAsTheLimitAllows()
    {
        final InetAddress address = address("192.0.2.7");
        assertTrue(counts.tryAdd(address, 2));
        assertTrue(counts.tryAdd(address, 2));

        assertFalse(counts.tryAdd(address, 2));
        assertFalse(counts.tryAdd(address, 1));
        assertEquals(2, counts.count(address));
        assertTrue(counts.tryAdd(address("192.0.2.8"), 2));

        counts.remove(address);
        assertTrue(counts.tryAdd(address, 2));
    }

    @Test
    void shouldAddNoneWhenTheLimitIsZero()
    {
        assertFalse(counts.tryAdd(address("::1"), 0));
        assertEquals(0, counts.prefixCount());
    }

    @ParameterizedTest
    @CsvSource({
        "32, 64, 192.0.2.7, 192.0.2.7, 192.0.2.6",
        "32, 64, 2001:db8::1, 2001:db8::ffff:ffff:ffff:ffff, 2001:db8:0:1::1",
        "32, 64, ::ffff:192.0.2.7, 192.0.2.7, ::192.0.2.7",
        "32, 64, ::1, ::2, 0:0:0:1::1",
        "32, 64, 0.0.0.0, 0.0.0.0, ::",
        "32, 64, 1.2.3.4, 1.2.3.4, 0:ffff:102:304::",
        "24, 48, 192.0.2.7, 192.0.2.255, 192.0.3.7",
        "24, 48, 2001:db8:1::, 2001:db8:1:ffff::, 2001:db8:2::",
        "1, 1, 127.0.0.1, 0.0.0.0, 128.0.0.0",
        "1, 1, 7fff::, ::, 8000::"})
    void shouldCountAddressesOfOnePrefixAsOne(
        final int ipv4Length, final int ipv6Length, final String one, final String same, final String other)
    {
        final AddressCounts byPrefix = new AddressCounts(ipv4Length, ipv6Length);
        assertTrue(byPrefix.tryAdd(address(one), 1));

        assertFalse(byPrefix.tryAdd(address(same), 1));
        assertTrue(byPrefix.tryAdd(address(other), 1));
        assertEquals(2, byPrefix.prefixCount());
        byPrefix.remove(address(same));
        assertEquals(0, byPrefix.count(address(one)));
        assertEquals(1, byPrefix.prefixCount());
    }

    @Test
    void shouldCountAMappedAddressAsIpv4() throws Exception
    {
        final byte[] bytes = HexFormat.of().parseHex("00000000000000000000ffffc0000207");
        assertTrue(counts.tryAdd(Inet6Address.getByAddress(null, bytes, 0), 1));

        assertFalse(counts.tryAdd(address("192.0.2.7"), 1));
        assertTrue(counts.tryAdd(address("192.0.2.8"), 1));
    }

    @Test
    void shouldRefuseToRemoveWhatWasNotAdded()
    {
        counts.tryAdd(address("192.0.2.7"), 1);
        counts.remove(address("192.0.2.7"));

        final String message =
            assertThrows(IllegalStateException.class, () -> counts.remove(address("192.0.2.7"))).getMessage();
        assertEquals("no connection of 192.0.2.7 is counted", message);
        assertThrows(IllegalStateException.class, () -> counts.remove(address("::1")));
    }

    @ParameterizedTest
    @CsvSource({"0, 64", "33, 64", "32, 0", "32, 65", "-1, 64", "32, -1"})
    void shouldRefuseAPrefixLengthOutOfRange(final int ipv4Length, final int ipv6Length)
    {
        assertThrows(IllegalArgumentException.class, () -> new AddressCounts(ipv4Length, ipv6Length));
    }

    @Test
    void shouldCountAsAMapDoesAndForgetWhoIsGone()
    {
        final SplittableRandom random = seed.random();
        final Map<String, Integer> expected = new HashMap<>();
        final List<InetAddress> open = new ArrayList<>();
        for (int step = 0; step < 200_000; step++)
        {
            if (random.nextInt(100) < (step / 5000 % 2 == 0 ? 60 : 40))
            {
                final byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
                bytes[1] = (byte)random.nextInt(20);
                bytes[bytes.length - 1] = (byte)random.nextInt(50);
                final InetAddress address = address(bytes);
                final int limit = random.nextInt(10) == 0 ? UNLIMITED : random.nextInt(6);
                final int count = expected.getOrDefault(prefix(address), 0);
                assertEquals(count < limit, counts.tryAdd(address, limit), seed::toString);
                if (count < limit)
                {
                    expected.put(prefix(address), count + 1);
                    open.add(address);
                }
            }
            else if (!open.isEmpty())
            {
                final InetAddress address = open.remove(random.nextInt(open.size()));
                counts.remove(address);
                expected.computeIfPresent(prefix(address), (key, count) -> 1 == count ? null : count - 1);
                assertEquals(expected.getOrDefault(prefix(address), 0), counts.count(address), seed::toString);
            }
            assertEquals(expected.size(), counts.prefixCount(), seed::toString);
        }

        open.forEach(counts::remove);
        assertEquals(0, counts.prefixCount(), seed::toString);
    }

    private static String prefix(final InetAddress address)
    {
        final byte[] bytes = address.getAddress();
        return HexFormat.of().formatHex(bytes, 0, Math.min(8, bytes.length));
    }

    @Test
    void shouldTellWhichAddressesCountAsOne() throws Exception
    {
        final AddressCounts counts = new AddressCounts(24, 48);
        assertTrue(counts.isSame(InetAddress.getByName("192.0.2.1"), InetAddress.getByName("192.0.2.9")));
        assertFalse(counts.isSame(InetAddress.getByName("192.0.2.1"), InetAddress.getByName("192.0.3.1")));
        assertTrue(counts.isSame(InetAddress.getByName("2001:db8:1:2::3"), InetAddress.getByName("2001:db8:1:9::")));
        assertFalse(counts.isSame(InetAddress.getByName("2001:db8:1::"), InetAddress.getByName("2001:db8:2::")));
        assertFalse(counts.isSame(InetAddress.getByName("0.0.0.0"), InetAddress.getByName("::1")));
    }
}
