package io.heartwheel.admission;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * A header of HAProxy's PROXY protocol, version 1 (a line of text) or 2 (binary). A proxy sends it before the first
 * byte of a connection that it forwards. Headers are to be accepted only from trusted proxies.
 *
 * @param source address of the client that connected to the proxy, an IPv4-mapped one as IPv4; null if the header has
 *               none (LOCAL, UNKNOWN, UNSPEC, AF_UNIX), and the address of the transport counts.
 * @param rest   number of bytes of the header that follow what was read, and that the caller has to skip: the TLVs of a
 *               header longer than {@link #MAX_V2_LENGTH}, such as a client's certificate. A checksum among them is not
 *               checked.
 */
public record ProxyHeader(InetSocketAddress source, int rest)
{
    /** Longest header of version 1 in bytes, with its CRLF: "PROXY protocol", section 2.1. */
    public static final int MAX_V1_LENGTH = 107;

    /** Longest header of version 2 that is read as a whole, in bytes. The protocol allows for 64 KiB. */
    public static final int MAX_V2_LENGTH = 16 + 2048;

    /** Number of bytes with which a buffer is large enough for either version. */
    public static final int MAX_LENGTH = MAX_V2_LENGTH;

    static final ProxyHeader WITHOUT_SOURCE = new ProxyHeader(null, 0);

    /**
     * Read a header of either version. Only a whole header moves the position of the buffer.
     *
     * @param in bytes that have arrived, from its position to its limit.
     * @return the header, or null if more bytes are needed.
     * @throws ProxyHeaderException as soon as the bytes cannot become a header.
     */
    public static ProxyHeader parse(final ByteBuffer in) throws ProxyHeaderException
    {
        if (!in.hasRemaining())
        {
            return null;
        }

        // A slice is big-endian, whatever the byte order of the buffer.
        final ByteBuffer header = in.slice();
        final ProxyHeader parsed = ProxyHeaderV2.SIGNATURE[0] == header.get(0) ?
            ProxyHeaderV2.parse(header) : ProxyHeaderV1.parse(header);
        in.position(in.position() + header.position());
        return parsed;
    }

    static ProxyHeader of(final byte[] address, final int port)
    {
        try
        {
            return new ProxyHeader(new InetSocketAddress(InetAddress.getByAddress(address), port), 0);
        }
        catch (final UnknownHostException ex)
        {
            throw new IllegalArgumentException("address of " + address.length + " bytes", ex);
        }
    }
}
