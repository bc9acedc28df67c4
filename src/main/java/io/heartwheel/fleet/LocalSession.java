package io.heartwheel.fleet;

/**
 * A connection of this node that has an identity. It is linked into its bucket and, while the engine does not know what
 * it should, into the list of the dirty: both links are fields, so that each costs no object. Guarded by the lock of
 * {@link Sessions}, but for what is final.
 */
final class LocalSession
{
    final String identity;
    final long connection;
    final long openedNs;
    final int bucket;
    LocalSession nextOfBucket;
    LocalSession previousOfBucket;
    LocalSession nextDirty;
    LocalSession previousDirty;
    /** Its fencing token, or 0 while the engine has given none. */
    long stampUs;
    boolean isDirty;
    /** The engine may have a record of it. */
    boolean isSent;
    /** No older connection was found to have the identity. */
    boolean isChecked;
    /** It was found with another, of which it is not known whether it lives. Of the node's thread. */
    boolean isInDoubt;
    /** The connection has ended, or has another identity. */
    boolean isGone;
    /** Another connection has the identity, and this one is being closed. */
    boolean isLost;

    LocalSession(final String identity, final long connection, final long openedNs, final int bucket)
    {
        this.identity = identity;
        this.connection = connection;
        this.openedNs = openedNs;
        this.bucket = bucket;
    }

    boolean isWanted()
    {
        return !isGone && !isLost;
    }

    Claim claim(final String lease, final long nowNs, final long deadlineUs)
    {
        return new Claim(
            identity, lease, connection, Math.max(0, nowNs - openedNs) / 1_000, deadlineUs, stampUs);
    }

    Session session(final String lease)
    {
        return new Session(identity, lease, connection, stampUs);
    }
}
