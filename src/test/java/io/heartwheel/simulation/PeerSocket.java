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
    final Tongue tongue;
    /** Its TLS, or null if it speaks in plaintext. */
    PeerTls tls;
    /** Puts frames into WebSocket, or null if it speaks another protocol. */
    WebSocketTongue webSocket;
    /** How much it still sends before it hangs. */
    long leftLength = Long.MAX_VALUE;
    private final ByteQueue pending = new ByteQueue();

    PeerSocket(final SimulatedNetwork network, final SimulatedSocketChannel channel, final Tongue tongue)
        throws IOException
    {
        this.tongue = tongue;
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
        final byte[] end = tongue.end();
        final ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER_LENGTH + payload.length + end.length);
        Frame.putHeader(frame, type, 0, payload.length);
        write(frame.put(payload).put(end).flip());
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
            writeAsIs(null == webSocket ? bytes : webSocket.encode(bytes));
        }
    }

    /**
     * Write bytes that are no frames.
     */
    final void writeAsIs(final ByteBuffer bytes) throws IOException
    {
        if (isWritable())
        {
            if (null != tls)
            {
                tls.write(bytes, pending);
            }
            writeRaw(bytes);
        }
    }

    /**
     * Write bytes as they are, whether there is TLS or not.
     */
    final void writeRaw(final ByteBuffer bytes) throws IOException
    {
        pending.put(bytes, bytes.remaining());
        flush();
    }

    /**
     * Begin TLS, behind what was said in plaintext.
     */
    final void secure(final PeerTls with) throws IOException
    {
        tls = with;
        tls.begin(pending);
        flush();
    }

    /**
     * What was read, without its TLS.
     */
    final ByteBuffer decrypt(final ByteBuffer bytes) throws IOException
    {
        if (null == tls)
        {
            return bytes;
        }
        final ByteBuffer plain = tls.read(bytes, pending);
        flush();
        return plain;
    }

    /**
     * A TLS record that carries nothing but new keys.
     */
    final void newKeys() throws IOException
    {
        if (isWritable())
        {
            tls.newKeys(pending);
            flush();
        }
    }

    final boolean isWritable()
    {
        final int waiting = pending.length() + (null == tls ? 0 : tls.waitingLength());
        return waiting < PENDING_MAX && channel.isConnected() && !isEnded;
    }

    final void flush() throws IOException
    {
        if (pending.length() > 0 && !isEnded)
        {
            final ByteBuffer some = ByteBuffer.allocate((int)Math.min(leftLength, pending.length()));
            pending.take(some);
            leftLength -= channel.write(some.flip());
            pending.put(some, some.remaining());
        }
    }
}
