package io.heartwheel;

import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.FrameDecoder;
import io.heartwheel.wire.FrameHandler;
import io.heartwheel.wire.Hello;
import io.heartwheel.wire.Outbound;
import io.heartwheel.wire.SpareBuffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;

/**
 * Moves bytes between sockets and frames, for all connections of a reactor through two shared buffers.
 */
final class SocketIo implements FrameHandler
{
    /**
     * One read takes no more than this from a connection, so that none keeps the others waiting: what is left is
     * announced again by the next select. One DATA frame of the longest kind fits.
     */
    private static final int BUFFER_LENGTH = Frame.HEADER_LENGTH + Frame.MAX_PAYLOAD_LENGTH + 1;

    private final Reactor reactor;
    private final ReactorMetrics metrics;
    private final FrameDecoder decoder;
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(BUFFER_LENGTH);
    private final ByteBuffer writeBuffer = ByteBuffer.allocateDirect(BUFFER_LENGTH);
    private final SpareBuffer spare = new SpareBuffer();

    /**
     * The connection whose frames are being decoded.
     */
    private Connection current;

    SocketIo(final Reactor reactor, final int maxDataLength)
    {
        this.reactor = reactor;
        this.metrics = reactor.metrics;
        decoder = new FrameDecoder(maxDataLength);
    }

    /**
     * Read once from a connection, handle what came, and answer it.
     */
    void read(final Connection connection)
    {
        final int length;
        try
        {
            length = connection.channel().read(readBuffer.clear());
        }
        catch (final IOException ex)
        {
            fail(connection, ex);
            return;
        }

        if (length < 0)
        {
            reactor.departures.condemn(connection, CloseReason.PEER_CLOSED, "");
        }
        else if (length > 0 && connection.isOpen())
        {
            reactor.watcher.onHeard(connection, length);
            current = connection;
            connection.halfFrame = decoder.decode(connection.halfFrame, readBuffer.flip(), this);
            if (connection.isOpen())
            {
                flushUnlessBlocked(connection);
            }
        }
    }

    /**
     * Write what a connection has to send, as far as the kernel takes it. The rest waits until the socket is writable.
     */
    void flush(final Connection connection)
    {
        final Outbound outbound = connection.outbound;
        if (outbound.queuedBytes() > 0)
        {
            reactor.coalescer.onUrgent(reactor.nowNs());
        }
        int sent = 0;
        boolean progressed = false;
        boolean isCut = false;
        // Ends: each turn but the last takes a whole buffer from a queue that is bounded.
        while (!outbound.isEmpty() && !isCut)
        {
            final int queued = outbound.queuedBytes();
            outbound.fill(writeBuffer.clear());
            final int written;
            try
            {
                written = connection.channel().write(writeBuffer.flip());
            }
            catch (final IOException ex)
            {
                fail(connection, ex);
                return;
            }

            isCut = writeBuffer.hasRemaining();
            progressed |= written > 0;
            metrics.add(Counter.BYTES_OUT, written);
            final int controls = outbound.accepted(written, spare);
            metrics.add(Counter.FRAMES_OUT, Integer.bitCount(controls));
            sent |= controls;
            connection.release(queued - outbound.queuedBytes());
        }

        awaitWritable(connection, isCut);
        if (connection.isOpen())
        {
            reactor.watcher.onFlushed(connection, sent, progressed, isCut);
        }
        else if (Connection.LEAVING == connection.state && !isCut)
        {
            reactor.departures.onLastBytesWritten(connection);
        }
    }

    /**
     * Write what a connection has to send, unless the kernel did not take it all before: then it will say when it does.
     */
    void flushUnlessBlocked(final Connection connection)
    {
        if (!connection.isWriteBlocked && !connection.outbound.isEmpty())
        {
            flush(connection);
        }
    }

    /**
     * Queue a frame behind what a connection has to send.
     */
    void enqueue(final Connection connection, final int type, final byte[] payload)
    {
        connection.outbound.enqueue(type, payload, 0, payload.length, spare);
        metrics.add(Counter.FRAMES_OUT, 1);
    }

    /**
     * Queue a message behind what a connection has to send.
     */
    void enqueue(final Connection connection, final ByteBuffer message)
    {
        connection.outbound.enqueue(message, spare);
        metrics.add(Counter.FRAMES_OUT, 1);
    }

    private void fail(final Connection connection, final IOException ex)
    {
        reactor.departures.condemn(connection,
            IoFailures.reasonOf(ex, reactor.watcher.isSilentForKernel(connection)), String.valueOf(ex.getMessage()));
    }

    private static void awaitWritable(final Connection connection, final boolean isCut)
    {
        if (isCut != connection.isWriteBlocked)
        {
            connection.isWriteBlocked = isCut;
            connection.key.interestOps(SelectionKey.OP_READ | (isCut ? SelectionKey.OP_WRITE : 0));
        }
    }

    @Override
    public boolean onPing(final byte token)
    {
        metrics.add(Counter.FRAMES_IN, 1);
        current.outbound.pong(token);
        return true;
    }

    @Override
    public boolean onPong(final byte token)
    {
        metrics.add(Counter.FRAMES_IN, 1);
        reactor.watcher.onPong(current, token);
        return true;
    }

    @Override
    public boolean onData(final ByteBuffer payload)
    {
        metrics.add(Counter.FRAMES_IN, 1);
        reactor.coalescer.onUrgent(reactor.nowNs());
        metrics.add(Counter.MESSAGES, 1);
        if (!reactor.listener.onMessage(current, payload))
        {
            reactor.departures.leave(current, CloseReason.LISTENER_FAILED, "");
        }
        return current.isOpen();
    }

    @Override
    public boolean onHello(final Hello hello)
    {
        metrics.add(Counter.FRAMES_IN, 1);
        reactor.endpoint.onHello(current, hello);
        return current.isOpen();
    }

    @Override
    public void onBye(final int reason, final String text)
    {
        metrics.add(Counter.FRAMES_IN, 1);
        reactor.endpoint.onBye(current, reason);
        final String name = CloseReason.nameOf(reason);
        reactor.departures.condemn(current, CloseReason.PEER_LEFT, text.isEmpty() ? name : name + ": " + text);
    }

    @Override
    public void onProtocolError(final String what)
    {
        reactor.departures.leave(current, CloseReason.PROTOCOL_ERROR, what);
    }
}
