package io.heartwheel.admission;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * What a proxy tells before the first byte of a connection that it forwards, in version 1 (a line of text) or 2
 * (binary) of HAProxy's PROXY protocol. Only a proxy that is trusted may be believed.
 *
 * @param source address of who connected to the proxy, an IPv4-mapped one as IPv4; null if the header tells none
 *               (LOCAL, UNKNOWN, UNSPEC, AF_UNIX) and the address of the transport counts.
 * @param rest   number of bytes that belong to the header and follow what was read of it: the TLVs of one that is
 *               longer than {@link #MAX_V2_LENGTH}, such as a client's certificate. They are to be skipped, and so is a
 *               checksum among them.
 */
public record ProxyHeader(InetSocketAddress source, int rest)
{
    /** Longest header of version 1, with its CRLF. */
    public static final int MAX_V1_LENGTH = 107;

    /** Longest header of version 2 that is read as a whole: the protocol allows for 64 KiB. */
    public static final int MAX_V2_LENGTH = 16 + 2048;

    /** Longest that is read of either version: a buffer of this size is never too small. */
    public static final int MAX_LENGTH = MAX_V2_LENGTH;

    static final ProxyHeader WITHOUT_SOURCE = new ProxyHeader(null, 0);

    /**
     * Read a header, of either version.
     *
     * @param in what has arrived so far, from its position, which is moved behind a header, to its limit.
     * @return the header, or null if more bytes are needed; then the position is as it was.
     * @throws ProxyHeaderException as soon as what has arrived cannot become a header; the position is as it was.
     */
    public static ProxyHeader parse(final ByteBuffer in) throws ProxyHeaderException
    {
        if (!in.hasRemaining())
        {
            return null;
        }

        // Big endian, whatever the order of the other.
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
