package io.heartwheel.netty;

import io.netty.channel.Channel;

/**
 * Makes the question that is asked of a silent peer, in the application's own protocol. Any answer will do: whatever
 * bytes come from the peer show that it lives.
 */
@FunctionalInterface
public interface Probe
{
    /**
     * The question to a peer. It is written to the tail of the pipeline, so every encoder and TLS apply, and flushed.
     * The wait for an answer begins when the write has succeeded.
     *
     * @param channel of the peer, on its event loop.
     * @return a new message for this channel, or null to ask nothing this time. A wait that nothing was asked in counts
     *         as if the peer had been asked.
     */
    Object probe(Channel channel);
}
