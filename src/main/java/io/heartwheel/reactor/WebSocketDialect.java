package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.Protocol;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;
import io.heartwheel.metrics.Split;
import io.heartwheel.websocket.CloseCode;
import io.heartwheel.websocket.HalfMessage;
import io.heartwheel.websocket.WebSocketDecoder;
import io.heartwheel.websocket.WebSocketFrame;
import io.heartwheel.websocket.WebSocketHandler;
import io.heartwheel.wire.ForeignHalf;
import io.heartwheel.wire.Hello;
import io.heartwheel.wire.Outbound;

import java.nio.ByteBuffer;

/**
 * Speaks WebSocket, at either end: with clients once {@link Openings} has let them in, with servers once they have let
 * us in. A PING with a token is the probe.
 */
final class WebSocketDialect implements Peer.Dialect, WebSocketHandler
{
    private static final int TOKENS = 1 << Byte.SIZE;

    private final int maxMessageLength;
    private final WebSocketDecoder decoder;
    private final WebSocketWriter writer;
    private final Openings openings;
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
     * The connection whose frames are being decoded.
     */
    private Peer current;
    /** The code to close with that is at hand, or 0 if the reason tells it. */
    private int closeCode;

    /**
     * @param writer   of this end, which tells whether it is a client.
     * @param openings of a server; null for a client, which speaks this only behind its opening.
     */
    WebSocketDialect(
        final int maxMessageLength,
        final boolean isTextTaken,
        final WebSocketWriter writer,
        final Openings openings,
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
        this.maxMessageLength = maxMessageLength;
        decoder = writer.isOfClient() ?
            WebSocketDecoder.ofClient(maxMessageLength, isTextTaken) :
            WebSocketDecoder.ofServer(maxMessageLength, isTextTaken);
        this.writer = writer;
        this.openings = openings;
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
        return Protocol.WEBSOCKET.name();
    }

    @Override
    public Outbound newOutbound()
    {
        return writer.newOutbound();
    }

    @Override
    public Cadence watchable(final Cadence cadence)
    {
        return cadence;
    }

    @Override
    public int maxMessageLength(final int setting)
    {
        return maxMessageLength;
    }

    @Override
    public boolean hasOpening()
    {
        return true;
    }

    @Override
    public void hello(final Peer peer, final Hello hello)
    {
        // WebSocket has no such thing.
    }

    @Override
    public void probe(final Peer peer)
    {
        writer.ping(peer);
    }

    @Override
    public void send(final Peer peer, final ByteBuffer payload, final boolean isText)
    {
        writer.message(peer, payload, isText);
        peer.wasToldLately = true;
    }

    @Override
    public void welcome(final Peer peer)
    {
        // The answer to its request has said enough.
    }

    @Override
    public void goodbye(final Peer peer, final CloseReason reason)
    {
        if (!peer.isUpgraded)
        {
            openings.refuse(peer, reason);
            return;
        }
        final int code = 0 == closeCode ? CloseCode.of(reason.code()) : closeCode;
        closeCode = 0;
        if (CloseReason.PEER_LEFT != reason)
        {
            metrics.add(Split.CLOSES_SENT, Integer.toString(code));
        }
        writer.close(peer, code, CloseReason.PEER_LEFT == reason ? "" : peer.closeDetail());
    }

    @Override
    public void onBytes(final Peer peer, final ByteBuffer in)
    {
        peer.hasSpoken = true;
        if (!peer.isUpgraded)
        {
            openings.onBytes(peer, in);
        }
        if (peer.isOpen())
        {
            judge.onHeard(peer);
        }
        if (peer.isTalking() && !peer.isToGoOn())
        {
            hold(peer, in);
        }
        else if (peer.isTalking() && in.hasRemaining())
        {
            decode(peer, in);
        }
    }

    /**
     * What follows is handled once the peer is let in.
     */
    private void hold(final Peer peer, final ByteBuffer in)
    {
        peer.entry.hold(in);
        io.pauseReading(peer);
    }

    private void decode(final Peer peer, final ByteBuffer in)
    {
        final long framesUsedNs = peer.framesUsedNs;
        final int length = in.remaining();
        final HalfMessage before = (HalfMessage)peer.protocolState;
        current = peer;
        HalfMessage half = before;
        while (in.hasRemaining() && peer.isToGoOn())
        {
            half = decoder.decodeFrame(half, in, this);
        }
        if (!peer.isTalking())
        {
            return;
        }
        keep(peer, before, half);
        if (!peer.isToGoOn())
        {
            hold(peer, in);
        }
        else if (framesUsedNs == peer.framesUsedNs)
        {
            // No frame ended in this read.
            allowance.chargeRead(peer, length);
        }
    }

    /**
     * Keep half a message. As long as it is the same, it is kept by the same object, whose deadline goes on.
     */
    private void keep(final Peer peer, final HalfMessage before, final HalfMessage half)
    {
        final boolean isAnother = half != before;
        peer.protocolState = half;
        if (isAnother)
        {
            peer.halfFrame = null == half ? null : new ForeignHalf();
        }
        if (null != half)
        {
            ((ForeignHalf)peer.halfFrame).bytesAside(half.capacity());
        }
        if (isAnother && peer.isOpen())
        {
            curfew.onHalfFrame(peer);
        }
    }

    @Override
    public boolean onText(final ByteBuffer payload)
    {
        return onMessage(payload, true);
    }

    @Override
    public boolean onBinary(final ByteBuffer payload)
    {
        return onMessage(payload, false);
    }

    private boolean onMessage(final ByteBuffer payload, final boolean isText)
    {
        final Peer peer = current;
        metrics.add(Counter.FRAMES_IN, 1);
        if (!allowance.chargeFrame(peer))
        {
            return false;
        }
        if (Peer.JOINING == peer.state)
        {
            gate.onFirstMessage(peer, payload);
            return peer.isTalking();
        }
        coalescer.onUrgent(clock.nowNs());
        metrics.add(Counter.MESSAGES, 1);
        if (!(isText ? listener.onText(peer, payload) : listener.onMessage(peer, payload)))
        {
            departures.leave(peer, CloseReason.LISTENER_FAILED, "");
        }
        return peer.isOpen();
    }

    @Override
    public boolean onPing(final ByteBuffer payload)
    {
        metrics.add(Counter.FRAMES_IN, 1);
        if (!allowance.chargeControl(current))
        {
            return false;
        }
        writer.pong(current, payload);
        return true;
    }

    @Override
    public boolean onPong(final ByteBuffer payload)
    {
        metrics.add(Counter.FRAMES_IN, 1);
        final long token = WebSocketFrame.tokenOf(payload);
        if (token >= 0 && token < TOKENS)
        {
            judge.onPong(current, (byte)token);
        }
        return allowance.chargeControl(current);
    }

    @Override
    public boolean onFragment(final int messageLength)
    {
        metrics.add(Counter.FRAMES_IN, 1);
        return allowance.chargeFrame(current);
    }

    @Override
    public void onClose(final int code, final String text)
    {
        metrics.add(Counter.FRAMES_IN, 1);
        metrics.add(Split.CLOSES_HEARD, Integer.toString(code));
        // Pages use these codes for other things than servers.
        final int reason = writer.isOfClient() ? CloseCode.reasonOf(code) : 0;
        if (0 != reason)
        {
            endpoint.onBye(current, reason);
        }
        closeCode = code;
        final String number = CloseCode.NONE == code ? "" :
            0 == reason ? Integer.toString(code) : code + " " + CloseReason.nameOf(reason);
        departures.leave(current, CloseReason.PEER_LEFT, text.isEmpty() ? number : number + ": " + text);
        closeCode = 0;
    }

    @Override
    public void onProtocolError(final int code, final String what)
    {
        closeCode = code;
        departures.leave(current, CloseReason.PROTOCOL_ERROR, what);
        closeCode = 0;
    }
}
