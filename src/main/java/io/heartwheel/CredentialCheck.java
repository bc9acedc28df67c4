package io.heartwheel;

import java.nio.ByteBuffer;

/**
 * Decides by its first message whether a peer is let in. Until then the listener does not hear of it.
 */
@FunctionalInterface
public interface CredentialCheck
{
    /**
     * The first message of a peer has come. Called on the reactor thread, so it must not block: who has to ask
     * somewhere hands the request on, and answers from any thread. Without an answer within
     * {@code heartwheel.handshake.timeout} of the connect, the peer is sent away with
     * {@link CloseReason#HANDSHAKE_TIMEOUT}; an exception refuses it, whatever was answered before.
     *
     * @param request    to answer.
     * @param credential from its position to its limit, valid during this call only.
     */
    void onCredential(AdmissionRequest request, ByteBuffer credential);
}
