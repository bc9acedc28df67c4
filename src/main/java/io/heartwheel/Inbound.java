package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;
import io.heartwheel.wire.Foreign;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.FrameDecoder;
import io.heartwheel.wire.FrameHandler;
import io.heartwheel.wire.HalfFrame;
import io.heartwheel.wire.Hello;

import java.nio.ByteBuffer;

/**
 * What peers say: frames out of the bytes that were read of one connection after the other, as many as each may send.
 */
final class Inbound implements FrameHandler
{
    /**
     * A read of as many bytes is one that a transfer needs, however TCP cut it: a segment has more room than that.
     */
    private static final int SMALL_READ_LENGTH = 512;

    private final RateLimit frameRate;
    private final RateLimit controlRate;
    private final Reactor reactor;
    private final ReactorMetrics metrics;
    private final FrameDecoder decoder;

    /**
     * Until then, as much of the past counts as is left to it: what arrived in a stall of ours is read at once.
     */
    private long creditEndNs;
    private boolean isFrameCharged;
    /**
     * The connection whose frames are being decoded, and where its bytes lie.
     */
    private Connection current;
    private ByteBuffer bytes;
    private int bytesEnd;

    Inbound(final Reactor reactor, final ReactorContext<?> ctx)
    {
        this.reactor = reactor;
        this.metrics = reactor.metrics;
        decoder = new FrameDecoder(ctx.maxMessageLength());
        frameRate = new RateLimit(ctx.frameRate(), ctx.rateBurstNs()).withRoomFor(ctx.cadence());
        controlRate = new RateLimit(ctx.controlRate(), ctx.rateBurstNs()).withRoomFor(ctx.cadence());
        creditEndNs = reactor.clockNs();
    }

    /**
     * A connection begins: it has saved up what came while nobody looked.
     */
    void begin(final Connection connection)
    {
        connection.frameRate = frameRate;
        connection.controlRate = controlRate;
        connection.framesUsedNs = savedSinceNs();
        connection.controlsUsedNs = connection.framesUsedNs;
    }

    /**
     * Whoever is watched by a cadence, or watches us by it, may speak as often as that needs: from now on, since what
     * another cadence asked for may be under way.
     */
    void onCadence(final Connection connection, final Cadence cadence)
    {
        connection.frameRate = connection.frameRate.withRoomFor(cadence);
        connection.controlRate = connection.controlRate.withRoomFor(cadence);
    }

    /**
     * We were not at work: peers may have sent meanwhile what they may send in that time, whatever may come at once.
     */
    void onStall(final long stallNs)
    {
        final long lengthNs = Math.min(stallNs, Cadence.MAX_NS);
        final long beganNs = reactor.clockNs() - lengthNs;
        // What was left of an earlier one is not used up by this one: nobody was heard.
        creditEndNs = (creditEndNs - beganNs > 0 ? creditEndNs : beganNs) + 2 * lengthNs;
    }

    /**
     * From when on a peer that did not speak has saved up what it may send.
     */
    private long savedSinceNs()
    {
        final long nowNs = reactor.clockNs();
        return nowNs - Math.max(0, creditEndNs - nowNs);
    }

    /**
     * Handle what was read of a connection.
     *
     * @param in from its position to its limit.
     */
    void onBytes(final Connection connection, final ByteBuffer in)
    {
        if (!connection.isOfOurs && isForeign(connection, in))
        {
            return;
        }
        if (Connection.JOINING == connection.state)
        {
            reactor.endpoint.onFirstBytes(connection);
            if (!connection.isTalking())
            {
                // The listener closed it as soon as it heard of it.
                return;
            }
        }
        onHeard(connection);
        bytes = in;
        bytesEnd = in.limit();
        isFrameCharged = false;
        final int length = in.remaining();
        final HalfFrame half = connection.halfFrame;
        connection.halfFrame = decoder.decode(half, in, this);
        if (half != connection.halfFrame && connection.isOpen())
        {
            reactor.curfew.onHalfFrame(connection);
        }
        if (!isFrameCharged && connection.isTalking())
        {
            chargeRead(length);
        }
    }

    /**
     * Looks at the first four bytes of a connection, as soon as they are there.
     */
    private boolean isForeign(final Connection connection, final ByteBuffer in)
    {
        connection.hasSpoken = true;
        final HalfFrame half = connection.halfFrame;
        if ((null == half ? 0 : half.length()) + in.remaining() < Frame.HEADER_LENGTH)
        {
            return false;
        }
        connection.isOfOurs = true;
        final Foreign foreign = Foreign.of(Foreign.firstWord(half, in));
        if (null != foreign)
        {
            reactor.departures.leave(
                connection, CloseReason.PROTOCOL_ERROR, reactor.endpoint.textOf(connection, foreign));
        }
        return null != foreign;
    }

    /**
     * Bytes came of which nothing came: proof of life all the same.
     */
    void onNothing(final Connection connection, final int length)
    {
        connection.hasSpoken = true;
        onHeard(connection);
        chargeRead(length);
    }

    /**
     * TLS records came that say nothing to us, such as new keys, each of which costs more than the peer: they count as
     * the frames do that have to be answered.
     */
    void onSilentRecords(final Connection connection, final int count)
    {
        current = connection;
        for (int i = 0; i < count && chargeControl("PINGs and TLS records that say nothing"); i++)
        {
            continue;
        }
    }

    private void onHeard(final Connection connection)
    {
        current = connection;
        if (connection.isOpen())
        {
            reactor.watcher.onHeard(connection);
        }
    }

    /**
     * A read of little in which no frame ends counts as one: that it came by itself was its peer's doing.
     */
    private void chargeRead(final int length)
    {
        if (length < SMALL_READ_LENGTH)
        {
            chargeFrame();
        }
    }

    /**
     * A frame counts against what its peer may send.
     *
     * @return false if that is too much.
     */
    private boolean chargeFrame()
    {
        isFrameCharged = true;
        current.framesUsedNs = current.frameRate.charge(current.framesUsedNs, savedSinceNs());
        return isWithin(current.frameRate, current.framesUsedNs) ||
            condemnFlooding(current.frameRate, "frames and small reads");
    }

    /**
     * A PING or HELLO, which has to be answered, or a PONG that was not asked for, counts once more.
     */
    private boolean chargeControl()
    {
        return chargeControl("PING, PONG and HELLO frames");
    }

    private boolean chargeControl(final String what)
    {
        current.controlsUsedNs = current.controlRate.charge(current.controlsUsedNs, savedSinceNs());
        return chargeFrame() && (isWithin(current.controlRate, current.controlsUsedNs) ||
            condemnFlooding(current.controlRate, what));
    }

    /**
     * By the clock as it was read last, or as it is: a listener may have held up this batch since, and so its bytes.
     */
    private boolean isWithin(final RateLimit rate, final long usedUntilNs)
    {
        if (!rate.isExceeded(usedUntilNs, reactor.clockNs()))
        {
            return true;
        }
        reactor.sample();
        return !rate.isExceeded(usedUntilNs, reactor.clockNs());
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
        connection.controlsUsedNs = connection.controlRate.credit(connection.controlsUsedNs);
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
        final ByteBuffer rest = bytes.duplicate().limit(bytesEnd);
        // One that came whole lies in what was read; one that came in parts is behind what was taken for it.
        rest.position(payload == bytes ? payload.limit() : bytes.position());
        reactor.endpoint.onFirstMessage(connection, payload);
        if (Connection.JOINING == connection.state)
        {
            connection.arrival.held =
                rest.hasRemaining() ? ByteBuffer.allocate(rest.remaining()).put(rest).flip() : null;
            reactor.io.pauseReading(connection);
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
