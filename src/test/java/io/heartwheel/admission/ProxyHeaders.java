package io.heartwheel.admission;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * Headers as proxies send them.
 */
final class ProxyHeaders
{
    static final int PROXY = 0x21;
    static final int LOCAL = 0x20;
    static final int CRC32C = 3;

    private static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};

    private ProxyHeaders()
    {
    }

    static byte[] v1(final String line)
    {
        return line.getBytes(StandardCharsets.ISO_8859_1);
    }

    static byte[] v2(final int command, final int family, final byte[]... rest)
    {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (final byte[] part : rest)
        {
            all.writeBytes(part);
        }
        return ByteBuffer.allocate(16 + all.size())
            .put(SIGNATURE).put((byte)command).put((byte)family).putShort((short)all.size()).put(all.toByteArray())
            .array();
    }

    static byte[] endpoints(final byte[] source, final int sourcePort)
    {
        return ByteBuffer.allocate(2 * source.length + 4)
            .put(source).put(new byte[source.length]).putShort((short)sourcePort).putShort((short)7400).array();
    }

    static byte[] tlv(final int type, final byte[] value)
    {
        return ByteBuffer.allocate(3 + value.length)
            .put((byte)type).putShort((short)value.length).put(value).array();
    }

    /**
     * Fill in the checksum: of a header whose last TLV is one, or which has it before so many bytes.
     */
    static byte[] withCrc(final byte[] header, final int bytesBehind)
    {
        final CRC32C crc = new CRC32C();
        crc.update(header);
        return ByteBuffer.wrap(header).putInt(header.length - bytesBehind - 4, (int)crc.getValue()).array();
    }

    /**
     * Any valid one, of either version.
     */
    static byte[] random(final SplittableRandom random, final InetSocketAddress source)
    {
        final byte[] address = source.getAddress().getAddress();
        if (random.nextBoolean())
        {
            final String text = new RandomAddresses(random).text(address);
            return v1("PROXY TCP" + (4 == address.length ? "4 " + text + " 127.0.0.1 " : "6 " + text + " ::1 ") +
                source.getPort() + " " + random.nextInt(65_536) + "\r\n");
        }
        final int family = (4 == address.length ? 0x10 : 0x20) | 1 + random.nextInt(2);
        final byte[] value = new byte[random.nextInt(1 << random.nextInt(10))];
        random.nextBytes(value);
        return random.nextBoolean() ?
            v2(PROXY, family, endpoints(address, source.getPort())) :
            withCrc(
                v2(PROXY, family, endpoints(address, source.getPort()),
                    tlv(0xE0, value), tlv(CRC32C, new byte[4]), tlv(4, new byte[value.length])),
                3 + value.length);
    }
}
