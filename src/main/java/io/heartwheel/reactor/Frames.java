package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.ReactorContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;
import io.heartwheel.wire.Foreign;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.FrameDecoder;
import io.heartwheel.wire.FrameHandler;
import io.heartwheel.wire.HalfFrame;
import io.heartwheel.wire.Hello;
import io.heartwheel.wire.Outbound;

import java.nio.ByteBuffer;

/**
 * Speaks our own protocol, version 1. It makes frames of the bytes that peers send, for one connection after the other,
 * and acts on each.
 */
final class Frames implements Peer.Dialect, FrameHandler
{
    /** State of a connection whose first bytes are of our own protocol, as far as can be told. */
    private static final Object IS_OURS = Boolean.TRUE;

    private final FrameDecoder decoder;
    private final boolean isHelloIdentity;
    private final AttendedClock clock;
    private final Allowance allowance;
    private final Judge judge;
    private final Curfew curfew;
    private final Departures departures;
    private final SocketIo io;
    private final Endpoint endpoint;
    private final Gate gate;
    private final GuardedListener listener;
    private final Coalescer coalescer;
    private final ReactorMetrics metrics;

    /**
     * The connection whose frames are being decoded, and where its bytes are.
     */
    private Peer current;
    private ByteBuffer bytes;
    private int bytesEnd;

    Frames(
        final ReactorContext<?> ctx,
        final AttendedClock clock,
        final Allowance allowance,
        final Judge judge,
        final Curfew curfew,
        final Departures departures,
        final SocketIo io,
        final Endpoint endpoint,
        final Gate gate,
        final GuardedListener listener,
        final Coalescer coalescer,
        final ReactorMetrics metrics)
    {
        decoder = new FrameDecoder(ctx.maxMessageLength());
        isHelloIdentity = ctx.isHelloIdentity();
        this.clock = clock;
        this.allowance = allowance;
        this.judge = judge;
        this.curfew = curfew;
        this.departures = departures;
        this.io = io;
        this.endpoint = endpoint;
        this.gate = gate;
        this.listener = listener;
        this.coalescer = coalescer;
        this.metrics = metrics;
    }

    @Override
    public String name()
    {
        return Frame.PROTOCOL_NAME;
    }

    @Override
    public Outbound newOutbound()
    {
        return new Outbound();
    }

    @Override
    public Cadence watchable(final Cadence cadence)
    {
        return cadence;
    }

    @Override
    public void hello(final Peer peer, final Hello hello)
    {
        peer.outbound.hello(hello);
    }

    @Override
    public void probe(final Peer peer)
    {
        peer.outbound.ping(peer.nextPingToken());
    }

    @Override
    public void send(final Peer peer, final ByteBuffer payload, final boolean isText)
    {
        io.enqueue(peer, payload);
    }

    @Override
    public boolean hasOpening()
    {
        return false;
    }

    @Override
    public void welcome(final Peer peer)
    {
        // HELLO has said enough.
    }

    @Override
    public void goodbye(final Peer peer, final CloseReason reason)
    {
        io.enqueue(peer, Frame.BYE, Frame.byePayload(reason.code(), peer.closeDetail()));
    }

    @Override
    public void onBytes(final Peer peer, final ByteBuffer in)
    {
        if (null == peer.protocolState && isForeign(peer, in))
        {
            return;
        }
        if (Peer.JOINING == peer.state)
        {
            gate.onFirstBytes(peer);
            if (!peer.isTalking())
            {
                // The listener closed the connection as soon as it heard of it.
                return;
            }
        }
        current = peer;
        if (peer.isOpen())
        {
            judge.onHeard(peer);
        }
        bytes = in;
        bytesEnd = in.limit();
        final long framesUsedNs = peer.framesUsedNs;
        final int length = in.remaining();
        final HalfFrame half = peer.halfFrame;
        peer.halfFrame = decoder.decode(half, in, this);
        if (half != peer.halfFrame && peer.isOpen())
        {
            curfew.onHalfFrame(peer);
        }
        if (framesUsedNs == peer.framesUsedNs && peer.isTalking())
        {
            // No frame ended in this read.
            allowance.chargeRead(peer, length);
        }
    }

    /**
     * Look at the first four bytes of a connection, as soon as they are there: do they belong to another protocol?
     */
    private boolean isForeign(final Peer peer, final ByteBuffer in)
    {
        peer.hasSpoken = true;
        final HalfFrame half = peer.halfFrame;
        if ((null == half ? 0 : half.length()) + in.remaining() < Frame.HEADER_LENGTH)
        {
            return false;
        }
        peer.protocolState = IS_OURS;
        final Foreign foreign = Foreign.of(Foreign.firstWord(half, in));
        if (null != foreign)
        {
            departures.leave(peer, CloseReason.PROTOCOL_ERROR, endpoint.textOf(peer, foreign));
        }
        return null != foreign;
    }

    @Override
    public boolean onPing(final byte token)
    {
        metrics.add(Counter.FRAMES_IN, 1);
        if (!allowance.chargeControl(current))
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
        judge.onPong(current, token);
        return allowance.chargeControl(current);
    }

    @Override
    public boolean onUnknown()
    {
        return allowance.chargeFrame(current);
    }

    @Override
    public boolean onData(final ByteBuffer payload)
    {
        metrics.add(Counter.FRAMES_IN, 1);
        if (!allowance.chargeFrame(current))
        {
            return false;
        }
        if (Peer.JOINING == current.state)
        {
            return onFirstMessage(payload);
        }
        coalescer.onUrgent(clock.nowNs());
        metrics.add(Counter.MESSAGES, 1);
        if (!listener.onMessage(current, payload))
        {
            departures.leave(current, CloseReason.LISTENER_FAILED, "");
        }
        return current.isOpen();
    }

    /**
     * The first message has to let its peer in. Until that is decided, what follows is held, and no more is read.
     */
    private boolean onFirstMessage(final ByteBuffer payload)
    {
        final Peer peer = current;
        final ByteBuffer rest = bytes.duplicate().limit(bytesEnd);
        // A message that came whole lies in these bytes. A message that came in parts was copied, and these bytes are
        // read up to its end.
        rest.position(payload == bytes ? payload.limit() : bytes.position());
        gate.onFirstMessage(peer, payload);
        if (Peer.JOINING == peer.state)
        {
            peer.entry.hold(rest);
            io.pauseReading(peer);
        }
        return peer.isOpen();
    }

    @Override
    public boolean onHello(final Hello hello)
    {
        metrics.add(Counter.FRAMES_IN, 1);
        if (!allowance.chargeControl(current))
        {
            return false;
        }
        endpoint.onHello(current, hello);
        return current.isTalking();
    }

    @Override
    public boolean onIdentity(final String identity)
    {
        metrics.add(Counter.FRAMES_IN, 1);
        if (!allowance.chargeControl(current))
        {
            return false;
        }
        if (isHelloIdentity && null == current.identity())
        {
            // The first word holds, and that of a credential or the application does in any case.
            current.identity(identity);
        }
        return current.isTalking();
    }

    @Override
    public void onBye(final int reason, final String text)
    {
        metrics.add(Counter.FRAMES_IN, 1);
        endpoint.onBye(current, reason);
        final String name = CloseReason.nameOf(reason);
        departures.condemn(current, CloseReason.PEER_LEFT, text.isEmpty() ? name : name + ": " + text);
    }

    @Override
    public void onProtocolError(final String what)
    {
        departures.leave(current, CloseReason.PROTOCOL_ERROR, what);
    }
}
