package io.heartwheel.simulation;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * One direction of a connection as TCP makes it of a path: in order, nothing lost, but late, in segments cut anywhere,
 * and not at all while the path is cut. What was under way when it was cut is sent again after it is restored, when
 * {@link Retransmission} says; only a reset is sent once. Acknowledgements come the other way: while that is cut, bytes
 * arrive but stay in the sender's buffer, and after a first timeout nothing new is sent.
 * <p>
 * What does not pass the path at once waits in the sender's buffer, and so does what is written after it. Left out:
 * congestion windows, and giving up after a quarter of an hour.
 */
public final class Stream extends Path
{
    private final Retransmission retransmission;
    private final ByteQueue unacknowledged = new ByteQueue();
    final ByteQueue received = new ByteQueue();

    private SimulatedSocketChannel receiver;
    private Stream opposite;
    private int sendCapacity = 64 << 10;
    private int receiveCapacity = 64 << 10;
    private int maxSegmentLength = 1460;
    private boolean isCutAnywhere = true;
    /** Of the bytes not acknowledged, those that have arrived come first, then those in flight, then what waits. */
    private int arrivedLength;
    private int inFlight;
    private long acknowledgedLength;
    /** An acknowledgement that no end waits for: it is no event, but is looked up when it matters. */
    private long ackLength;
    private long ackAtNs;
    /** What waits, or the end, was sent before, and lost. */
    private boolean isLost;
    private boolean isEnding;
    private boolean isEndInFlight;
    private boolean isEndReceived;
    private boolean isResetSent;
    private boolean isWriterWaiting;
    private boolean wasFull;
    private long lastAcceptedNs;
    private long lastArrivedNs;
    long lastReadNs;

    Stream(final VirtualTime time, final SplittableRandom random)
    {
        super(time, random);
        retransmission = new Retransmission(this, time);
    }

    void opposite(final Stream opposite)
    {
        this.opposite = opposite;
    }

    void receiver(final SimulatedSocketChannel receiver)
    {
        this.receiver = receiver;
    }

    /** What a segment takes, each another time between the two. */
    @Override
    public Stream latency(final long minNs, final long maxNs)
    {
        super.latency(minNs, maxNs);
        return this;
    }

    public Stream maxSegmentLength(final int length)
    {
        maxSegmentLength = length;
        return this;
    }

    /** From now on segments are as long as they may be: for tests that do not care where they are cut. */
    public Stream wholeSegments()
    {
        isCutAnywhere = false;
        return this;
    }

    /** Part of the segments that come late, for having been sent again. */
    @Override
    public Stream lossRate(final double rate)
    {
        super.lossRate(rate);
        return this;
    }

    public Stream sendCapacity(final int capacity)
    {
        sendCapacity = capacity;
        return this;
    }

    /** A kernel that has less to give does not get more by being asked. */
    void sendCapacityAtMost(final int capacity)
    {
        sendCapacity = Math.min(sendCapacity, capacity);
    }

    public Stream receiveCapacity(final int capacity)
    {
        receiveCapacity = capacity;
        return this;
    }

    /** From now on nothing arrives any more, and neither end is told. */
    @Override
    public void cut()
    {
        opposite.loseAcknowledgement();
        isLost |= inFlight > 0 || isEndInFlight && !isEndReceived;
        super.cut();
        inFlight = 0;
        isEndInFlight = isEndReceived;
    }

    /** What was sent meanwhile is sent again when its time comes: each try waits twice as long as the one before. */
    public void restore()
    {
        mend();
        retransmission.start();
        opposite.retransmission.start();
    }

    /** Restored after a while, when all that was sent meanwhile is sent again at once. */
    public void restore(final long retransmitAfterNs)
    {
        final int cutsNow = cuts();
        time.after(retransmitAfterNs, () ->
        {
            if (cutsNow == cuts())
            {
                mend();
                retransmit();
                opposite.retransmit();
            }
        });
    }

    /** Bytes written, and not acknowledged: what the sender's buffer holds. */
    public int unacknowledgedLength()
    {
        settle();
        return unacknowledged.length();
    }

    /** Bytes written, and not arrived. */
    public int underwayLength()
    {
        return unacknowledged.length() - arrivedLength;
    }

    /** When bytes were last accepted from the writer, since the start. */
    public long lastAcceptedNs()
    {
        return lastAcceptedNs;
    }

    /** When bytes last arrived at the other end, since the start, read or not; those sent again do not count. */
    public long lastArrivedNs()
    {
        return lastArrivedNs;
    }

    /** Has a writer ever been told to wait? */
    public boolean wasFull()
    {
        return wasFull;
    }

    int write(final ByteBuffer from)
    {
        final int count = Math.max(0, Math.min(from.remaining(), sendCapacity - unacknowledgedLength()));
        isWriterWaiting = count < from.remaining();
        wasFull |= isWriterWaiting;
        if (count > 0)
        {
            unacknowledged.put(from, count);
            lastAcceptedNs = time.elapsedNs();
            pump();
        }
        awaitAcknowledgement();
        return count;
    }

    /** Like Linux: not before a third of the buffer is free. */
    boolean isWritable()
    {
        return sendCapacity - unacknowledgedLength() >= Math.max(1, sendCapacity / 3);
    }

    boolean isEndReceived()
    {
        return isEndReceived;
    }

    /** A sender that waits for room is told of it. */
    int read(final ByteBuffer to)
    {
        final int count = received.take(to);
        lastReadNs = count > 0 ? time.elapsedNs() : lastReadNs;
        if (count > 0 && underwayLength() > inFlight)
        {
            opposite.carry(this::pump);
        }
        return count;
    }

    void end()
    {
        isEnding = true;
        pump();
        awaitAcknowledgement();
    }

    /** Send a RST behind what is under way, once; the rest is not sent any more. */
    void reset()
    {
        settle();
        unacknowledged.truncate(arrivedLength + inFlight);
        isEnding = false;
        isResetSent = true;
        carryInOrder(0, () -> receiver.onReset());
    }

    /** The sender heard of a reset: it sends nothing more. */
    void abandon()
    {
        unacknowledged.clear();
        ackLength = 0;
        opposite.loseAcknowledgement();
        drop();
        arrivedLength = 0;
        inFlight = 0;
        isResetSent = true;
    }

    /** Is there anything to be answered? */
    boolean isAsking()
    {
        return !isResetSent && (unacknowledgedLength() > 0 || isEnding && !isEndReceived);
    }

    long maxRoundTripNs()
    {
        return maxLatencyNs() + opposite.maxLatencyNs();
    }

    private void pump()
    {
        settle();
        final boolean isUnanswered = arrivedLength + inFlight > 0;
        if (isResetSent || isLost || isUnanswered && retransmission.isTimedOut())
        {
            return;
        }
        int sendable = sendableLength();
        if (!isUnanswered && (sendable > 0 || isEndDue()))
        {
            retransmission.restart(time.elapsedNs());
        }
        isLost = isCut() && (sendable > 0 || isEndDue());
        while (sendable > 0 && !isLost)
        {
            sendable -= sendSegment(Math.min(maxSegmentLength, sendable));
        }
        if (isEndDue() && !isLost)
        {
            isEndInFlight = true;
            carryInOrder(0, () ->
            {
                isEndReceived = true;
                receiver.changed();
            });
        }
    }

    private boolean isEndDue()
    {
        return isEnding && !isEndInFlight && underwayLength() == inFlight;
    }

    private int sendSegment(final int maxLength)
    {
        final int length = isCutAnywhere ? 1 + random.nextInt(maxLength) : maxLength;
        inFlight += length;
        carryInOrder(length, () -> arrive(length));
        return length;
    }

    private int sendableLength()
    {
        final int window = receiver.isDestroyed() ? Integer.MAX_VALUE : receiveCapacity - received.length();
        return Math.min(underwayLength(), window) - inFlight;
    }

    private void arrive(final int length)
    {
        inFlight -= length;
        if (receiver.isDestroyed())
        {
            opposite.reset();
            return;
        }
        if (length > 0)
        {
            unacknowledged.copyTo(received, arrivedLength, length);
            arrivedLength += length;
            lastArrivedNs = time.elapsedNs();
        }
        acknowledge();
        receiver.changed();
    }

    /** Tell the sender how much has arrived. */
    private void acknowledge()
    {
        settle();
        final long lengthNow = acknowledgedLength + arrivedLength;
        if (0 == ackLength && !isWaitingForRoom() && !opposite.isCut())
        {
            ackLength = lengthNow;
            ackAtNs = time.elapsedNs() + opposite.latencyNs();
        }
        else
        {
            opposite.carry(() -> onAcknowledged(lengthNow, time.elapsedNs()));
        }
    }

    private boolean isWaitingForRoom()
    {
        return isWriterWaiting || isEnding || underwayLength() > inFlight || !isWritable();
    }

    /** What was of no matter matters now. */
    private void awaitAcknowledgement()
    {
        if (0 != ackLength && isWaitingForRoom())
        {
            time.after(ackAtNs - time.elapsedNs(), this::settle);
        }
    }

    private void settle()
    {
        if (0 != ackLength && time.elapsedNs() >= ackAtNs)
        {
            onAcknowledged(ackLength, ackAtNs);
        }
    }

    private void loseAcknowledgement()
    {
        settle();
        ackLength = 0;
    }

    private void onAcknowledged(final long length, final long atNs)
    {
        ackLength = ackLength > length ? ackLength : 0;
        final boolean wasWritable = isWritable();
        final int count = (int)(length - acknowledgedLength);
        if (count > 0 && !isResetSent)
        {
            acknowledgedLength = length;
            arrivedLength -= count;
            unacknowledged.drop(count);
            retransmission.restart(atNs);
            retransmission.stopUnless(isLost);
            pump();
            if (isWriterWaiting || !wasWritable && isWritable())
            {
                opposite.receiver.changed();
            }
        }
    }

    /** If there has been no answer for long, no more than the first segment, until there is one. */
    void retransmit()
    {
        if (isCut() || !isAsking())
        {
            return;
        }
        isLost = false;
        if (arrivedLength > 0)
        {
            carry(() -> arrive(0));
        }
        else if (retransmission.isTimedOut() && 0 == inFlight && sendableLength() > 0)
        {
            sendSegment(Math.min(maxSegmentLength, sendableLength()));
        }
        pump();
    }
}
