package io.heartwheel.admission;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

class IpLiteralTest
{
    private static final int RUNS = 20_000;

    private final Seed seed = Seed.next();

    /** RFC 5952, section 4. */
    @ParameterizedTest
    @CsvSource({
        "0:0:0:0:0:0:0:1, ::1",
        "0:0:0:0:0:0:0:0, ::",
        "2001:0DB8:0:0:0:0:0:1, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
        "fe80:0:0:0:0:0:0:1%eth0, fe80::1%eth0",
        "192.0.2.1, 192.0.2.1",
        "localhost, localhost",
        "not:an:address, not:an:address"})
    void shouldSpellAnAddressInOneWay(final String text, final String canonical)
    {
        assertEquals(canonical, IpLiteral.canonical(text));
        assertEquals(canonical, IpLiteral.canonical(canonical));
    }

    @ParameterizedTest
    @CsvSource({
        "::, 00000000000000000000000000000000",
        "::1, 00000000000000000000000000000001",
        "1::, 00010000000000000000000000000000",
        "2001:DB8::ff, 20010db80000000000000000000000ff",
        "1:2:3:4:5:6:7:8, 00010002000300040005000600070008",
        "::2:3:4:5:6:7:8, 00000002000300040005000600070008",
        "1:2:3:4:5:6:7::, 00010002000300040005000600070000",
        "1:2:3::5:6:7:8, 00010002000300000005000600070008",
        "::ffff:1.2.3.4, 00000000000000000000ffff01020304",
        "1:2:3:4:5:6:255.0.0.9, 000100020003000400050006ff000009"})
    void shouldReadIpv6(final String text, final String bytes)
    {
        assertEquals(bytes, HexFormat.of().formatHex(IpLiteral.parseIpv6(text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", ":", ":::", "1", "1:", ":1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:", ":2:3:4:5:6:7:8", "1::2::3", "1:::2", "12345::", "g::", "::-1", ":: 1", "::1 ", "[::1]",
        "::1%lo", "::1%1", "1.2.3.4", "::1.2.3", "::1.2.3.4.5", "::1.2.3.256", "::1.2.3.4:5", "1.2.3.4::",
        "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:6::1.2.3.4", "localhost", "::\u0661", "::\uFF11", "::x.y"})
    void shouldRefuseWhatIsNoIpv6(final String text)
    {
        assertNull(IpLiteral.parseIpv6(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", ".", "...", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.1.1.1", "1.1.1.256", "01.2.3.4",
        "1.2.3.04", "00.0.0.0", "1.2.3.4 ", " 1.2.3.4", "+1.2.3.4", "-1.2.3.4", "0x1.2.3.4", "1.2.3.a", "::1",
        "16909060",
        "1.2.3.99999999999999", "localhost", "1.2.3.\u0664"})
    void shouldRefuseWhatIsNoIpv4(final String text)
    {
        assertNull(IpLiteral.parseIpv4(text));
    }

    @Test
    void shouldReadIpv4()
    {
        assertArrayEquals(new byte[]{0, 0, 0, 0}, IpLiteral.parseIpv4("0.0.0.0"));
        assertArrayEquals(new byte[]{-1, -1, -1, -1}, IpLiteral.parseIpv4("255.255.255.255"));
        assertArrayEquals(new byte[]{10, 99, 100, -56}, IpLiteral.parseIpv4("10.99.100.200"));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "65535, 65535", "65536, -1", "99999, -1", "100000, -1", "00, -1", "01, -1", "'', -1",
        "-0, -1", "+1, -1", "1a, -1", "' 1', -1", "4294967296, -1"})
    void shouldReadNumbersOfOneForm(final String text, final int expected)
    {
        assertEquals(expected, IpLiteral.parseDecimal(text, 65_535));
    }

    @Test
    void shouldReadEveryWayToWriteAnAddress()
    {
        final RandomAddresses addresses = new RandomAddresses(seed.random());
        for (int run = 0; run < RUNS; run++)
        {
            final byte[] ipv4 = addresses.next(4);
            assertArrayEquals(ipv4, IpLiteral.parseIpv4(addresses.text(ipv4)), seed::toString);
            final byte[] ipv6 = addresses.next(16);
            final String text = addresses.text(ipv6);
            assertArrayEquals(ipv6, IpLiteral.parseIpv6(text), () -> text + ", " + seed);
        }
    }

    @Test
    void shouldReadWhatItAcceptsAsTheJdkDoes() throws UnknownHostException
    {
        final var random = seed.random();
        final String characters = "0123456789abcdef:::::....";
        int acceptedCount = 0;
        for (int run = 0; run < 20 * RUNS; run++)
        {
            final StringBuilder text = new StringBuilder(random.nextBoolean() ? "::" : "1:2:3:4:5:6:");
            for (int i = random.nextInt(9); i > 0; i--)
            {
                text.append(characters.charAt(random.nextInt(characters.length())));
            }
            final byte[] address = IpLiteral.parseIpv6(text.toString());
            if (null != address)
            {
                ++acceptedCount;
                final InetAddress expected = InetAddress.getByName(text.toString());
                assertEquals(expected, InetAddress.getByAddress(address), () -> text + ", " + seed);
            }
        }
        assertEquals(true, acceptedCount > RUNS, () -> "hardly any accepted, " + seed);
    }
}
