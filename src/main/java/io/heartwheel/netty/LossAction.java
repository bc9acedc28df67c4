package io.heartwheel.netty;

/**
 * What happens to the channel of a peer that is gone, after {@link PeerLostEvent} was fired.
 */
public enum LossAction
{
    /** It is closed at once, without a goodbye: no handler writes a last message, such as a close_notify of TLS. */
    CLOSE,

    /**
     * Nothing: the application closes it when it likes. As long as it is open it is watched, and the event is fired
     * again after each further detection time.
     */
    EVENT_ONLY
}
