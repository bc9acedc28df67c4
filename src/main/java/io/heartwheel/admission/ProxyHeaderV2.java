package io.heartwheel.admission;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Parses version 2 of the PROXY header: a signature, version and command, family and transport, and the length of the
 * rest; then two addresses, two ports, and type-length-values (TLVs).
 */
final class ProxyHeaderV2
{
    static final byte[] SIGNATURE = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};

    private static final int COMMAND_OFFSET = 12;
    private static final int FAMILY_OFFSET = 13;
    private static final int LENGTH_OFFSET = 14;
    private static final int ADDRESS_OFFSET = 16;

    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;

    private static final int UNSPEC = 0;
    private static final int INET = 1;
    private static final int INET6 = 2;
    private static final int UNIX = 3;
    private static final int DGRAM = 2;

    private static final int TLV_HEADER_LENGTH = 3;
    private static final int TLV_CRC32C = 3;
    private static final byte[] NO_CRC = new byte[4];

    private ProxyHeaderV2()
    {
    }

    /**
     * @param header from 0 to its limit; its position is moved behind a whole header.
     */
    static ProxyHeader parse(final ByteBuffer header) throws ProxyHeaderException
    {
        checkBeginning(header);
        if (header.limit() < ADDRESS_OFFSET)
        {
            return null;
        }

        // The content of a LOCAL header is discarded, and so are addresses of an unspecified family.
        final int family = header.get(FAMILY_OFFSET);
        final boolean isDiscarded =
            LOCAL == header.get(COMMAND_OFFSET) || UNSPEC == family >> 4 || UNSPEC == (family & 0xF);
        final int addressLength = isDiscarded ? 0 : addressLength(family >> 4);
        final int length = header.getShort(LENGTH_OFFSET) & 0xFFFF;
        final int maxLength = ProxyHeader.MAX_V2_LENGTH - ADDRESS_OFFSET;
        if (length < 2 * addressLength)
        {
            throw new ProxyHeaderException("PROXY header with a length of " + length + ", expected " +
                2 * addressLength + " at least");
        }

        final int end = ADDRESS_OFFSET + (length > maxLength ? 2 * addressLength : length);
        if (header.limit() < end)
        {
            return null;
        }
        header.position(end);
        if (!isDiscarded)
        {
            checkTlvs(header.duplicate().flip(), ADDRESS_OFFSET + 2 * addressLength);
        }
        final ProxyHeader parsed = isDiscarded || UNIX == family >> 4 ?
            ProxyHeader.WITHOUT_SOURCE : source(header, addressLength - Short.BYTES);
        return new ProxyHeader(parsed.source(), ADDRESS_OFFSET + length - end);
    }

    /**
     * Check as many of the first bytes as have arrived.
     */
    private static void checkBeginning(final ByteBuffer header) throws ProxyHeaderException
    {
        for (int index = 0, end = Math.min(header.limit(), LENGTH_OFFSET); index < end; index++)
        {
            final int value = header.get(index);
            final boolean isRight = switch (index)
            {
                case COMMAND_OFFSET -> LOCAL == value || PROXY == value;
                case FAMILY_OFFSET -> LOCAL == header.get(COMMAND_OFFSET) ||
                    value >= 0 && value >> 4 <= UNIX && (value & 0xF) <= DGRAM;
                default -> SIGNATURE[index] == value;
            };
            if (!isRight)
            {
                throw ProxyHeaderException.ofByte(value, index);
            }
        }
    }

    /**
     * Length in bytes of one address, with its port if the family has ports.
     */
    private static int addressLength(final int family)
    {
        return switch (family)
        {
            case INET -> 4 + Short.BYTES;
            case INET6 -> 16 + Short.BYTES;
            default -> 108;
        };
    }

    private static ProxyHeader source(final ByteBuffer header, final int length)
    {
        final byte[] address = new byte[length];
        header.get(ADDRESS_OFFSET, address);
        return ProxyHeader.of(address, header.getShort(ADDRESS_OFFSET + 2 * length) & 0xFFFF);
    }

    private static void checkTlvs(final ByteBuffer header, final int firstOffset) throws ProxyHeaderException
    {
        int crcOffset = 0;
        int offset = firstOffset;
        while (offset < header.limit())
        {
            final int available = header.limit() - offset - TLV_HEADER_LENGTH;
            final int length = available < 0 ? 0 : header.getShort(offset + 1) & 0xFFFF;
            if (length > available)
            {
                throw new ProxyHeaderException("PROXY header with a TLV at byte " + offset + " that exceeds it");
            }
            if (TLV_CRC32C == header.get(offset))
            {
                if (NO_CRC.length != length || 0 != crcOffset)
                {
                    throw new ProxyHeaderException("PROXY header with a checksum of " + length + " bytes at byte " +
                        offset + ", expected one of " + NO_CRC.length);
                }
                crcOffset = offset + TLV_HEADER_LENGTH;
            }
            offset += TLV_HEADER_LENGTH + length;
        }
        if (0 != crcOffset)
        {
            checkCrc(header, crcOffset);
        }
    }

    private static void checkCrc(final ByteBuffer header, final int crcOffset) throws ProxyHeaderException
    {
        final CRC32C crc = new CRC32C();
        crc.update(header.duplicate().limit(crcOffset));
        crc.update(NO_CRC);
        crc.update(header.duplicate().position(crcOffset + NO_CRC.length));
        final int told = header.getInt(crcOffset);
        if ((int)crc.getValue() != told)
        {
            throw new ProxyHeaderException("PROXY header with checksum 0x" + Integer.toHexString(told) +
                ", expected 0x" + Long.toHexString(crc.getValue()));
        }
    }
}
