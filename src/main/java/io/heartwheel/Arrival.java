package io.heartwheel;

import io.heartwheel.wire.Hello;

import java.nio.ByteBuffer;

/**
 * What is kept of a connection that is JOINING, until it is let in.
 */
final class Arrival
{
    /**
     * What has come of the PROXY header, or null if none is expected (any more).
     */
    ByteBuffer proxyHeader;
    /**
     * The HELLO was queued: from here on frames are spoken.
     */
    boolean isGreeted;
    /**
     * The cadence that the peer asked for meanwhile, or null.
     */
    Hello asked;
    /**
     * What its first message asks for, or null if that has not come.
     */
    AdmissionRequest request;
    /**
     * What came behind the first message, to be handled once the peer is let in, or null.
     */
    ByteBuffer held;

    /**
     * It waits for us: for a task of its TLS handshake, or for its turn. Its time is not up then.
     */
    boolean isOurs;

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
        return null == request ? "nothing said that lets it in" : "its credential was not answered";
    }
}
