package io.heartwheel.simulation;

import io.heartwheel.wire.Frame;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * A simulated peer's end of its connection: sends bytes when there is room for them, and is told of any change.
 */
abstract class PeerSocket extends PeerRecord
{
    private static final int PENDING_MAX = 100_000;

    final VirtualTime time;
    final SimulatedSocketChannel channel;
    boolean isEnded;
    private final ByteQueue pending = new ByteQueue();

    PeerSocket(final SimulatedNetwork network, final SimulatedSocketChannel channel) throws IOException
    {
        this.time = network.time();
        this.channel = channel;
        channel.configureBlocking(false);
        channel.observer(() -> run(this::onChange));
    }

    /**
     * What may fail, which is the end of the connection.
     */
    @FunctionalInterface
    interface Action
    {
        void run() throws IOException;
    }

    abstract void onChange() throws IOException;

    final void run(final Action action)
    {
        try
        {
            if (channel.isOpen())
            {
                action.run();
            }
        }
        catch (final IOException ex)
        {
            close();
        }
    }

    final void after(final long delayNs, final Action action)
    {
        time.after(delayNs, () -> run(action));
    }

    final void close()
    {
        try
        {
            channel.close();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    final void send(final int type, final byte... payload) throws IOException
    {
        final ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER_LENGTH + payload.length);
        Frame.putHeader(frame, type, 0, payload.length);
        write(frame.put(payload).flip());
    }

    final void write(final int... bytes) throws IOException
    {
        final ByteBuffer some = ByteBuffer.allocate(bytes.length);
        for (final int value : bytes)
        {
            some.put((byte)value);
        }
        write(some.flip());
    }

    final void write(final ByteBuffer bytes) throws IOException
    {
        if (isWritable())
        {
            pending.put(bytes, bytes.remaining());
            flush();
        }
    }

    final boolean isWritable()
    {
        return pending.length() < PENDING_MAX && channel.isConnected() && !isEnded;
    }

    final void flush() throws IOException
    {
        if (pending.length() > 0 && !isEnded)
        {
            final ByteBuffer some = ByteBuffer.allocate(pending.length());
            pending.take(some);
            channel.write(some.flip());
            pending.put(some, some.remaining());
        }
    }
}
