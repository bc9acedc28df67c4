package io.heartwheel;

import io.heartwheel.websocket.OpeningRequest;

import javax.net.ssl.SSLSession;
import java.net.InetSocketAddress;

/**
 * A peer that waits to be let in. The first answer counts. If the check that was asked throws, no answer counts and the
 * peer is refused. An answer for a peer that has gone or was sent away has no effect.
 * <p>
 * Threadsafe: the answer may come from any thread.
 */
public interface AdmissionRequest
{
    /**
     * The address of the peer.
     *
     * @return the address.
     */
    InetSocketAddress remoteAddress();

    /**
     * The protocol that the peer speaks.
     *
     * @return its name, as in {@link Connection#protocol()}.
     */
    String protocol();

    /**
     * TLS as it was agreed on. It has the certificates of the peer, if the server asks for them.
     *
     * @return the session, or null without TLS.
     */
    SSLSession tlsSession();

    /**
     * The request that opened the WebSocket.
     *
     * @return the request, or null where another protocol is spoken. It is the peer's text, so neither decoded nor safe
     * to print.
     */
    OpeningRequest opening();

    /**
     * The subprotocol of WebSocket that is spoken: see {@link WebSocketContext#subprotocols(String...)}.
     *
     * @return one that both ends speak, or null for none.
     */
    String subprotocol();

    /**
     * The number that the connection will have.
     *
     * @return generation (upper 32 bits) and slot (lower 32 bits), as in {@link Connection#id()}.
     */
    long connectionId();

    /**
     * Let the peer in.
     */
    void admit();

    /**
     * Let the peer in, and attach something to its connection.
     *
     * @param attachment of the connection, such as who the peer is; see {@link Connection#attachment()}.
     */
    void admit(Object attachment);

    /**
     * Let the peer in, attach something to its connection, and say who it is. What a HELLO said of that before does not
     * count.
     *
     * @param attachment of the connection, or null.
     * @param identity   of the peer: {@code user} or {@code user/device}; see {@link Connection#identity()}.
     * @throws IllegalArgumentException if that is no identity: it is empty, longer than 128 bytes of UTF-8, or has
     *                                  control characters. The peer is not answered then.
     */
    void admit(Object attachment, String identity);

    /**
     * Send the peer away with {@link CloseReason#REFUSED}.
     *
     * @param text that the peer is told: of the BYE, of the CLOSE, or of the answer 403 to the request that opens a
     *             WebSocket.
     */
    void refuse(String text);
}
