package io.heartwheel.reactor;

/**
 * The part of a {@link Peer} that tells what it was asked and told, and how long the last answer took.
 */
abstract class Questions
{
    private static final long NOT_MEASURED = -1;

    boolean isProbeDue;
    /** The last PING was a probe. */
    boolean isProbed;
    /** The token of the last PING when {@link QuietPings} looked. */
    byte pingTokenSeen;
    /** A message was sent since the {@link PageSpeaker} looked last. */
    boolean wasToldLately;
    private byte pingToken;
    private long pingSentNs;
    private long roundTripNs = NOT_MEASURED;

    /** See {@link io.heartwheel.Connection#roundTripNs()}. */
    public long roundTripNs()
    {
        return roundTripNs;
    }

    final byte nextPingToken()
    {
        return ++pingToken;
    }

    final byte pingToken()
    {
        return pingToken;
    }

    final void pingSent(final long nowNs)
    {
        pingSentNs = nowNs;
        isProbed = isProbeDue;
        isProbeDue = false;
    }

    /**
     * A PONG arrived: the round trip in nanoseconds if it answers the last PING, or -1.
     */
    final long pongReceived(final byte token, final long nowNs)
    {
        if (token != pingToken || 0 == pingSentNs)
        {
            return NOT_MEASURED;
        }
        roundTripNs = nowNs - pingSentNs;
        pingSentNs = 0;
        return roundTripNs;
    }
}
