package io.heartwheel.tls;

import javax.net.ssl.SSLException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Writes ciphertext from the shared buffer, and keeps on the heap what the socket does not take.
 */
final class Unsent
{
    /**
     * Most bytes that are kept. Only the engine's answers can follow an unfinished write, so a peer that exceeds this
     * asks for answers and reads none: its connection ends.
     */
    private static final int LENGTH_MAX = 2 * TlsBuffers.OUT_LENGTH;

    private final WritableByteChannel channel;
    private final ByteBuffer out;
    /**
     * Unsent bytes from position to limit, or null if there are none.
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

    int length()
    {
        return null == rest ? 0 : rest.remaining();
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
     * Reset the count of bytes, and clear the shared buffer to be filled.
     */
    void begin()
    {
        bytesSent = 0;
        out.clear();
    }

    /**
     * Number of bytes that the socket took since {@link #begin()}.
     */
    int bytesSent()
    {
        return bytesSent;
    }

    /**
     * Write the shared buffer. If there are unsent bytes, append to these instead.
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
     * Write the unsent bytes. They pass through the shared direct buffer, or the JDK would keep another one as large.
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
