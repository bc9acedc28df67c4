package io.heartwheel;

import javax.net.ssl.SSLSession;
import java.net.InetSocketAddress;

/**
 * A peer that waits to be let in. The first answer counts, unless the call of the check that was asked ends by an
 * exception: then the peer is refused. An answer that comes after the peer has gone or was sent away is of no effect.
 * Threadsafe.
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
     * TLS as it was agreed on, with the certificates of the peer if it was asked for them.
     *
     * @return the session, or null without TLS.
     */
    SSLSession tlsSession();

    /**
     * The number that the connection will have.
     *
     * @return generation and slot.
     */
    long connectionId();

    /**
     * Let the peer in.
     */
    void admit();

    /**
     * Let the peer in.
     *
     * @param attachment that {@link Connection#attachment()} is to be, such as who it is.
     */
    void admit(Object attachment);

    /**
     * Send the peer away with {@link CloseReason#REFUSED}.
     *
     * @param text to tell it in the BYE.
     */
    void refuse(String text);
}
