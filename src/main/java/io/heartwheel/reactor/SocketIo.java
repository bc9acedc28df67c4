package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
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
 * Reads and writes the sockets of all connections of a reactor, through two shared buffers. It tells a {@link
 * SocketHandler}.
 */
final class SocketIo
{
    /**
     * Length of the shared read buffer, and so the most that one read takes of a connection: none keeps the others
     * waiting. The next select announces what is left. The longest DATA frame fits.
     */
    static final int BUFFER_LENGTH = Frame.HEADER_LENGTH + Frame.MAX_PAYLOAD_LENGTH + 1;

    /**
     * Most reads from a peer that was sent a BYE. What it still sends is dropped. After so many reads its connection
     * ends at once.
     */
    private static final int FAREWELL_READS_MAX = 16;

    private final SocketHandler handler;
    private final AttendedClock clock;
    private final Held held;
    private final Coalescer coalescer;
    private final ReactorMetrics metrics;
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(BUFFER_LENGTH);
    private final ByteBuffer writeBuffer = ByteBuffer.allocateDirect(BUFFER_LENGTH);
    private final SpareBuffer spare = new SpareBuffer();

    private int bytesSent;
    private long reads;

    SocketIo(
        final SocketHandler handler,
        final AttendedClock clock,
        final Held held,
        final Coalescer coalescer,
        final ReactorMetrics metrics)
    {
        this.handler = handler;
        this.clock = clock;
        this.held = held;
        this.coalescer = coalescer;
        this.metrics = metrics;
    }

    /**
     * Read once from a connection, handle the bytes, and write the answers.
     */
    void read(final Peer peer)
    {
        assert peer.state <= Peer.LEAVING : peer + " is read in state " + peer.state;
        ++reads;
        readOnce(peer);
        held.update(peer);
    }

    long reads()
    {
        return reads;
    }

    private void readOnce(final Peer peer)
    {
        if (Peer.JOINING == peer.state && (peer.isReadPaused || !peer.entry.isGreeted))
        {
            // A connection whose reading is paused waits for an answer of this end: a last look must not read more.
            if (!peer.isReadPaused)
            {
                handler.onArriving(peer);
            }
            return;
        }
        if (null != peer.tls)
        {
            onDecrypted(peer, decrypt(peer, false));
            return;
        }

        final int length;
        try
        {
            length = peer.channel().read(readBuffer.clear());
        }
        catch (final IOException ex)
        {
            handler.onFailure(peer, ex);
            return;
        }

        if (length < 0)
        {
            handler.onEnd(peer, CloseReason.PEER_CLOSED, "");
        }
        else if (length > 0)
        {
            onRead(peer, length);
        }
    }

    private void onRead(final Peer peer, final int length)
    {
        if (peer.isTalking())
        {
            metrics.add(Counter.HEARD, 1);
            metrics.add(Counter.BYTES_IN, length);
            onBytes(peer);
        }
        else if (++peer.farewellReads > FAREWELL_READS_MAX)
        {
            handler.onEnd(peer, CloseReason.FLOODING, "");
        }
    }

    /**
     * Read once from a connection that speaks TLS, or go on with bytes that were read before. A peer that breaks the
     * rules of TLS, or ends, is condemned.
     *
     * @return number of bytes in the read buffer, or -1 if there will be no more.
     */
    int decrypt(final Peer peer, final boolean isAdvance)
    {
        final TlsChannel tls = peer.tls;
        try
        {
            final int length = isAdvance ? tls.advance(readBuffer.clear()) : tls.read(readBuffer.clear());
            metrics.add(Counter.BYTES_OUT, tls.bytesSent());
            if (tls.hasUnsent())
            {
                flush(peer);
            }
            if (length < 0)
            {
                handler.onEnd(peer, CloseReason.PEER_CLOSED, "");
            }
            return length;
        }
        catch (final SSLException ex)
        {
            final Foreign foreign = Foreign.ofTls(tls.firstWord());
            if (null == foreign)
            {
                handler.onEnd(peer, CloseReason.PROTOCOL_ERROR, "TLS: " + ex.getMessage());
            }
            else
            {
                handler.onForeign(peer, foreign);
            }
        }
        catch (final IOException ex)
        {
            handler.onFailure(peer, ex);
        }
        return -1;
    }

    /**
     * Handle the bytes that were decrypted. Bytes that hold no data prove life as well.
     */
    void onDecrypted(final Peer peer, final int length)
    {
        final TlsChannel tls = peer.tls;
        final int bytesHeard = tls.bytesHeard();
        if (length > 0 || bytesHeard > 0 && !peer.isTalking())
        {
            onRead(peer, bytesHeard);
            if (tls.isEnded())
            {
                handler.onEnd(peer, CloseReason.PEER_CLOSED, "");
            }
        }
        else if (bytesHeard > 0)
        {
            metrics.add(Counter.HEARD, 1);
            metrics.add(Counter.BYTES_IN, bytesHeard);
            handler.onNothing(peer, bytesHeard);
        }
        if (peer.isTalking())
        {
            handler.onRecords(peer);
        }
    }

    /**
     * Handle bytes that were read of a connection before it spoke in frames.
     */
    void take(final Peer peer, final ByteBuffer bytes)
    {
        if (bytes.hasRemaining() && peer.isTalking())
        {
            readBuffer.clear().put(bytes);
            onBytes(peer);
        }
    }

    /**
     * Resume the reading of a connection.
     *
     * @param alreadyRead bytes of it, which are handled first; or null.
     */
    void resume(final Peer peer, final ByteBuffer alreadyRead)
    {
        if (null != alreadyRead)
        {
            take(peer, alreadyRead);
        }
        if (peer.isReadPaused && peer.state <= Peer.LEAVING)
        {
            peer.isReadPaused = false;
            updateInterest(peer);
        }
        held.update(peer);
    }

    private void onBytes(final Peer peer)
    {
        handler.onBytes(peer, readBuffer.flip());
        if (peer.isTalking())
        {
            flushUnlessBlocked(peer);
        }
    }

    /**
     * Write what a connection has to send, as far as the kernel accepts it. The rest waits until the socket is
     * writable.
     */
    void flush(final Peer peer)
    {
        final Outbound outbound = peer.outbound;
        if (outbound.queuedBytes() > 0)
        {
            coalescer.onUrgent(clock.nowNs());
        }
        bytesSent = 0;
        try
        {
            boolean isTaken = null == peer.tls || flushRecords(peer.tls);
            int left = left(peer, 0, isTaken);
            // This ends: each turn but the last takes a whole buffer from a queue that is bounded.
            while (!outbound.isEmpty() && isTaken)
            {
                final int queued = outbound.queuedBytes();
                outbound.fill(writeBuffer.clear());
                final int written = write(peer, writeBuffer.flip());
                isTaken = !writeBuffer.hasRemaining() && (null == peer.tls || !peer.tls.hasUnsent());
                final int controls = outbound.accepted(written, spare);
                metrics.add(Counter.FRAMES_OUT, Integer.bitCount(controls));
                left |= left(peer, controls, isTaken);
                peer.release(queued - outbound.queuedBytes());
            }
            onFlushed(peer, left, !isTaken);
        }
        catch (final IOException ex)
        {
            handler.onFailure(peer, ex);
        }
        catch (final Throwable ex)
        {
            // Caught here, as the caller may be a callback of another connection.
            handler.onFault(peer, ex);
        }
        held.update(peer);
    }

    /**
     * Write to the socket, or through TLS. TLS takes all bytes, and keeps the ciphertext that the socket did not
     * accept.
     *
     * @return number of bytes that were taken.
     */
    private int write(final Peer peer, final ByteBuffer buffer) throws IOException
    {
        if (null == peer.tls)
        {
            final int written = peer.channel().write(buffer);
            bytesSent += written;
            return written;
        }
        final int length = buffer.remaining();
        bytesSent += peer.tls.write(buffer);
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
     * Which control frames have left. Those within TLS records that are unsent leave with the last of these records.
     *
     * @return flags of those that have left, of the frames taken now or before.
     */
    private static int left(final Peer peer, final int controls, final boolean isTaken)
    {
        if (null == peer.tls)
        {
            return controls;
        }
        final int unsent = peer.unsentControls | controls;
        peer.unsentControls = (byte)(isTaken ? 0 : unsent);
        return isTaken ? unsent : 0;
    }

    private void onFlushed(final Peer peer, final int left, final boolean isCut)
    {
        metrics.add(Counter.BYTES_OUT, bytesSent);
        final boolean progressed = bytesSent > 0;
        awaitWritable(peer, isCut);
        if (peer.isOpen())
        {
            handler.onFlushed(peer, left, progressed, isCut);
        }
        else if (Peer.LEAVING == peer.state && !isCut)
        {
            handler.onLastBytesWritten(peer);
        }
    }

    /**
     * Write what a connection has to send, unless its socket is not writable: it is written when it is.
     */
    void flushUnlessBlocked(final Peer peer)
    {
        if (!peer.isWriteBlocked && !peer.outbound.isEmpty())
        {
            flush(peer);
        }
    }

    /**
     * Queue a frame behind what a connection has to send.
     */
    void enqueue(final Peer peer, final int type, final byte[] payload)
    {
        // Counted whatever the limit, as its room is released when the kernel has taken it.
        peer.reserve(Frame.HEADER_LENGTH + payload.length, Integer.MAX_VALUE);
        peer.outbound.enqueue(type, payload, 0, payload.length, spare);
        onQueued(peer);
    }

    /**
     * Queue a message behind what a connection has to send.
     */
    void enqueue(final Peer peer, final ByteBuffer message)
    {
        peer.outbound.enqueue(message, spare);
        onQueued(peer);
    }

    private void onQueued(final Peer peer)
    {
        metrics.add(Counter.FRAMES_OUT, 1);
        if (peer.isWriteBlocked)
        {
            // Else it is written in this cycle, and counted then.
            held.update(peer);
        }
    }

    private static void awaitWritable(final Peer peer, final boolean isCut)
    {
        if (isCut != peer.isWriteBlocked)
        {
            peer.isWriteBlocked = isCut;
            updateInterest(peer);
        }
    }

    void pauseReading(final Peer peer)
    {
        peer.isReadPaused = true;
        updateInterest(peer);
    }

    private static void updateInterest(final Peer peer)
    {
        peer.key.interestOps((peer.isReadPaused ? 0 : SelectionKey.OP_READ) |
            (peer.isWriteBlocked ? SelectionKey.OP_WRITE : 0));
    }
}
