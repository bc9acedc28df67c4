package io.heartwheel;

import io.heartwheel.liveness.Cadence;

import java.net.InetSocketAddress;

/**
 * The state of a connection at one moment. Immutable, and so threadsafe.
 *
 * @param id            of the connection.
 * @param remoteAddress of the peer.
 * @param protocol      that is spoken, as in {@link Connection#protocol()}.
 * @param identity      of the peer, as in {@link Connection#identity()}, or null.
 * @param state         it was in.
 * @param ageNs         since it was opened, in nanoseconds.
 * @param cadence       it was watched by.
 * @param silenceNs     since the peer was heard last, in nanoseconds.
 * @param roundTripNs last round trip, in nanoseconds, or -1 if none has been measured.
 * @param unsentBytes bytes of messages that the kernel has not accepted yet.
 */
public record ConnectionView(
    long id,
    InetSocketAddress remoteAddress,
    String protocol,
    String identity,
    State state,
    long ageNs,
    Cadence cadence,
    long silenceNs,
    long roundTripNs,
    int unsentBytes)
{
    /** {@return index of the reactor that the connection belongs to} */
    public int reactor()
    {
        return Connection.reactorOf(id);
    }

    /**
     * The state of a connection.
     */
    public enum State
    {
        /** The peer is not let in yet. */
        JOINING,

        /** Messages are sent and received, and the peer is watched. */
        OPEN,

        /** A BYE is queued or written, and the last bytes are on their way. */
        LEAVING,

        /** The connection is closed in the next duty cycle. */
        CONDEMNED
    }
}
