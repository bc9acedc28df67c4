package io.heartwheel;

import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;
import io.heartwheel.tls.TlsChannel;
import io.heartwheel.wire.Foreign;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Outbound;
import io.heartwheel.wire.SpareBuffer;

import javax.net.ssl.SSLException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;

/**
 * Moves bytes between sockets and what is said and heard, for all connections of a reactor through two shared buffers.
 */
final class SocketIo
{
    /**
     * One read takes no more than this from a connection, so that none keeps the others waiting: what is left is
     * announced again by the next select. One DATA frame of the longest kind fits.
     */
    private static final int BUFFER_LENGTH = Frame.HEADER_LENGTH + Frame.MAX_PAYLOAD_LENGTH + 1;

    /**
     * One that said goodbye may still send a little, which is dropped; then it is closed without further ado.
     */
    private static final int FAREWELL_READS_MAX = 16;

    private final Reactor reactor;
    private final ReactorMetrics metrics;
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(BUFFER_LENGTH);
    private final ByteBuffer writeBuffer = ByteBuffer.allocateDirect(BUFFER_LENGTH);
    private final SpareBuffer spare = new SpareBuffer();

    private int bytesSent;

    SocketIo(final Reactor reactor)
    {
        this.reactor = reactor;
        this.metrics = reactor.metrics;
    }

    /**
     * Read once from a connection, handle what came, and answer it.
     */
    void read(final Connection connection)
    {
        readOnce(connection);
        reactor.held.update(connection);
    }

    private void readOnce(final Connection connection)
    {
        if (Connection.JOINING == connection.state && (connection.isReadPaused || !connection.arrival.isGreeted))
        {
            // Paused, it waits for an answer of ours: a last look must not take more of it.
            if (!connection.isReadPaused)
            {
                reactor.endpoint.onArriving(connection);
            }
            return;
        }
        if (null != connection.tls)
        {
            onDecrypted(connection, decrypt(connection, false));
            return;
        }

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
        else if (length > 0)
        {
            onRead(connection, length);
        }
    }

    private void onRead(final Connection connection, final int length)
    {
        if (connection.isTalking())
        {
            metrics.add(Counter.HEARD, 1);
            metrics.add(Counter.BYTES_IN, length);
            onBytes(connection);
        }
        else if (++connection.farewellReads > FAREWELL_READS_MAX)
        {
            reactor.departures.condemn(connection, CloseReason.FLOODING, "");
        }
    }

    /**
     * Read once from a connection that speaks TLS, or go on with what was read before. A peer that breaks its rules or
     * ends is condemned.
     *
     * @return number of bytes in the read buffer, or -1 if there will be no more.
     */
    int decrypt(final Connection connection, final boolean isAdvance)
    {
        final TlsChannel tls = connection.tls;
        try
        {
            final int length = isAdvance ? tls.advance(readBuffer.clear()) : tls.read(readBuffer.clear());
            metrics.add(Counter.BYTES_OUT, tls.bytesSent());
            if (tls.hasUnsent())
            {
                flush(connection);
            }
            if (length < 0)
            {
                reactor.departures.condemn(connection, CloseReason.PEER_CLOSED, "");
            }
            return length;
        }
        catch (final SSLException ex)
        {
            final Foreign foreign = Foreign.ofTls(tls.firstWord());
            reactor.departures.condemn(connection, CloseReason.PROTOCOL_ERROR,
                null == foreign ? "TLS: " + ex.getMessage() : reactor.endpoint.textOf(connection, foreign));
        }
        catch (final IOException ex)
        {
            fail(connection, ex);
        }
        return -1;
    }

    /**
     * Handle what was decrypted. Bytes of the socket of which nothing came are proof of life as well.
     */
    void onDecrypted(final Connection connection, final int length)
    {
        final TlsChannel tls = connection.tls;
        final int bytesHeard = tls.bytesHeard();
        if (length > 0 || bytesHeard > 0 && !connection.isTalking())
        {
            onRead(connection, bytesHeard);
            if (tls.isEnded())
            {
                reactor.departures.condemn(connection, CloseReason.PEER_CLOSED, "");
            }
        }
        else if (bytesHeard > 0)
        {
            metrics.add(Counter.HEARD, 1);
            metrics.add(Counter.BYTES_IN, bytesHeard);
            reactor.inbound.onNothing(connection, bytesHeard);
        }
        if (connection.isTalking())
        {
            reactor.inbound.onSilentRecords(connection, tls.silentRecords());
            reactor.curfew.onRecords(connection, tls.hasRecordBegun());
        }
    }

    /**
     * Handle what was read of a connection before frames were spoken.
     */
    void take(final Connection connection, final ByteBuffer bytes)
    {
        if (bytes.hasRemaining() && connection.isTalking())
        {
            readBuffer.clear().put(bytes);
            onBytes(connection);
        }
    }

    /**
     * Read again of a connection for which this was paused.
     *
     * @param held what was read already, or null.
     */
    void resume(final Connection connection, final ByteBuffer held)
    {
        if (null != held)
        {
            take(connection, held);
        }
        if (connection.isReadPaused && connection.state <= Connection.LEAVING)
        {
            connection.isReadPaused = false;
            updateInterest(connection);
        }
        reactor.held.update(connection);
    }

    private void onBytes(final Connection connection)
    {
        reactor.inbound.onBytes(connection, readBuffer.flip());
        if (connection.isTalking())
        {
            flushUnlessBlocked(connection);
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
        bytesSent = 0;
        try
        {
            boolean isTaken = null == connection.tls || flushRecords(connection.tls);
            int left = left(connection, 0, isTaken);
            // Ends: each turn but the last takes a whole buffer from a queue that is bounded.
            while (!outbound.isEmpty() && isTaken)
            {
                final int queued = outbound.queuedBytes();
                outbound.fill(writeBuffer.clear());
                final int written = write(connection, writeBuffer.flip());
                isTaken = !writeBuffer.hasRemaining() && (null == connection.tls || !connection.tls.hasUnsent());
                final int controls = outbound.accepted(written, spare);
                metrics.add(Counter.FRAMES_OUT, Integer.bitCount(controls));
                left |= left(connection, controls, isTaken);
                connection.release(queued - outbound.queuedBytes());
            }
            onFlushed(connection, left, !isTaken);
        }
        catch (final IOException ex)
        {
            fail(connection, ex);
        }
        catch (final Throwable ex)
        {
            // Here, as what flushes it may be a callback of another connection.
            reactor.onFault(connection, ex);
        }
        reactor.held.update(connection);
    }

    /**
     * Write to the socket, or through TLS, which takes it all, and then has ciphertext that the socket did not take.
     *
     * @return number of bytes that were taken.
     */
    private int write(final Connection connection, final ByteBuffer buffer) throws IOException
    {
        if (null == connection.tls)
        {
            final int written = connection.channel().write(buffer);
            bytesSent += written;
            return written;
        }
        final int length = buffer.remaining();
        bytesSent += connection.tls.write(buffer);
        return length;
    }

    private boolean flushRecords(final TlsChannel tls) throws IOException
    {
        if (tls.hasUnsent())
        {
            bytesSent += tls.flush();
        }
        return !tls.hasUnsent();
    }

    /**
     * Control frames within TLS records that are unsent have not left yet: they do with the last of these.
     *
     * @return which have left, of those that were taken now or before.
     */
    private static int left(final Connection connection, final int controls, final boolean isTaken)
    {
        if (null == connection.tls)
        {
            return controls;
        }
        final int unsent = connection.unsentControls | controls;
        connection.unsentControls = (byte)(isTaken ? 0 : unsent);
        return isTaken ? unsent : 0;
    }

    private void onFlushed(final Connection connection, final int left, final boolean isCut)
    {
        metrics.add(Counter.BYTES_OUT, bytesSent);
        final boolean progressed = bytesSent > 0;
        awaitWritable(connection, isCut);
        if (connection.isOpen())
        {
            reactor.watcher.onFlushed(connection, left, progressed, isCut);
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
        onQueued(connection);
    }

    /**
     * Queue a message behind what a connection has to send.
     */
    void enqueue(final Connection connection, final ByteBuffer message)
    {
        connection.outbound.enqueue(message, spare);
        onQueued(connection);
    }

    private void onQueued(final Connection connection)
    {
        metrics.add(Counter.FRAMES_OUT, 1);
        if (connection.isWriteBlocked)
        {
            // Else it is written now, and what is left of it is looked at then.
            reactor.held.update(connection);
        }
    }

    void fail(final Connection connection, final IOException ex)
    {
        reactor.departures.condemn(connection,
            IoFailures.reasonOf(ex, reactor.watcher.isSilentForKernel(connection)), String.valueOf(ex.getMessage()));
    }

    private static void awaitWritable(final Connection connection, final boolean isCut)
    {
        if (isCut != connection.isWriteBlocked)
        {
            connection.isWriteBlocked = isCut;
            updateInterest(connection);
        }
    }

    void pauseReading(final Connection connection)
    {
        connection.isReadPaused = true;
        updateInterest(connection);
    }

    private static void updateInterest(final Connection connection)
    {
        connection.key.interestOps((connection.isReadPaused ? 0 : SelectionKey.OP_READ) |
            (connection.isWriteBlocked ? SelectionKey.OP_WRITE : 0));
    }
}
