package io.heartwheel.netty;

/**
 * A peer would have been given up, but bytes of it wait that this application does not read: its auto-read is off. It
 * is not silent, this end is slow. {@link LivenessHandler} fires it through the pipeline, for
 * {@code userEventTriggered}, at most once in each detection time.
 * <p>
 * Immutable, and so threadsafe.
 *
 * @param silenceNs time in ns since bytes of the peer were read last.
 */
public record PeerSparedEvent(long silenceNs)
{
}
