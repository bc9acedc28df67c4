package io.heartwheel;

import io.heartwheel.liveness.Cadence;

import java.net.InetSocketAddress;

/**
 * How a connection stood at one moment. Threadsafe, as it does not change.
 *
 * @param id            of the connection.
 * @param remoteAddress of the peer.
 * @param state         it was in.
 * @param ageNs         since it was opened, in nanoseconds.
 * @param cadence       it was watched by.
 * @param silenceNs     since the peer was heard last, in nanoseconds.
 * @param roundTripNs   last measured, in nanoseconds, or -1 if none has been.
 * @param unsentBytes   of messages, that the kernel has not taken yet.
 */
public record ConnectionView(
    long id,
    InetSocketAddress remoteAddress,
    State state,
    long ageNs,
    Cadence cadence,
    long silenceNs,
    long roundTripNs,
    int unsentBytes)
{
    /**
     * Where a connection is on its way.
     */
    public enum State
    {
        /** It is not let in yet. */
        JOINING,

        /** Messages are sent and received, and the peer is watched. */
        OPEN,

        /** BYE was said, and the last bytes are on their way. */
        LEAVING,

        /** To be closed in the next duty cycle. */
        CONDEMNED
    }
}
