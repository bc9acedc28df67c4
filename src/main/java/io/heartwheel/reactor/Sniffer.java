package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Foreign;
import io.heartwheel.wire.ForeignHalf;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;
import io.heartwheel.wire.Outbound;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Stands for the protocol of a peer that has not shown it yet, where there are several: nothing is said to the peer.
 * Its first bytes tell which one it is.
 */
final class Sniffer implements Peer.Dialect
{
    static final String NAME = "unknown";
    /** The head of an HTTP request, which tells most, is recognised by far less. */
    private static final int MAX_LENGTH = 1024;
    private static final int SHOWN_LENGTH = 4;

    private final List<GuardedProtocol> protocols;
    private final List<Peer.Dialect> dialects;
    private final Allowance allowance;
    private final Departures departures;
    private final Endpoint endpoint;
    private final Gate gate;
    private final ByteBuffer joined = ByteBuffer.allocate(MAX_LENGTH + SocketIo.BUFFER_LENGTH);

    /**
     * @param protocols that are asked in turn.
     * @param dialects  by which each of them is spoken.
     */
    Sniffer(
        final List<GuardedProtocol> protocols,
        final List<Peer.Dialect> dialects,
        final Allowance allowance,
        final Departures departures,
        final Endpoint endpoint,
        final Gate gate)
    {
        this.protocols = protocols;
        this.dialects = dialects;
        this.allowance = allowance;
        this.departures = departures;
        this.endpoint = endpoint;
        this.gate = gate;
    }

    @Override
    public String name()
    {
        return NAME;
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
        throw notYet();
    }

    @Override
    public void probe(final Peer peer)
    {
        throw notYet();
    }

    @Override
    public void send(final Peer peer, final ByteBuffer payload, final boolean isText)
    {
        throw notYet();
    }

    @Override
    public boolean hasOpening()
    {
        return false;
    }

    @Override
    public void welcome(final Peer peer)
    {
        throw notYet();
    }

    private static IllegalStateException notYet()
    {
        return new IllegalStateException("the protocol is not known yet");
    }

    @Override
    public void goodbye(final Peer peer, final CloseReason reason)
    {
        // The peer would not understand it.
    }

    @Override
    public void onBytes(final Peer peer, final ByteBuffer in)
    {
        peer.hasSpoken = true;
        final int length = in.remaining();
        final ForeignHalf half = (ForeignHalf)peer.halfFrame;
        final ByteBuffer first = null == half ? in : joined(half, in);
        for (int i = 0; i < protocols.size(); i++)
        {
            switch (protocols.get(i).greet(first))
            {
                case MINE ->
                {
                    choose(peer, dialects.get(i), first);
                    return;
                }
                case MORE ->
                {
                    keep(peer, null == half ? new ForeignHalf() : half, first, length);
                    return;
                }
                default ->
                {
                }
            }
        }
        departures.leave(peer, CloseReason.PROTOCOL_ERROR, textOf(peer, first));
    }

    private ByteBuffer joined(final ForeignHalf half, final ByteBuffer in)
    {
        half.copyTo(joined.clear());
        return joined.put(in).flip();
    }

    private void choose(final Peer peer, final Peer.Dialect dialect, final ByteBuffer first)
    {
        peer.halfFrame = null;
        peer.speak(dialect);
        gate.onRecognized(peer);
        if (peer.isTalking())
        {
            dialect.onBytes(peer, first);
        }
    }

    private void keep(final Peer peer, final ForeignHalf half, final ByteBuffer first, final int length)
    {
        if (first.remaining() > MAX_LENGTH)
        {
            departures.leave(peer, CloseReason.PROTOCOL_ERROR, textOf(peer, first));
            return;
        }
        // What came before is kept already.
        half.append(first.position(first.limit() - length), MAX_LENGTH);
        peer.halfFrame = half;
        allowance.chargeRead(peer, length);
    }

    private String textOf(final Peer peer, final ByteBuffer first)
    {
        final Foreign foreign =
            first.remaining() < Frame.HEADER_LENGTH ? null : Foreign.of(Foreign.firstWord(null, first));
        if (null != foreign)
        {
            return endpoint.textOf(peer, foreign);
        }
        final StringBuilder text = new StringBuilder("begins with");
        for (int i = 0; i < Math.min(SHOWN_LENGTH, first.remaining()); i++)
        {
            text.append(String.format(" %02x", first.get(first.position() + i)));
        }
        return text.append(", which is of no protocol here").toString();
    }
}
