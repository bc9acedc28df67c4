package io.heartwheel;

import java.net.InetSocketAddress;

/**
 * Decides by its address whether a peer is let in, before anything is read from it. Behind a trusted proxy ({@code
 * heartwheel.proxy}) that is the address of the client.
 */
@FunctionalInterface
public interface AddressCheck
{
    /**
     * A peer has come. Called on the reactor thread, so it must not block. An exception refuses the peer and goes to
     * the error handler.
     *
     * @param remoteAddress of the peer.
     * @return null to let the peer in, else the text of the BYE that it is told.
     */
    String refusalOf(InetSocketAddress remoteAddress);
}
