package io.heartwheel.fleet;

import org.agrona.collections.Long2ObjectHashMap;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The connections of this node that have an identity, and which of them the engine has to be told of. What waits for
 * the engine is no queue of what happened, but a set: a connection is in it once, and one that ends before the engine
 * heard of it is not told at all. So it is bounded by the connections. Only releases outlive their connection, in a
 * list with a limit; beyond it, the buckets have to be verified.
 * <p>
 * Threadsafe. The lock is held for steps of a few operations by a reactor, and for a batch by the node's thread.
 */
final class Sessions
{
    private final int maxReleases;
    private final LocalSession[] buckets;
    private final Long2ObjectHashMap<LocalSession> byConnection = new Long2ObjectHashMap<>();
    private final ArrayDeque<LocalSession> releases = new ArrayDeque<>();
    private LocalSession firstDirty;
    private LocalSession lastDirty;
    private int dirtyCount;
    private boolean isOverflown;

    Sessions(final int buckets, final int maxReleases)
    {
        this.buckets = new LocalSession[buckets];
        this.maxReleases = maxReleases;
    }

    /** A connection has an identity. If it had another one, it has that no more. */
    synchronized void open(final String identity, final long connection, final long openedNs)
    {
        final LocalSession before = byConnection.get(connection);
        if (null == before || !before.identity.equals(identity))
        {
            gone(connection);
            final LocalSession session = new LocalSession(
                identity, connection, openedNs, Buckets.of(identity, buckets.length));
            byConnection.put(connection, session);
            linkToBucket(session);
            dirty(session);
        }
    }

    /**
     * A connection has ended. One that was taken over is released too: that it was may have been told so late that it
     * had been written again, as the other had gone by then.
     */
    synchronized void gone(final long connection)
    {
        final LocalSession session = byConnection.remove(connection);
        if (null != session)
        {
            session.isGone = true;
            unlinkFromBucket(session);
            clean(session);
            if (session.isSent)
            {
                release(session);
            }
        }
    }

    synchronized int size()
    {
        return byConnection.size();
    }

    /** {@return number of those, and of releases, that the engine has to be told of} */
    synchronized int waiting()
    {
        return dirtyCount + releases.size();
    }

    synchronized LocalSession find(final long connection)
    {
        return byConnection.get(connection);
    }

    /** {@return whether a connection is open and owns its identity by this stamp} */
    synchronized LocalSession owner(final long connection, final long stampUs)
    {
        final LocalSession session = byConnection.get(connection);
        return null != session && session.isWanted() && stampUs == session.stampUs ? session : null;
    }

    /**
     * Take those that the engine has to be told of. It may have a record of them from now on.
     *
     * @param isOfOneKind whether they are to be all checked or all unchecked, as the first of them is.
     */
    synchronized List<LocalSession> takeDirty(final int limit, final boolean isOfOneKind)
    {
        final List<LocalSession> taken = new ArrayList<>();
        final boolean isFirstChecked = null != firstDirty && isChecked(firstDirty);
        while (null != firstDirty && taken.size() < limit &&
            (!isOfOneKind || isFirstChecked == isChecked(firstDirty)))
        {
            firstDirty.isSent = true;
            taken.add(firstDirty);
            clean(firstDirty);
        }
        return taken;
    }

    /** {@return whether a session may be claimed though older ones win} */
    static boolean isChecked(final LocalSession session)
    {
        return session.isChecked || 0 != session.stampUs;
    }

    /** The engine has to be told of a session, for the first time or again. */
    synchronized void dirty(final LocalSession session)
    {
        if (!session.isDirty && session.isWanted())
        {
            session.isDirty = true;
            ++dirtyCount;
            session.previousDirty = lastDirty;
            if (null == lastDirty)
            {
                firstDirty = session;
            }
            else
            {
                lastDirty.nextDirty = session;
            }
            lastDirty = session;
        }
    }

    /** The engine knows a session by this stamp. */
    synchronized void won(final LocalSession session, final long stampUs)
    {
        session.stampUs = stampUs;
    }

    /** {@return false if it had ended, or was lost before} */
    synchronized boolean lose(final LocalSession session)
    {
        final boolean isFirst = session.isWanted();
        session.isLost = true;
        clean(session);
        return isFirst;
    }

    /** {@return what is owned in a bucket} */
    synchronized List<LocalSession> owned(final int bucket)
    {
        final List<LocalSession> owned = new ArrayList<>();
        for (LocalSession each = buckets[bucket]; null != each; each = each.nextOfBucket)
        {
            if (0 != each.stampUs && !each.isLost)
            {
                owned.add(each);
            }
        }
        return owned;
    }

    synchronized boolean isEmpty(final int bucket)
    {
        return null == buckets[bucket];
    }

    /** {@return at most so many that have ended since the engine may have known them} */
    synchronized List<LocalSession> takeReleases(final int limit)
    {
        final List<LocalSession> taken = new ArrayList<>();
        while (taken.size() < limit && !releases.isEmpty())
        {
            taken.add(releases.poll());
        }
        return taken;
    }

    /** They have to be released again. */
    synchronized void release(final List<LocalSession> sessions)
    {
        sessions.forEach(this::release);
    }

    /** {@return whether releases were lost since this was asked last} */
    synchronized boolean takeOverflow()
    {
        final boolean isIt = isOverflown;
        isOverflown = false;
        return isIt;
    }

    /** The lease is dead with all its records, so that nothing is left to release. */
    synchronized void forgetReleases()
    {
        releases.clear();
        isOverflown = false;
    }

    private void release(final LocalSession session)
    {
        if (releases.size() < maxReleases)
        {
            releases.add(session);
        }
        else
        {
            isOverflown = true;
        }
    }

    private void clean(final LocalSession session)
    {
        if (session.isDirty)
        {
            session.isDirty = false;
            --dirtyCount;
            final LocalSession previous = session.previousDirty;
            final LocalSession next = session.nextDirty;
            if (null == previous)
            {
                firstDirty = next;
            }
            else
            {
                previous.nextDirty = next;
            }
            if (null == next)
            {
                lastDirty = previous;
            }
            else
            {
                next.previousDirty = previous;
            }
            session.previousDirty = null;
            session.nextDirty = null;
        }
    }

    private void linkToBucket(final LocalSession session)
    {
        final LocalSession first = buckets[session.bucket];
        session.nextOfBucket = first;
        if (null != first)
        {
            first.previousOfBucket = session;
        }
        buckets[session.bucket] = session;
    }

    private void unlinkFromBucket(final LocalSession session)
    {
        if (null == session.previousOfBucket)
        {
            buckets[session.bucket] = session.nextOfBucket;
        }
        else
        {
            session.previousOfBucket.nextOfBucket = session.nextOfBucket;
        }
        if (null != session.nextOfBucket)
        {
            session.nextOfBucket.previousOfBucket = session.previousOfBucket;
        }
        session.previousOfBucket = null;
        session.nextOfBucket = null;
    }
}
