package io.heartwheel.simulation;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Frame;

import javax.net.ssl.SSLContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * What a peer does to be let in: the right thing, or one of the wrong ones.
 */
final class Entrance
{
    /** What anything that has to be said at a door is longer than. */
    private static final int ENTERING_LENGTH_MIN = 40;
    private static final byte[] NONSENSE = {1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1};
    private static final long SENT_AWAY_NS = 5_000_000_000L;
    private static final long NEXT_TRY_NS = 400_000_000;
    private static final long NEXT_BYTE_NS = 300_000_000;
    private static final int KEYS_AT_ONCE = 10;
    private static final long NEXT_KEYS_NS = 100_000_000;
    private static final long NEW_KEYS_NS = 20_000_000_000L;
    private static final int HOARDED_LENGTH = 55_000;

    private final SimulatedPeer peer;
    private final Cadence cadence;
    private final Doors doors;
    private final SSLContext tlsContext;
    /** What is left of a TLS record that comes byte by byte. */
    private final ByteQueue record = new ByteQueue();

    Entrance(final SimulatedPeer peer, final Cadence cadence, final Doors doors, final SSLContext tlsContext)
    {
        this.cadence = cadence;
        this.peer = peer;
        this.doors = doors;
        this.tlsContext = tlsContext;
    }

    /**
     * Say what has to be said before it is let in.
     */
    void enter() throws IOException
    {
        if (peer.kind.isKeptOut())
        {
            peer.expect(peer.kind.reasons());
            due(PeerKind.NONSENSE == peer.kind ? 0 : Doors.HANDSHAKE_NS);
        }
        if (PeerKind.NONSENSE == peer.kind)
        {
            peer.writeRaw(ByteBuffer.wrap(NONSENSE));
            return;
        }
        if (PeerKind.HALF_ENTERED == peer.kind)
        {
            peer.leftLength = peer.random.nextInt(ENTERING_LENGTH_MIN);
        }
        if (doors.isProxy())
        {
            peer.writeRaw(Doors.proxyHeader(((InetSocketAddress)peer.channel.getLocalAddress()).getPort()));
        }
        if (doors.isTls())
        {
            peer.secure(new PeerTls(tlsContext));
        }
        if (doors.isCredential())
        {
            peer.send(Frame.DATA, Doors.credential(peer.kind, peer.random));
        }
    }

    /**
     * What it does once it has been let in, and its TLS is established.
     */
    void whenIn() throws IOException
    {
        if (null == peer.watch || null != peer.tls && !peer.tls.isEstablished())
        {
            peer.after(NEXT_TRY_NS, this::whenIn);
            return;
        }
        switch (peer.kind)
        {
            case NEW_KEYS ->
            {
                peer.due(peer.time.elapsedNs(), NEW_KEYS_NS);
                floodKeys();
            }
            case HALF_RECORD ->
            {
                peer.isHung = true;
                dueWithFrame();
                peer.tls.write(ByteBuffer.allocate(SimulatedPeer.DRIBBLED_LENGTH), record);
                dribbleRecord();
            }
            default ->
            {
                dueWithFrame();
                hoard();
            }
        }
    }

    /**
     * A peer that was silent for a while is found speaking by the next look.
     */
    private void dueWithFrame()
    {
        due(Doors.frameNs(cadence) + Math.max(cadence.idleNs(), peer.watch.connection.cadence().idleNs()));
    }

    private void due(final long withinNs)
    {
        peer.due(peer.time.elapsedNs(), withinNs + SENT_AWAY_NS);
    }

    private void floodKeys() throws IOException
    {
        for (int i = 0; i < KEYS_AT_ONCE; i++)
        {
            peer.newKeys();
        }
        peer.after(NEXT_KEYS_NS, this::floodKeys);
    }

    private void dribbleRecord() throws IOException
    {
        final ByteBuffer one = ByteBuffer.allocate(1);
        record.take(one);
        peer.writeRaw(one.flip());
        peer.after(NEXT_BYTE_NS, this::dribbleRecord);
    }

    /**
     * Most of a frame, the rest of which comes too slowly.
     */
    private void hoard() throws IOException
    {
        peer.dribbled = 1;
        final ByteBuffer most = ByteBuffer.allocate(HOARDED_LENGTH);
        Frame.putHeader(most, Frame.DATA, 0, HOARDED_LENGTH + SimulatedPeer.DRIBBLED_LENGTH);
        peer.write(most.rewind());
    }
}
