package io.heartwheel.fleet;

import java.util.List;

/**
 * The registry of a fleet: which node has a lease, and which connection owns an identity. It is kept outside the nodes,
 * as by Redis, or in memory for nodes of one process.
 * <p>
 * All methods but {@link #close()} are called by one thread at a time. Each blocks for the engine's command timeout at
 * most, and throws {@link EngineException} when the answer is not known: what was asked for may have been done or not,
 * for some of a list and not for others. Each may be repeated without harm. The clock of the registry is the engine's
 * own; no time of a node enters it but ages.
 */
public interface Engine extends AutoCloseable
{
    /**
     * Number of buckets that identities are spread over, a power of two. It is fixed for a fleet: an engine whose
     * registry has another number refuses the lease.
     *
     * @return 1 to 65,536.
     */
    int buckets();

    /**
     * Take a lease, renew it, give it back, or {@link LeaseAction#SHOW}. Whoever does anything but the last reaps the
     * leases of others that have run out. When nobody was heard for more than half a lease, the engine itself stood
     * still, and all deadlines are put off by that. They are put back when the engine's clock went back.
     *
     * @param action       what to do.
     * @param lease        to do it with: {@code boot.n}, never used again after it has ended.
     * @param ttlMs        how long the lease holds from now on.
     * @param knownVersion of the members, as told by the last reply, or 0 to be told them in any case.
     * @param node         name and address of the node, one line.
     * @return how the fleet stands.
     */
    LeaseReply lease(LeaseAction action, String lease, long ttlMs, long knownVersion, String node);

    /**
     * Claim identities for connections that have opened. Of two connections the later opened wins, whenever their
     * claims arrive.
     *
     * @param claims at most 256.
     * @return a reply for each, in their order.
     */
    List<ClaimReply> claim(List<Claim> claims);

    /**
     * Give back what connections own. Nothing happens to the record of another connection.
     *
     * @param releases at most 256.
     */
    void release(List<Release> releases);

    /**
     * Make the records of a bucket what its owner knows to be true: absent ones, and older ones of this node, are
     * written with the lease. Those of others' connections are kept, older ones too, which are for a claim to replace.
     * What was found of other connections is told, whether it was kept or replaced.
     *
     * @param bucket     0 to {@link #buckets()} - 1.
     * @param lease      that this node holds.
     * @param owned      all sessions of this node in the bucket, with their stamps.
     * @param isFull     whether records of this boot that are not in {@code owned} are erased.
     * @param deadlineUs the engine's clock beyond which nothing is done, as this was held up on its way, and the node
     *                   may own something else by now.
     * @return what was found; null if this came after its deadline.
     */
    VerifyReply verify(int bucket, String lease, List<Session> owned, boolean isFull, long deadlineUs);

    /**
     * Erase the records of dead leases from a bucket.
     *
     * @param bucket     0 to {@link #buckets()} - 1.
     * @param deadLeases that have been reaped, or left.
     * @return what was erased.
     */
    List<Session> sweep(int bucket, List<String> deadLeases);

    /**
     * Leases that ended at least this long ago and are not swept yet. What is told to one caller is told again only
     * after that time, so that not all nodes sweep the same.
     *
     * @param olderThanMs age since they were reaped, left, or told by this.
     * @return at most 256 of them, the oldest first.
     */
    List<String> unswept(long olderThanMs);

    /**
     * All buckets have been swept of a lease.
     *
     * @param lease that is done with.
     */
    void swept(String lease);

    /**
     * Look identities up.
     *
     * @param identities at most 256.
     * @return the session of each in their order, null where there is none. Its lease may be dead.
     */
    List<Session> locate(List<String> identities);

    /**
     * All sessions of a bucket.
     *
     * @param bucket 0 to {@link #buckets()} - 1.
     * @return sessions, of dead leases too.
     */
    List<Session> list(int bucket);

    /**
     * Send messages to the inboxes of nodes.
     *
     * @param envelopes at most 256.
     * @return for each whether a node listened. It may lose the message all the same.
     */
    boolean[] publish(List<Envelope> envelopes);

    /**
     * Receive what is sent to the inbox of this boot, from now on, across reconnects.
     *
     * @param boot  of this node.
     * @param inbox told by a thread of the engine's own.
     */
    void subscribe(String boot, Inbox inbox);

    /**
     * Nothing comes to the inbox, though something should: connect it anew. From any thread.
     */
    default void resubscribe()
    {
    }

    /**
     * How often the engine's connection, or that of the inbox, was made anew. When it changes, something may have been
     * missed, and all that is owned has to be verified.
     *
     * @return a count that only grows. From any thread.
     */
    long connects();

    /**
     * What an operator should know of the engine, such as that it evicts records when memory is short.
     *
     * @return lines of text, none if all is well. Asked once after each join.
     */
    List<String> warnings();

    /** Close connections and end threads. From any thread; a call that waits ends with {@link EngineException}. */
    @Override
    void close();
}
