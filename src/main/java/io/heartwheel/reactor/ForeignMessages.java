package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.Protocol;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;
import io.heartwheel.wire.ForeignOutbound;
import io.heartwheel.wire.Frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Acts on what the decoder of a protocol of the application finds, within the limits for every peer. It is of use
 * within one step at a time: one call of {@link Protocol#decode}.
 */
final class ForeignMessages implements Protocol.Messages
{
    /** More than a step of any protocol has to say. A decoder that loops is found by it. */
    private static final int SAYINGS_MAX = 64;

    private final int maxMessageLength;
    private final int maxOutboundLength;
    private final AttendedClock clock;
    private final Allowance allowance;
    private final Judge judge;
    private final Departures departures;
    private final SocketIo io;
    private final Endpoint endpoint;
    private final Gate gate;
    private final GuardedListener listener;
    private final Coalescer coalescer;
    private final ReactorMetrics metrics;
    private final LastBytes lastReply = new LastBytes();

    private Peer current;
    private ByteBuffer bytes;
    private int sayings;
    private boolean hasMessage;
    private boolean isCharged;

    ForeignMessages(
        final int maxMessageLength,
        final int maxOutboundLength,
        final AttendedClock clock,
        final Allowance allowance,
        final Judge judge,
        final Departures departures,
        final SocketIo io,
        final Endpoint endpoint,
        final Gate gate,
        final GuardedListener listener,
        final Coalescer coalescer,
        final ReactorMetrics metrics)
    {
        this.maxMessageLength = maxMessageLength;
        this.maxOutboundLength = maxOutboundLength;
        this.clock = clock;
        this.allowance = allowance;
        this.judge = judge;
        this.departures = departures;
        this.io = io;
        this.endpoint = endpoint;
        this.gate = gate;
        this.listener = listener;
        this.coalescer = coalescer;
        this.metrics = metrics;
    }

    /**
     * A step begins.
     *
     * @param in bytes that it may take.
     */
    void begin(final Peer peer, final ByteBuffer in)
    {
        current = peer;
        bytes = in;
        sayings = 0;
        hasMessage = false;
        isCharged = false;
    }

    /**
     * A step has ended.
     *
     * @param isTaken true if it took bytes. They count as a frame, whatever they were.
     * @return false if the decoder said something of bytes that it did not take.
     */
    boolean end(final boolean isTaken)
    {
        final boolean isSound = isTaken || 0 == sayings;
        if (isTaken && !isCharged && current.isTalking())
        {
            charge(false);
        }
        current = null;
        bytes = null;
        return isSound;
    }

    @Override
    public void message(final int from, final int to)
    {
        final ByteBuffer in = bytes;
        if (isSaid())
        {
            final int position = in.position();
            final int limit = in.limit();
            final ByteOrder order = in.order();
            if (from < 0 || from > to || to > limit)
            {
                throw new IndexOutOfBoundsException("message from " + from + " to " + to + " of " + limit);
            }
            hand(in.order(ByteOrder.BIG_ENDIAN).limit(to).position(from));
            in.order(order).limit(limit).position(position);
        }
    }

    @Override
    public void message(final ByteBuffer payload)
    {
        if (isSaid())
        {
            hand(payload);
        }
    }

    private void hand(final ByteBuffer payload)
    {
        if (hasMessage)
        {
            throw new IllegalStateException("a second message in one call of decode");
        }
        hasMessage = true;
        final Peer peer = current;
        if (payload.remaining() > maxMessageLength)
        {
            departures.leave(peer, CloseReason.PROTOCOL_ERROR,
                "message of " + payload.remaining() + " bytes, at most " + maxMessageLength + " accepted");
        }
        else if (charge(false))
        {
            if (Peer.JOINING == peer.state)
            {
                gate.onFirstMessage(peer, payload);
                return;
            }
            coalescer.onUrgent(clock.nowNs());
            metrics.add(Counter.MESSAGES, 1);
            if (!listener.onMessage(peer, payload))
            {
                departures.leave(peer, CloseReason.LISTENER_FAILED, "");
            }
        }
    }

    @Override
    public void answered(final byte token)
    {
        if (isSaid())
        {
            judge.onPong(current, token);
            charge(true);
        }
    }

    @Override
    public void answered()
    {
        if (isSaid())
        {
            judge.onPong(current, current.pingToken());
            charge(true);
        }
    }

    @Override
    public void reply(final ByteBuffer reply)
    {
        if (reply.remaining() > ForeignOutbound.MAX_CONTROL_LENGTH)
        {
            throw new IllegalArgumentException("reply of " + reply.remaining() + " bytes, at most " +
                ForeignOutbound.MAX_CONTROL_LENGTH + " allowed");
        }
        if (isSaid() && charge(true) && reply.hasRemaining())
        {
            ((ForeignOutbound)current.outbound).reply(lastReply.of(reply));
        }
    }

    @Override
    public void write(final ByteBuffer more)
    {
        if (!isSaid() || !charge(false) || !more.hasRemaining())
        {
            return;
        }
        if (current.reserve(Frame.HEADER_LENGTH + more.remaining(), maxOutboundLength))
        {
            io.enqueue(current, more);
        }
        else
        {
            departures.condemn(current, CloseReason.FLOODING,
                "had more written than it reads: " + current.unsentBytes() + " bytes are unsent");
        }
    }

    @Override
    public Cadence cadence(final Cadence cadence)
    {
        return isSaid() ? endpoint.onHello(current, Hellos.of(cadence)) : cadence;
    }

    @Override
    public void left(final String text)
    {
        if (isSaid())
        {
            departures.condemn(current, CloseReason.PEER_LEFT, text);
        }
    }

    @Override
    public void refuse(final CloseReason reason, final String what)
    {
        switch (reason)
        {
            case PROTOCOL_ERROR, REFUSED, FLOODING ->
            {
                if (isSaid())
                {
                    departures.leave(current, reason, what);
                }
            }
            default -> throw new IllegalArgumentException("reason=" + reason);
        }
    }

    /**
     * The decoder says one thing more. Does anybody hear it?
     */
    private boolean isSaid()
    {
        if (null == current)
        {
            throw new IllegalStateException("not within decode");
        }
        if (++sayings > SAYINGS_MAX)
        {
            throw new IllegalStateException("more than " + SAYINGS_MAX + " calls in one call of decode");
        }
        return current.isTalking();
    }

    /**
     * Charge the peer for what it sent, once a step, or once more if it has to be replied to.
     */
    private boolean charge(final boolean isControl)
    {
        if (isControl)
        {
            countFrame();
            return allowance.chargeControl(current);
        }
        if (isCharged)
        {
            return true;
        }
        countFrame();
        return allowance.chargeFrame(current);
    }

    private void countFrame()
    {
        if (!isCharged)
        {
            isCharged = true;
            metrics.add(Counter.FRAMES_IN, 1);
        }
    }
}
