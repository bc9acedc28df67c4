package io.heartwheel.fleet;

import java.util.concurrent.CompletableFuture;

/**
 * A message on its way to the inbox of a node.
 *
 * @param envelope to send.
 * @param outcome  completed with what became of it, or null if nobody wants to know. Such a one is sent again if the
 *                 engine does not answer.
 */
record Outgoing(Envelope envelope, CompletableFuture<SendOutcome> outcome)
{
    void complete(final SendOutcome reached)
    {
        if (null != outcome)
        {
            outcome.complete(reached);
        }
    }
}
