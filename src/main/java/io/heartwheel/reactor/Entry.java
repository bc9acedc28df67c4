package io.heartwheel.reactor;

import io.heartwheel.wire.Hello;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * What is kept of a connection that is JOINING, until it is let in.
 */
final class Entry
{
    private static final long OURS_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /**
     * What has come of the PROXY header, or null if none is expected (any more).
     */
    ByteBuffer proxyHeader;
    /**
     * How many bytes of a PROXY header, of which all that counts is read, are still to be skipped.
     */
    int proxyRest;
    /**
     * The HELLO was queued: from here on frames are spoken.
     */
    boolean isGreeted;
    /**
     * The cadence that the peer asked for meanwhile, or null.
     */
    Hello asked;
    /**
     * Its first message has come, and asks to be let in.
     */
    boolean isAsking;
    /**
     * What came behind the first message, to be handled once the peer is let in, or null.
     */
    ByteBuffer held;

    /**
     * When it has to be let in, what it waited for us left out.
     */
    long deadlineNs;
    /**
     * It waits for us: for a task of its TLS handshake, or for its turn. Its time is not up then.
     */
    boolean isOurs;
    private long oursSinceNs;
    private long oursNs;

    /**
     * It begins to wait for us, unless it does already.
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
     * It waits for us no more: the time for which it did is not held against it.
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
     * Time after which to look at it again: it waits for us, or has not had all of its time.
     *
     * @return 0 or less if its time is up.
     */
    long leftNs(final long nowNs)
    {
        return isOurs ? OURS_NS : deadlineNs + oursNs - nowNs;
    }

    int heldBytes()
    {
        return (null == proxyHeader ? 0 : proxyHeader.capacity()) + (null == held ? 0 : held.capacity());
    }

    /**
     * What the handshake lacks.
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
        return isAsking ? "its credential was not answered" : "nothing said that lets it in";
    }
}
