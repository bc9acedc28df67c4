package io.heartwheel.reactor;

import io.heartwheel.wire.Hello;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * What is kept for a connection that is JOINING, until its peer is let in.
 */
final class Entry
{
    private static final long OURS_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /**
     * The part of the PROXY header that has come, or null if none is expected (any more).
     */
    ByteBuffer proxyHeader;
    /**
     * Bytes of a PROXY header still to be skipped. What counts of it has been read.
     */
    int proxyRest;
    /**
     * The HELLO is queued. From here on the peer speaks in frames.
     */
    boolean isGreeted;
    /**
     * The first bytes of the peer are to show which protocol it speaks, and it counts as mute from {@link #muteNs} on.
     */
    boolean isSniffing;
    long muteNs;
    /**
     * A proxy that is trusted has connected, and tells the address of its client by a request. That is judged then.
     */
    boolean isForwarded;
    /**
     * What opens the connection, as far as it has come; null if the protocol has no such thing.
     */
    Opening opening;
    /**
     * The cadence that the peer asked for while it was JOINING, or null.
     */
    Hello asked;
    /**
     * The first message has come, and asks to let the peer in.
     */
    boolean isAsking;
    /**
     * Bytes that came behind the first message, or null. They are handled once the peer is let in.
     */
    ByteBuffer held;

    /**
     * When the peer has to be let in. The time for which it waited for the reactor is added.
     */
    long deadlineNs;
    /**
     * The peer waits for the reactor: for a task of its TLS handshake, or for its turn. Its time is not up then.
     */
    boolean isOurs;
    private long oursSinceNs;
    private long oursNs;

    /**
     * Keep what came behind the first message, until the peer is let in.
     *
     * @param rest is taken.
     */
    void hold(final ByteBuffer rest)
    {
        held = rest.hasRemaining() ? ByteBuffer.allocate(rest.remaining()).put(rest).flip() : null;
    }

    /**
     * The peer begins to wait for the reactor, unless it does already.
     */
    void awaitUs(final long nowNs)
    {
        if (!isOurs)
        {
            isOurs = true;
            oursSinceNs = nowNs;
        }
    }

    /**
     * The peer no longer waits for the reactor. The time for which it did is not held against it.
     */
    void goOn(final long nowNs)
    {
        if (isOurs)
        {
            isOurs = false;
            oursNs += nowNs - oursSinceNs;
        }
    }

    /**
     * Time after which to look at the peer again.
     *
     * @return time in nanoseconds; 0 or less if the time of the peer is up.
     */
    long leftNs(final long nowNs)
    {
        return isOurs ? OURS_NS : deadlineNs + oursNs - nowNs;
    }

    int heldBytes()
    {
        return (null == proxyHeader ? 0 : proxyHeader.capacity()) + (null == held ? 0 : held.capacity()) +
            (null == opening ? 0 : opening.head.capacity());
    }

    /**
     * What the peer has not done yet, for the BYE.
     */
    String missing()
    {
        if (null != proxyHeader)
        {
            return "no PROXY header";
        }
        if (!isGreeted)
        {
            return "TLS handshake not complete";
        }
        if (null != opening && null == opening.request)
        {
            return "request not complete";
        }
        return isAsking ? "its credential was not answered" : "nothing said that lets it in";
    }
}
