package io.heartwheel;

import io.heartwheel.websocket.OpeningRequest;

/**
 * Decides by the request that opens a WebSocket whether its peer is let in: by its path, query, fields, cookies, or the
 * subprotocols that it asks for. The request is right by then, and its origin is allowed. The peer has been told
 * nothing yet. One that is not let in is answered 403.
 */
@FunctionalInterface
public interface OpeningCheck
{
    /**
     * A request has come. Called on the reactor thread, so it must not block: see {@link CredentialCheck#onCredential}.
     * If there is a {@link CredentialCheck} too, a peer that is admitted is let in by its first message.
     *
     * @param request to answer.
     * @param opening what the peer has sent. It is the peer's text, so neither decoded nor safe to print.
     */
    void onOpening(AdmissionRequest request, OpeningRequest opening);
}
