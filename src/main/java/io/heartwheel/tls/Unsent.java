package io.heartwheel.tls;

import javax.net.ssl.SSLException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Ciphertext on its way out: what the shared buffer holds, and on the heap what the socket did not take of it.
 */
final class Unsent
{
    /**
     * Only answers to a peer that reads nothing come on top of what a write left: a peer that asks for ever more is cut
     * off.
     */
    private static final int LENGTH_MAX = 2 * TlsBuffers.OUT_LENGTH;

    private final WritableByteChannel channel;
    private final ByteBuffer out;
    /**
     * From its position to its limit, or null if there is nothing.
     */
    private ByteBuffer rest;
    private int bytesSent;

    Unsent(final WritableByteChannel channel, final TlsBuffers buffers)
    {
        this.channel = channel;
        this.out = buffers.out;
    }

    boolean isEmpty()
    {
        return null == rest;
    }

    int capacity()
    {
        return null == rest ? 0 : rest.capacity();
    }

    void discard()
    {
        rest = null;
    }

    /**
     * Count anew, and let the shared buffer be filled.
     */
    void begin()
    {
        bytesSent = 0;
        out.clear();
    }

    /**
     * Number of bytes that the socket took since it was begun to count.
     */
    int bytesSent()
    {
        return bytesSent;
    }

    /**
     * Write what the shared buffer holds, behind what is unsent.
     */
    void send() throws IOException
    {
        out.flip();
        if (null == rest && out.hasRemaining())
        {
            bytesSent += channel.write(out);
        }
        if (out.hasRemaining())
        {
            keep();
        }
        out.clear();
    }

    /**
     * Write what is unsent. It goes by the shared buffer, or the JDK would keep another one as large.
     */
    void flush() throws IOException
    {
        if (null != rest)
        {
            final int length = Math.min(rest.remaining(), TlsBuffers.OUT_LENGTH);
            out.clear().put(0, rest.array(), rest.position(), length).limit(length);
            final int written = channel.write(out);
            out.clear();
            bytesSent += written;
            rest = written < rest.remaining() ? rest.position(rest.position() + written) : null;
        }
    }

    private void keep() throws SSLException
    {
        final int length = (null == rest ? 0 : rest.remaining()) + out.remaining();
        if (length > LENGTH_MAX)
        {
            out.clear();
            throw new SSLException("the peer asks for answers and reads none: " + length + " bytes are unsent");
        }
        final ByteBuffer longer = ByteBuffer.allocate(length);
        if (null != rest)
        {
            longer.put(rest);
        }
        rest = longer.put(out).flip();
    }
}
