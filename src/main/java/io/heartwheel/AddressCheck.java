package io.heartwheel;

import java.net.InetSocketAddress;

/**
 * Decides by its address whether a peer is let in, before anything is read from it. Behind a proxy that says so
 * ({@code heartwheel.proxy}) it is the address of the client.
 */
@FunctionalInterface
public interface AddressCheck
{
    /**
     * A peer has come. Called on the reactor thread, so it must not block; an exception refuses the peer.
     *
     * @param remoteAddress of the peer.
     * @return null to let it in, or what to tell it in the BYE.
     */
    String refusalOf(InetSocketAddress remoteAddress);
}
