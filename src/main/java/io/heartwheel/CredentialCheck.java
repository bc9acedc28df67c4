package io.heartwheel;

import java.nio.ByteBuffer;

/**
 * Decides by its first message whether a peer is let in. The listener does not hear of the peer before.
 */
@FunctionalInterface
public interface CredentialCheck
{
    /**
     * The first message of a peer has come. Called on the reactor thread, so it must not block. A check that has to ask
     * elsewhere hands the request on, and answers from any thread. A peer that has no answer within {@code
     * heartwheel.handshake.timeout} of its connect is sent away with {@link CloseReason#HANDSHAKE_TIMEOUT}. An
     * exception refuses the peer, whatever was answered before.
     *
     * @param request    to answer.
     * @param credential from its position to its limit; valid during this call only.
     */
    void onCredential(AdmissionRequest request, ByteBuffer credential);
}
