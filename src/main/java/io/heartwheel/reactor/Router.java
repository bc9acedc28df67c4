package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.wire.Foreign;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;

/**
 * Hands events of the sockets and the clock to the parts that they concern. It is made before those parts, as they need
 * the sockets and the clock themselves.
 */
final class Router implements SocketHandler, AttendedClock.Handler
{
    private Gate gate;
    private Endpoint endpoint;
    private SocketIo io;
    private Judge judge;
    private Curfew curfew;
    private Allowance allowance;
    private Departures departures;
    private GuardedListener listener;
    private Journal journal;

    /**
     * The parts are made, and no event has come yet.
     */
    void start(
        final Gate gate,
        final Endpoint endpoint,
        final SocketIo io,
        final Judge judge,
        final Curfew curfew,
        final Allowance allowance,
        final Departures departures,
        final GuardedListener listener,
        final Journal journal)
    {
        this.gate = gate;
        this.endpoint = endpoint;
        this.io = io;
        this.judge = judge;
        this.curfew = curfew;
        this.allowance = allowance;
        this.departures = departures;
        this.listener = listener;
        this.journal = journal;
    }

    /**
     * The socket of a connection is ready. What is thrown while it is handled is a fault of that connection.
     */
    void onReady(final Peer peer, final SelectionKey key)
    {
        try
        {
            final int readyOps = key.readyOps();
            if (0 != (readyOps & SelectionKey.OP_READ))
            {
                io.read(peer);
            }
            if (0 != (readyOps & SelectionKey.OP_WRITE) && peer.state <= Peer.LEAVING)
            {
                io.flush(peer);
            }
        }
        catch (final Throwable ex)
        {
            onFault(peer, ex);
        }
    }

    @Override
    public void onSample(final long nowNs)
    {
        judge.onSample(nowNs);
    }

    @Override
    public void onStall(final long stallNs)
    {
        judge.onStall();
        allowance.onStall(stallNs);
        listener.onStall();
        journal.onStall(stallNs);
        endpoint.onStall();
    }

    @Override
    public void onArriving(final Peer peer)
    {
        gate.onArriving(peer);
    }

    @Override
    public void onBytes(final Peer peer, final ByteBuffer bytes)
    {
        peer.dialect.onBytes(peer, bytes);
    }

    @Override
    public void onNothing(final Peer peer, final int length)
    {
        peer.hasSpoken = true;
        if (peer.isOpen())
        {
            judge.onHeard(peer);
        }
        allowance.chargeRead(peer, length);
    }

    @Override
    public void onRecords(final Peer peer)
    {
        allowance.chargeSilentRecords(peer, peer.tls.silentRecords());
        curfew.onRecords(peer, peer.tls.hasRecordBegun());
    }

    @Override
    public void onForeign(final Peer peer, final Foreign foreign)
    {
        departures.condemn(peer, CloseReason.PROTOCOL_ERROR, endpoint.textOf(peer, foreign));
    }

    @Override
    public void onEnd(final Peer peer, final CloseReason reason, final String detail)
    {
        departures.condemn(peer, reason, detail);
    }

    @Override
    public void onFailure(final Peer peer, final IOException ex)
    {
        departures.onFailure(peer, ex);
    }

    @Override
    public void onFault(final Peer peer, final Throwable ex)
    {
        departures.onFault(peer, ex);
    }

    @Override
    public void onFlushed(
        final Peer peer, final int sent, final boolean progressed, final boolean isCut)
    {
        judge.onFlushed(peer, sent, progressed, isCut);
    }

    @Override
    public void onLastBytesWritten(final Peer peer)
    {
        departures.onLastBytesWritten(peer);
    }
}
