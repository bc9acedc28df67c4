package io.heartwheel.reactor;

import io.heartwheel.websocket.HttpHead;
import io.heartwheel.websocket.OpeningRequest;

/**
 * What is kept for a connection that is JOINING by WebSocket: the request, as far as it has come.
 */
final class Opening
{
    final HttpHead head = HttpHead.ofRequest();
    /** Null until it is whole and right. */
    OpeningRequest request;
    /** That is spoken, or null. */
    String subprotocol;
    /** By which a page asks to be spoken to, or null. */
    String pageToken;
}
