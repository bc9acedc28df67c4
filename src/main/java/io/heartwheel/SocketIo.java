package io.heartwheel;

import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.FrameDecoder;
import io.heartwheel.wire.FrameHandler;
import io.heartwheel.wire.HalfFrame;
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

    /**
     * One that said goodbye may still send a little, which is dropped; then it is closed without further ado.
     */
    private static final int FAREWELL_READS_MAX = 16;

    private final Reactor reactor;
    private final ReactorMetrics metrics;
    private final RateLimit frameRate;
    private final RateLimit controlRate;
    private final FrameDecoder decoder;
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(BUFFER_LENGTH);
    private final ByteBuffer writeBuffer = ByteBuffer.allocateDirect(BUFFER_LENGTH);
    private final SpareBuffer spare = new SpareBuffer();

    /**
     * The connection whose frames are being decoded.
     */
    private Connection current;
    private int readLength;

    SocketIo(final Reactor reactor, final ReactorContext<?> ctx)
    {
        this.reactor = reactor;
        this.metrics = reactor.metrics;
        decoder = new FrameDecoder(ctx.maxMessageLength());
        frameRate = new RateLimit(ctx.frameRate(), ctx.rateBurstNs());
        controlRate = new RateLimit(ctx.controlRateOfCadence(), ctx.rateBurstNs());
    }

    /**
     * Read once from a connection, handle what came, and answer it.
     */
    void read(final Connection connection)
    {
        if (Connection.JOINING == connection.state && !connection.arrival.isGreeted)
        {
            reactor.endpoint.onArriving(connection);
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
        else if (length > 0 && connection.isTalking())
        {
            metrics.add(Counter.HEARD, 1);
            metrics.add(Counter.BYTES_IN, length);
            onBytes(connection);
        }
        else if (length > 0 && ++connection.farewellReads > FAREWELL_READS_MAX)
        {
            reactor.departures.condemn(connection, CloseReason.FLOODING, "");
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
    }

    private void onBytes(final Connection connection)
    {
        if (Connection.JOINING == connection.state)
        {
            reactor.endpoint.onFirstBytes(connection);
        }
        if (connection.isOpen())
        {
            reactor.watcher.onHeard(connection);
        }
        current = connection;
        readLength = readBuffer.flip().limit();
        final HalfFrame half = connection.halfFrame;
        connection.halfFrame = chargeFrame() ? decoder.decode(half, readBuffer, this) : null;
        if (half != connection.halfFrame && connection.isOpen())
        {
            reactor.curfew.onHalfFrame(connection);
        }
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

    private static void updateInterest(final Connection connection)
    {
        connection.key.interestOps((connection.isReadPaused ? 0 : SelectionKey.OP_READ) |
            (connection.isWriteBlocked ? SelectionKey.OP_WRITE : 0));
    }

    /**
     * A frame, or a read however little came by it, counts against what its peer may send.
     *
     * @return false if that is too much.
     */
    private boolean chargeFrame()
    {
        final long nowNs = reactor.clockNs();
        current.framesUsedNs = frameRate.charge(current.framesUsedNs, nowNs);
        return !frameRate.isExceeded(current.framesUsedNs, nowNs) || condemnFlooding(frameRate, "frames");
    }

    /**
     * A PING or HELLO, which has to be answered, or a PONG that was not asked for, counts once more.
     */
    private boolean chargeControl()
    {
        final long nowNs = reactor.clockNs();
        current.controlsUsedNs = controlRate.charge(current.controlsUsedNs, nowNs);
        return chargeFrame() && (!controlRate.isExceeded(current.controlsUsedNs, nowNs) ||
            condemnFlooding(controlRate, "PING, PONG and HELLO frames"));
    }

    private boolean condemnFlooding(final RateLimit rate, final String what)
    {
        reactor.departures.condemn(
            current, CloseReason.FLOODING, "more than " + rate.perSecond() + " " + what + " a second");
        return false;
    }

    /**
     * A PING left: it may be answered.
     */
    void creditAnswer(final Connection connection)
    {
        connection.controlsUsedNs = controlRate.credit(connection.controlsUsedNs);
    }

    @Override
    public boolean onPing(final byte token)
    {
        metrics.add(Counter.FRAMES_IN, 1);
        if (!chargeControl())
        {
            return false;
        }
        current.outbound.pong(token);
        return true;
    }

    @Override
    public boolean onPong(final byte token)
    {
        metrics.add(Counter.FRAMES_IN, 1);
        reactor.watcher.onPong(current, token);
        return chargeControl();
    }

    @Override
    public boolean onUnknown()
    {
        return chargeFrame();
    }

    @Override
    public boolean onData(final ByteBuffer payload)
    {
        metrics.add(Counter.FRAMES_IN, 1);
        if (!chargeFrame())
        {
            return false;
        }
        if (Connection.JOINING == current.state)
        {
            return onFirstMessage(payload);
        }
        reactor.coalescer.onUrgent(reactor.nowNs());
        metrics.add(Counter.MESSAGES, 1);
        if (!reactor.listener.onMessage(current, payload))
        {
            reactor.departures.leave(current, CloseReason.LISTENER_FAILED, "");
        }
        return current.isOpen();
    }

    /**
     * A message that has to let its peer in. What follows is held, and no more is read, until that is decided.
     */
    private boolean onFirstMessage(final ByteBuffer payload)
    {
        final Connection connection = current;
        final ByteBuffer rest = readBuffer.duplicate().limit(readLength);
        // One that came whole lies in the read buffer; one that came in parts is behind what was taken for it.
        rest.position(payload == readBuffer ? payload.limit() : readBuffer.position());
        reactor.endpoint.onFirstMessage(connection, payload);
        if (Connection.JOINING == connection.state)
        {
            connection.arrival.held =
                rest.hasRemaining() ? ByteBuffer.allocate(rest.remaining()).put(rest).flip() : null;
            connection.isReadPaused = true;
            updateInterest(connection);
        }
        return connection.isOpen();
    }

    @Override
    public boolean onHello(final Hello hello)
    {
        metrics.add(Counter.FRAMES_IN, 1);
        if (!chargeControl())
        {
            return false;
        }
        reactor.endpoint.onHello(current, hello);
        return current.isTalking();
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
