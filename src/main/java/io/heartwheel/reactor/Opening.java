package io.heartwheel.reactor;

import io.heartwheel.websocket.ClientOpening;
import io.heartwheel.websocket.HttpHead;
import io.heartwheel.websocket.OpeningRequest;

/**
 * What is kept for a connection that is JOINING by HTTP: the request of a client, or the answer to ours, as far as it
 * has come.
 */
final class Opening
{
    final HttpHead head;
    /** What we asked for; null at a server, and for a tunnel. */
    final ClientOpening asked;
    /** Null until it is whole and right, and at a client. */
    OpeningRequest request;
    /** That is spoken, or null. */
    String subprotocol;
    /** By which a page asks to be spoken to, or null. */
    String pageToken;

    private Opening(final HttpHead head, final ClientOpening asked)
    {
        this.head = head;
        this.asked = asked;
    }

    /**
     * A request is to come.
     */
    static Opening ofRequest()
    {
        return new Opening(HttpHead.ofRequest(), null);
    }

    /**
     * An answer is to come.
     *
     * @param asked what it has to answer, or null for a tunnel.
     */
    static Opening ofAnswer(final ClientOpening asked)
    {
        return new Opening(HttpHead.ofAnswer(), asked);
    }
}
