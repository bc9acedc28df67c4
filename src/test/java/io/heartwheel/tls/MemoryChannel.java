package io.heartwheel.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.Arrays;
import java.util.function.IntSupplier;

/**
 * One end of a connection in memory that does not block, and cuts what is read and written as a network does.
 */
final class MemoryChannel implements ByteChannel
{
    /** Most that one read gives. */
    IntSupplier readCut = () -> Integer.MAX_VALUE;
    /** Most that one write takes. */
    IntSupplier writeCut = () -> Integer.MAX_VALUE;

    private byte[] arrived = new byte[0];
    private boolean isEnded;
    private boolean isBroken;
    private MemoryChannel other;

    static MemoryChannel connected()
    {
        final MemoryChannel one = new MemoryChannel();
        one.other = new MemoryChannel();
        one.other.other = one;
        return one;
    }

    MemoryChannel other()
    {
        return other;
    }

    /** Bytes that can be read. */
    byte[] arrived()
    {
        return arrived;
    }

    void arrive(final byte[] bytes)
    {
        final int length = arrived.length;
        arrived = Arrays.copyOf(arrived, length + bytes.length);
        System.arraycopy(bytes, 0, arrived, length, bytes.length);
    }

    /** Take the bytes that have arrived, before the end reads them. */
    byte[] intercept()
    {
        final byte[] taken = arrived;
        arrived = new byte[0];
        return taken;
    }

    /** Let go of the other end, so that one can be weighed alone. */
    void forget()
    {
        other = null;
        arrived = new byte[0];
    }

    void breakOff()
    {
        isBroken = true;
    }

    boolean isReadable()
    {
        return arrived.length > 0 || isEnded;
    }

    @Override
    public int read(final ByteBuffer dst) throws IOException
    {
        check();
        final int length = Math.min(Math.min(dst.remaining(), arrived.length), readCut.getAsInt());
        if (0 == arrived.length && isEnded)
        {
            return -1;
        }
        dst.put(arrived, 0, length);
        arrived = Arrays.copyOfRange(arrived, length, arrived.length);
        return length;
    }

    @Override
    public int write(final ByteBuffer src) throws IOException
    {
        check();
        final byte[] bytes = new byte[Math.min(src.remaining(), writeCut.getAsInt())];
        src.get(bytes);
        other.arrive(bytes);
        return bytes.length;
    }

    @Override
    public boolean isOpen()
    {
        return true;
    }

    @Override
    public void close()
    {
        other.isEnded = true;
    }

    private void check() throws IOException
    {
        if (isBroken)
        {
            throw new IOException("Connection reset by peer");
        }
    }
}
