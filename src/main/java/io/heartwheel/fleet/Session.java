package io.heartwheel.fleet;

/**
 * The record of an identity that is connected. Lease and connection together name a connection for ever: a lease begins
 * with the boot of its node, which is random, and a node never gives the number of a connection twice.
 *
 * @param identity   of the client: {@code user}, or {@code user/device}.
 * @param lease      of the node that has the connection: {@code boot.n}.
 * @param connection number of the connection in that boot.
 * @param stampUs    when the connection was opened, by the engine's clock in microseconds: the fencing token. A
 *                   registry never replaces a stamp by a lesser one.
 */
public record Session(String identity, String lease, long connection, long stampUs)
{
    /**
     * The random name of one start of a node, as it is in its leases.
     *
     * @param lease {@code boot.n}.
     * @return what is before the point.
     */
    public static String bootOf(final String lease)
    {
        final int point = lease.indexOf('.');
        return point < 0 ? lease : lease.substring(0, point);
    }

    /** {@return the boot of the node that has the connection} */
    public String boot()
    {
        return bootOf(lease);
    }

    /**
     * Is it of this connection, whatever the lease of its node is now?
     *
     * @param boot       of a node.
     * @param connection its number there.
     * @return true if so.
     */
    public boolean isOf(final String boot, final long connection)
    {
        return connection == this.connection && boot().equals(boot);
    }
}
