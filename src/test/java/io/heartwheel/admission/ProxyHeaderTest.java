package io.heartwheel.admission;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;

import static io.heartwheel.admission.ProxyHeaders.CRC32C;
import static io.heartwheel.admission.ProxyHeaders.LOCAL;
import static io.heartwheel.admission.ProxyHeaders.PROXY;
import static io.heartwheel.admission.ProxyHeaders.endpoints;
import static io.heartwheel.admission.ProxyHeaders.tlv;
import static io.heartwheel.admission.ProxyHeaders.v1;
import static io.heartwheel.admission.ProxyHeaders.v2;
import static io.heartwheel.admission.ProxyHeaders.withCrc;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ProxyHeaderTest
{
    private static final int RUNS = 500;
    private static final int TCP4 = 0x11;
    private static final int TCP6 = 0x21;
    private static final byte[] IPV4 = {(byte)192, 0, 2, 7};
    private static final byte[] IPV6 = HexFormat.of().parseHex("20010db8000000000000000000000007");
    private static final byte[] IPV4_MAPPED = HexFormat.of().parseHex("00000000000000000000ffffc0000207");

    private final Seed seed = Seed.next();

    @ParameterizedTest
    @CsvSource({
        "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443, 192.168.0.1, 56324",
        "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535, 255.255.255.255, 65535",
        "PROXY TCP4 0.0.0.0 0.0.0.0 0 0, 0.0.0.0, 0",
        "PROXY TCP6 ::1 ::1 1 2, 0:0:0:0:0:0:0:1, 1",
        "PROXY TCP6 2001:DB8::a ::ffff:1.2.3.4 10 2, 2001:db8:0:0:0:0:0:a, 10",
        "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535, " +
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 65535",
        "PROXY TCP6 ::ffff:192.0.2.7 ::1 5 2, 192.0.2.7, 5"})
    void shouldReadTheSourceOfALine(final String line, final String address, final int port) throws Exception
    {
        final ProxyHeader header = parseWhole(v1(line + "\r\n"));

        assertEquals(address, header.source().getAddress().getHostAddress());
        assertEquals(port, header.source().getPort());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "PROXY UNKNOWN", "PROXY UNKNOWN ", "PROXY UNKNOWN \u0000\u00FF anything", "PROXY UNKNOWN 1.2.3.4 5.6.7.8 9 9",
        "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535"})
    void shouldReadAnUnknownSourceWhateverElseTheLineSays(final String line) throws Exception
    {
        assertNull(parseWhole(v1(line + "\r\n")).source());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "TCP4 ", "TCP6 ",
        "TCP4 1.2.3.4 1.2.3.4 1", "TCP4 1.2.3.4 1.2.3.4 1 1 1", "TCP4  1.2.3.4 1.2.3.4 1 1",
        "TCP4 1.2.3.4 1.2.3.4 1 1 ",
        "TCP4 1.2.3.4 1.2.3.4 65536 1", "TCP4 1.2.3.4 1.2.3.4 1 65536", "TCP4 1.2.3.4 1.2.3.4 01 1",
        "TCP4 1.2.3.4 1.2.3.4 1 00", "TCP4 1.2.3.4 1.2.3.4 a 1", "TCP4 1.2.3.256 1.2.3.4 1 1",
        "TCP4 1.2.3.4 1.2.3.04 1 1", "TCP4 ::1 1.2.3.4 1 1", "TCP4 1.2.3.4 ::1 1 1", "TCP4 1.2.3.4 1.2.3 1 1",
        "TCP6 1.2.3.4 ::1 1 1", "TCP6 ::1 1.2.3.4 1 1", "TCP6 ::1 ::1::1 1 1", "TCP6 12345:: ::1 1 1"})
    void shouldRefuseAWrongLineAsSoonAsItIsWhole(final String rest)
    {
        assertRefusedAt(rest.length() + 8, v1("PROXY " + rest + "\r\n"));
    }

    @ParameterizedTest
    @CsvSource({
        "'GET / HTTP/1.1', 0", "'P ', 1", "PRI * HTTP/2.0, 2", "proxy TCP4 1, 0", "PROXY  TCP4 1, 6", "PROXYTCP4 1, 5",
        "PROXY TCP5 1, 9", "PROXY TCP44, 10", "PROXY UDP4 1, 7", "PROXY unknown, 6", "PROXY UNKNOWN1, 13",
        "PROXY TCP4 localhost, 11", "'PROXY TCP4 1.2.3.4\t', 18", "PROXY TCP6 ::1%lo, 14", "PROXY TCP4 1/8, 12"})
    void shouldRefuseALineAtItsFirstWrongByte(final String line, final int index)
    {
        final String message = assertRefusedAt(index + 1, v1(line));

        assertEquals("PROXY header with 0x" + Integer.toHexString(line.charAt(index)) + " at byte " + index, message);
    }

    @Test
    void shouldRefuseACrOrLfAlone()
    {
        assertRefusedAt(19, v1("PROXY TCP4 1.2.3.4\n"));
        assertRefusedAt(20, v1("PROXY TCP4 1.2.3.4\r "));
        assertRefusedAt(20, v1("PROXY TCP4 1.2.3.4\r\r\n"));
        assertRefusedAt(14, v1("PROXY UNKNOWN\n"));
        assertRefusedAt(15, v1("PROXY UNKNOWN\r\r\n"));
        assertRefusedAt(15, v1("PROXY UNKNOWN \n"));
        assertRefusedAt(17, v1("PROXY UNKNOWN x\rx\r\n"));
        assertRefusedAt(12, v1("PROXY TCP4 \n"));
    }

    @Test
    void shouldReadNoLongerLine() throws Exception
    {
        assertNotNull(parseWhole(v1("PROXY UNKNOWN" + " ".repeat(92) + "\r\n")));
        assertRefusedAt(107, v1("PROXY UNKNOWN" + " ".repeat(93) + "\r\n"));
        assertRefusedAt(107, v1("PROXY TCP4 " + "1".repeat(1000)));
        assertRefusedAt(107, v1("PROXY TCP6 " + " ".repeat(1000)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 80, 65_535})
    void shouldReadTheSourceOfABinaryHeader(final int port) throws Exception
    {
        for (final byte[] address : new byte[][]{IPV4, IPV6, IPV4_MAPPED})
        {
            final InetSocketAddress source = new InetSocketAddress(InetAddress.getByAddress(address), port);
            for (int transport = 1; transport <= 2; transport++)
            {
                final int family = (4 == address.length ? 0x10 : 0x20) | transport;
                assertEquals(source, parseWhole(v2(PROXY, family, endpoints(address, port))).source());
                assertEquals(
                    source, parseWhole(v2(PROXY, family, endpoints(address, port), tlv(4, new byte[20]))).source());
            }
        }
    }

    @Test
    void shouldReadABinaryHeaderWithoutSource() throws Exception
    {
        final byte[] anything = {1, 2, 3, 4, 5};
        for (final int family : new int[]{0, TCP4, TCP6, 0x31, 0xFF, 0x80, 0x7F})
        {
            assertNull(parseWhole(v2(LOCAL, family)).source());
            assertNull(parseWhole(v2(LOCAL, family, anything)).source());
        }
        for (final int family : new int[]{0, 1, 2, 0x10, 0x20, 0x30})
        {
            assertNull(parseWhole(v2(PROXY, family)).source());
            assertNull(parseWhole(v2(PROXY, family, anything)).source());
        }
        assertNull(parseWhole(v2(PROXY, 0x31, new byte[216])).source());
        assertNull(parseWhole(v2(PROXY, 0x32, new byte[216], tlv(1, anything))).source());
    }

    @Test
    void shouldRefuseABinaryHeaderAtItsFirstWrongByte()
    {
        final byte[] good = v2(PROXY, TCP4, endpoints(IPV4, 1));
        for (int index = 0; index < 12; index++)
        {
            final byte[] bad = good.clone();
            bad[index] ^= 0x40;
            assertRefusedAt(index + 1, bad);
        }
        for (final int command : new int[]{0, 1, 0x10, 0x11, 0x22, 0x2F, 0x31, 0xA1, 0xFF})
        {
            assertRefusedAt(13, v2(command, TCP4, endpoints(IPV4, 1)));
        }
        for (final int family : new int[]{0x03, 0x0F, 0x13, 0x23, 0x33, 0x40, 0x41, 0x71, 0x81, 0xF0, 0xFF})
        {
            assertRefusedAt(14, v2(PROXY, family, new byte[216]));
        }
    }

    @Test
    void shouldRefuseAWrongLengthBeforeItsBytesAreThere() throws Exception
    {
        assertRefusedAt(16, v2(PROXY, TCP4, new byte[11]));
        assertRefusedAt(16, v2(PROXY, TCP6, new byte[35]));
        assertRefusedAt(16, v2(PROXY, 0x31, new byte[215]));
        assertNull(parseWhole(v2(LOCAL, 0, new byte[2048])).source());
    }

    @Test
    void shouldLeaveTheRestOfALongHeaderToBeSkipped() throws Exception
    {
        assertEquals(new ProxyHeader(null, 2_049), ProxyHeader.parse(ByteBuffer.wrap(v2(PROXY, 0, new byte[2049]))));
        assertEquals(
            new ProxyHeader(null, 65_535), ProxyHeader.parse(ByteBuffer.wrap(v2(LOCAL, 0, new byte[65_535]))));
        final byte[] payload = new byte[12 + 3_000];
        payload[0] = (byte)192;
        payload[8] = 1;
        final ByteBuffer arrived = ByteBuffer.wrap(v2(PROXY, TCP4, payload));
        assertNull(ProxyHeader.parse(arrived.duplicate().limit(16 + 11)), "its addresses are not there yet");
        final ProxyHeader header = ProxyHeader.parse(arrived.limit(16 + 12 + 1));
        assertEquals(new InetSocketAddress("192.0.0.0", 256), header.source());
        assertEquals(3_000, header.rest());
        assertEquals(1, arrived.remaining());
    }

    @Test
    void shouldRefuseATlvThatExceedsTheHeader()
    {
        final byte[] endpoints = endpoints(IPV4, 1);
        for (final byte[] tlv : new byte[][]{{4}, {4, 0}, {4, 0, 1}, {4, -1, -1, 0}, {4, 0, 0, 4}, {4, 0, 1, 0, 4, 0}})
        {
            final byte[] header = v2(PROXY, TCP4, endpoints, tlv);
            assertRefusedAt(header.length, header);
        }
    }

    @Test
    void shouldVerifyAChecksum() throws Exception
    {
        final byte[] good = withCrc(
            v2(PROXY, TCP4, endpoints(IPV4, 1), tlv(CRC32C, new byte[4]), tlv(1, new byte[]{'h', '2'})), 5);
        assertNotNull(parseWhole(good).source());

        for (int index = 16; index < good.length - 5; index++)
        {
            // The type and length of the checksum itself apart.
            if (index < 28 || index > 30)
            {
                final byte[] bad = good.clone();
                bad[index] ^= 1;
                assertRefusedAt(good.length, bad);
            }
        }
        for (final int length : new int[]{0, 3, 5})
        {
            final byte[] bad = v2(PROXY, TCP4, endpoints(IPV4, 1), tlv(CRC32C, new byte[length]));
            assertRefusedAt(bad.length, bad);
        }
        final byte[] two =
            v2(PROXY, TCP4, endpoints(IPV4, 1), tlv(CRC32C, new byte[4]), tlv(CRC32C, new byte[4]));
        assertRefusedAt(two.length, two);
    }

    @Test
    void shouldExpectTheChecksumOfThePolynomialOfCastagnoli() throws Exception
    {
        final byte[] header = v2(PROXY, TCP4, endpoints(IPV4, 1), tlv(CRC32C, new byte[4]));
        ByteBuffer.wrap(header).putInt(header.length - 4, crcBitByBit(header));

        assertEquals(1, parseWhole(header).source().getPort());
    }

    @Test
    void shouldLeaveWhatFollowsToTheNextProtocol() throws Exception
    {
        final SplittableRandom random = seed.random();
        for (int run = 0; run < RUNS; run++)
        {
            final InetSocketAddress source = randomSource(random);
            final byte[] header = ProxyHeaders.random(random, source);
            final byte[] follows = new byte[random.nextInt(200)];
            random.nextBytes(follows);
            final int before = random.nextInt(100);
            final ByteBuffer in = ByteBuffer.allocateDirect(before + header.length + follows.length + 10)
                .order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN)
                .position(before).put(header).put(follows).flip().position(before);

            assertEquals(source, ProxyHeader.parse(in).source(), seed::toString);
            assertEquals(before + header.length, in.position(), seed::toString);
            assertEquals(follows.length, in.remaining(), seed::toString);
        }
    }

    @Test
    void shouldWaitForTheRestOfAHeaderCutAnywhere() throws Exception
    {
        final SplittableRandom random = seed.random();
        for (int run = 0; run < RUNS; run++)
        {
            final InetSocketAddress source = randomSource(random);
            final byte[] header = ProxyHeaders.random(random, source);
            for (int cut = 0; cut < header.length; cut++)
            {
                final ByteBuffer in = ByteBuffer.wrap(header, 0, cut);
                final int length = cut;
                assertNull(ProxyHeader.parse(in), () -> "cut at " + length + ", " + seed);
                assertEquals(0, in.position(), seed::toString);
            }
            assertEquals(source, parseWhole(header).source(), seed::toString);
        }
    }

    @Test
    void shouldReadAHeaderThatArrivesByteByByte() throws Exception
    {
        final ByteBuffer arrived = ByteBuffer.allocate(ProxyHeader.MAX_LENGTH);
        final byte[] header = v2(PROXY, TCP6, endpoints(IPV6, 4711), tlv(4, new byte[100]));
        ProxyHeader parsed = null;
        for (final byte value : header)
        {
            assertNull(parsed);
            parsed = ProxyHeader.parse(arrived.put(value).duplicate().flip());
        }
        assertEquals(4711, parsed.source().getPort());
    }

    @Test
    void shouldNameTheValueInPrintableAsciiWithoutAStackTrace()
    {
        final SplittableRandom random = seed.random();
        for (int run = 0; run < 100 * RUNS; run++)
        {
            final byte[] header = ProxyHeaders.random(random, randomSource(random));
            header[random.nextInt(Math.min(header.length, 40))] = (byte)random.nextInt();
            try
            {
                ProxyHeader.parse(ByteBuffer.wrap(header));
            }
            catch (final ProxyHeaderException ex)
            {
                assertTrue(ex.getMessage().matches("PROXY header [ -~]{1,160}"), () -> ex.getMessage() + ", " + seed);
                assertEquals(0, ex.getStackTrace().length);
            }
        }
    }

    private static InetSocketAddress randomSource(final SplittableRandom random)
    {
        final byte[] address = new RandomAddresses(random).next(random.nextBoolean() ? 4 : 16);
        return new InetSocketAddress(RandomAddresses.address(address), random.nextInt(65_536));
    }

    private static ProxyHeader parseWhole(final byte[] header) throws ProxyHeaderException
    {
        final ByteBuffer in = ByteBuffer.wrap(header);
        final ProxyHeader parsed = ProxyHeader.parse(in);
        assertEquals(header.length, in.position());
        return parsed;
    }

    /**
     * Refused once so many bytes are there, and no sooner.
     */
    private static String assertRefusedAt(final int length, final byte[] header)
    {
        for (int cut = 0; cut < length; cut++)
        {
            final ByteBuffer in = ByteBuffer.wrap(Arrays.copyOf(header, cut));
            try
            {
                assertNull(ProxyHeader.parse(in), "of " + cut + " bytes");
            }
            catch (final ProxyHeaderException ex)
            {
                throw new AssertionError("of " + cut + " bytes, expected " + length, ex);
            }
        }
        final ByteBuffer in = ByteBuffer.wrap(header, 0, length);
        final String message = assertThrows(ProxyHeaderException.class, () -> ProxyHeader.parse(in)).getMessage();
        assertEquals(0, in.position());
        assertEquals(
            message,
            assertThrows(ProxyHeaderException.class, () -> ProxyHeader.parse(ByteBuffer.wrap(header))).getMessage());
        return message;
    }

    private static int crcBitByBit(final byte[] bytes)
    {
        int crc = -1;
        for (final byte value : bytes)
        {
            crc ^= value & 0xFF;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = 0 == (crc & 1) ? crc >>> 1 : crc >>> 1 ^ 0x82F63B78;
            }
        }
        return ~crc;
    }
}
