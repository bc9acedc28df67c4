package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.Protocol;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.ForeignHalf;
import io.heartwheel.wire.ForeignOutbound;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.HalfFrame;
import io.heartwheel.wire.Hello;
import io.heartwheel.wire.Outbound;

import java.nio.ByteBuffer;

/**
 * Speaks a protocol of the application. What its decoder does not take is kept here, so that it is bounded, counted and
 * given a deadline whatever the protocol does.
 */
final class ForeignDialect implements Peer.Dialect
{
    /** What the longest message may have around it, and an escape of each of its bytes is counted besides. */
    static final int FRAMING_LENGTH_MAX = 1024;

    private final GuardedProtocol protocol;
    private final String name;
    private final ForeignMessages messages;
    private final int maxKeptLength;
    private final Allowance allowance;
    private final Judge judge;
    private final Curfew curfew;
    private final Departures departures;
    private final SocketIo io;
    private final Gate gate;
    private final boolean hasProbe;
    private final ByteBuffer joined;
    private final ByteBuffer framed;
    private final ByteBuffer control = ByteBuffer.allocate(ForeignOutbound.MAX_CONTROL_LENGTH);
    private final LastBytes lastQuestion = new LastBytes();
    private Cadence watched = Cadence.OFF;
    private Cadence watchable = Cadence.OFF;

    ForeignDialect(
        final GuardedProtocol protocol,
        final ForeignMessages messages,
        final int maxMessageLength,
        final Allowance allowance,
        final Judge judge,
        final Curfew curfew,
        final Departures departures,
        final SocketIo io,
        final Gate gate)
    {
        this.protocol = protocol;
        this.messages = messages;
        maxKeptLength = maxMessageLength + FRAMING_LENGTH_MAX;
        this.allowance = allowance;
        this.judge = judge;
        this.curfew = curfew;
        this.departures = departures;
        this.io = io;
        this.gate = gate;
        name = protocol.protocol.name();
        hasProbe = protocol.protocol.hasProbe();
        joined = ByteBuffer.allocate(maxKeptLength + SocketIo.BUFFER_LENGTH);
        framed = ByteBuffer.allocate(2 * maxMessageLength + FRAMING_LENGTH_MAX);
    }

    @Override
    public String name()
    {
        return name;
    }

    @Override
    public Outbound newOutbound()
    {
        return new ForeignOutbound();
    }

    /**
     * A peer that cannot be asked is watched passively, with the same detection time.
     */
    @Override
    public Cadence watchable(final Cadence cadence)
    {
        if (hasProbe || 0 == cadence.count())
        {
            return cadence;
        }
        if (!cadence.equals(watched))
        {
            watched = cadence;
            watchable = Cadence.passive(Math.min(cadence.detectionNs(), Cadence.MAX_NS));
        }
        return watchable;
    }

    @Override
    public void hello(final Peer peer, final Hello hello)
    {
        // Other protocols have no such thing.
    }

    @Override
    public void onBytes(final Peer peer, final ByteBuffer in)
    {
        peer.hasSpoken = true;
        if (Peer.JOINING == peer.state)
        {
            gate.onFirstBytes(peer);
            if (!peer.isTalking())
            {
                return;
            }
        }
        if (peer.isOpen())
        {
            judge.onHeard(peer);
        }
        final int length = in.remaining();
        final ForeignHalf half = (ForeignHalf)peer.halfFrame;
        final ByteBuffer bytes = null == half || 0 == half.length() ? in : joined(half, in);
        final int begin = bytes.position();
        decode(peer, bytes);
        if (peer.isTalking())
        {
            final boolean isAnyTaken = bytes.position() > begin;
            keep(peer, half, bytes, isAnyTaken, length);
            if (!isAnyTaken && peer.isTalking())
            {
                allowance.chargeRead(peer, length);
            }
        }
    }

    private ByteBuffer joined(final ForeignHalf half, final ByteBuffer in)
    {
        half.copyTo(joined.clear());
        return joined.put(in).flip();
    }

    /**
     * Step by step, as long as bytes are taken, and what the peer has said lets it in or is not being judged.
     */
    private void decode(final Peer peer, final ByteBuffer in)
    {
        int before = -1;
        while (in.hasRemaining() && in.position() > before && peer.isToGoOn())
        {
            before = in.position();
            step(peer, in);
        }
    }

    private void step(final Peer peer, final ByteBuffer in)
    {
        final int before = in.position();
        final int limit = in.limit();
        messages.begin(peer, in);
        final Object state = protocol.decode(peer, peer.protocolState, in, messages);
        final boolean isBack = in.position() < before;
        final boolean isSound = messages.end(in.position() > before) && !isBack;
        in.limit(limit);
        if (isBack)
        {
            in.position(before);
        }
        if (peer.isTalking())
        {
            peer.protocolState = state;
            if (!isSound)
            {
                protocol.fail(peer, "decode says something, and takes no bytes for it");
            }
        }
    }

    /**
     * Keep what is not taken. As long as it is the same message that is not whole, it is the same object, whose
     * deadline goes on.
     *
     * @param half   what was kept before, or null.
     * @param bytes  what is left, with what was kept before.
     * @param length of what has arrived now.
     */
    private void keep(
        final Peer peer, final ForeignHalf half, final ByteBuffer bytes, final boolean isAnyTaken, final int length)
    {
        if (Peer.JOINING == peer.state && peer.entry.isAsking)
        {
            peer.halfFrame = null;
            peer.entry.hold(bytes);
            io.pauseReading(peer);
            return;
        }
        final int aside = peer.protocolState instanceof Protocol.Partial partial ? partial.heldBytes() : 0;
        if (bytes.remaining() + aside > maxKeptLength)
        {
            departures.leave(peer, CloseReason.PROTOCOL_ERROR, "message not complete after " +
                (bytes.remaining() + aside) + " bytes, at most " + maxKeptLength + " kept");
            return;
        }
        peer.halfFrame = kept(half, bytes, isAnyTaken, length, aside);
        if (half != peer.halfFrame && peer.isOpen())
        {
            curfew.onHalfFrame(peer);
        }
    }

    private HalfFrame kept(
        final ForeignHalf half, final ByteBuffer bytes, final boolean isAnyTaken, final int length, final int aside)
    {
        if (!bytes.hasRemaining() && 0 == aside)
        {
            return null;
        }
        final boolean isSame = null != half && (!isAnyTaken || aside > 0 && half.bytesAside() > 0);
        final ForeignHalf kept = isSame ? half : new ForeignHalf();
        if (isSame && isAnyTaken)
        {
            kept.clear();
        }
        else if (isSame)
        {
            // The rest of it is kept already.
            bytes.position(bytes.limit() - length);
        }
        kept.append(bytes, maxKeptLength);
        kept.bytesAside(aside);
        return kept;
    }

    @Override
    public void probe(final Peer peer)
    {
        if (protocol.probe(peer, peer.nextPingToken(), control))
        {
            ((ForeignOutbound)peer.outbound).ask(lastQuestion.of(control));
        }
    }

    @Override
    public void send(final Peer peer, final ByteBuffer payload, final boolean isText)
    {
        final int reserved = Frame.HEADER_LENGTH + payload.remaining();
        if (protocol.frame(peer, payload, framed) && framed.hasRemaining())
        {
            // Counted whatever the limit: what a protocol puts around messages is bounded with them.
            peer.reserve(Frame.HEADER_LENGTH + framed.remaining() - reserved, Integer.MAX_VALUE);
            io.enqueue(peer, framed);
        }
        else
        {
            peer.release(reserved);
        }
    }

    @Override
    public boolean hasOpening()
    {
        return false;
    }

    @Override
    public void welcome(final Peer peer)
    {
        if (protocol.welcome(peer, control))
        {
            enqueueControl(peer);
        }
    }

    @Override
    public void goodbye(final Peer peer, final CloseReason reason)
    {
        if (protocol.goodbye(peer, reason, control))
        {
            enqueueControl(peer);
        }
    }

    private void enqueueControl(final Peer peer)
    {
        peer.reserve(Frame.HEADER_LENGTH + control.remaining(), Integer.MAX_VALUE);
        io.enqueue(peer, control);
    }
}
