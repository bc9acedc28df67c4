package io.heartwheel.simulation;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * One direction of a connection as TCP makes it of a network: in order, nothing lost, but late, in segments cut
 * anywhere, and not at all while the direction is cut. What was under way when it was cut is sent again after it is
 * restored; only a reset is sent once.
 * <p>
 * Left out: acknowledgements take no time, and are not held up by a cut of the other direction.
 */
public final class Stream
{
    private final VirtualTime time;
    private final SplittableRandom random;
    private final ByteQueue unacknowledged = new ByteQueue();
    final ByteQueue received = new ByteQueue();

    private SimulatedSocketChannel receiver;
    private Stream opposite;
    private int sendCapacity = 64 << 10;
    private int receiveCapacity = 64 << 10;
    private long minLatencyNs = 20_000;
    private long maxLatencyNs = 60_000;
    private int maxSegmentLength = 1460;
    private double lossRate;
    private boolean isCut;
    private int cuts;
    private int inFlight;
    private long nextArrivalNs;
    private boolean isEnding;
    private boolean isEndInFlight;
    private boolean isEndReceived;
    private boolean isResetSent;
    private boolean wasFull;
    private long lastAcceptedNs;
    private long lastArrivedNs;

    Stream(final VirtualTime time, final SplittableRandom random)
    {
        this.time = time;
        this.random = random;
    }

    void opposite(final Stream opposite)
    {
        this.opposite = opposite;
    }

    void receiver(final SimulatedSocketChannel receiver)
    {
        this.receiver = receiver;
    }

    /**
     * What a segment takes, each another time between the two.
     */
    public Stream latency(final long minNs, final long maxNs)
    {
        minLatencyNs = minNs;
        maxLatencyNs = maxNs;
        return this;
    }

    public Stream maxSegmentLength(final int length)
    {
        maxSegmentLength = length;
        return this;
    }

    /**
     * Part of the segments that come late, for having been sent again.
     */
    public Stream lossRate(final double rate)
    {
        lossRate = rate;
        return this;
    }

    public Stream sendCapacity(final int capacity)
    {
        sendCapacity = capacity;
        return this;
    }

    public Stream receiveCapacity(final int capacity)
    {
        receiveCapacity = capacity;
        return this;
    }

    /**
     * From now on nothing arrives any more, and nobody is told.
     */
    public void cut()
    {
        isCut = true;
        ++cuts;
        inFlight = 0;
        isEndInFlight = false;
    }

    /**
     * What was sent meanwhile is sent again, after a while.
     */
    public void restore(final long retransmitAfterNs)
    {
        final int cutsNow = cuts;
        time.after(retransmitAfterNs, () ->
        {
            if (cutsNow == cuts)
            {
                isCut = false;
                pump();
            }
        });
    }

    public boolean isCut()
    {
        return isCut;
    }

    /**
     * Bytes written, and not arrived.
     */
    public int unacknowledgedLength()
    {
        return unacknowledged.length();
    }

    /**
     * When bytes were last accepted from the writer, since the start.
     */
    public long lastAcceptedNs()
    {
        return lastAcceptedNs;
    }

    /**
     * When bytes last arrived at the other end, since the start, read or not.
     */
    public long lastArrivedNs()
    {
        return lastArrivedNs;
    }

    /**
     * Has a writer ever been told to wait?
     */
    public boolean wasFull()
    {
        return wasFull;
    }

    /**
     * Is there no room for another byte?
     */
    public boolean isFull()
    {
        return unacknowledged.length() >= sendCapacity;
    }

    long latencyNs()
    {
        final long latencyNs = minLatencyNs + random.nextLong(maxLatencyNs - minLatencyNs + 1);
        final boolean isLost = lossRate > 0 && random.nextDouble() < lossRate;
        return latencyNs + (isLost ? 200_000_000L + latencyNs : 0);
    }

    int write(final ByteBuffer from)
    {
        final int count = Math.max(0, Math.min(from.remaining(), sendCapacity - unacknowledged.length()));
        wasFull |= count < from.remaining();
        unacknowledged.put(from, count);
        lastAcceptedNs = count > 0 ? time.elapsedNs() : lastAcceptedNs;
        pump();
        return count;
    }

    /**
     * Like Linux: not before a third of the buffer is free.
     */
    boolean isWritable()
    {
        return sendCapacity - unacknowledged.length() >= Math.max(1, sendCapacity / 3);
    }

    boolean isEndReceived()
    {
        return isEndReceived;
    }

    int read(final ByteBuffer to)
    {
        final int count = received.take(to);
        pump();
        return count;
    }

    void end()
    {
        isEnding = true;
        pump();
    }

    /**
     * Send a RST behind what is under way; the rest is not sent any more. It is lost if the direction is cut.
     */
    void reset()
    {
        unacknowledged.truncate(inFlight);
        isEnding = false;
        isResetSent = true;
        final int cutsNow = cuts;
        if (!isCut)
        {
            time.after(arrivalDelayNs(), () ->
            {
                if (cutsNow == cuts)
                {
                    receiver.onReset();
                }
            });
        }
    }

    /**
     * The sender heard of a reset: it sends nothing more.
     */
    void abandon()
    {
        unacknowledged.clear();
        ++cuts;
        inFlight = 0;
        isResetSent = true;
    }

    private long arrivalDelayNs()
    {
        nextArrivalNs = Math.max(nextArrivalNs, time.elapsedNs() + latencyNs());
        return nextArrivalNs - time.elapsedNs();
    }

    private void pump()
    {
        if (isCut || isResetSent || null == receiver)
        {
            return;
        }
        int sendable = Math.min(unacknowledged.length() - inFlight, window());
        final int cutsNow = cuts;
        while (sendable > 0)
        {
            final int length = 1 + random.nextInt(Math.min(maxSegmentLength, sendable));
            sendable -= length;
            inFlight += length;
            time.after(arrivalDelayNs(), () -> arrive(length, cutsNow));
        }
        if (isEnding && !isEndInFlight && unacknowledged.length() == inFlight)
        {
            isEndInFlight = true;
            time.after(arrivalDelayNs(), () -> arriveEnd(cutsNow));
        }
    }

    private int window()
    {
        return (receiver.isDestroyed() ? Integer.MAX_VALUE : receiveCapacity - received.length()) - inFlight;
    }

    private void arrive(final int length, final int cutsThen)
    {
        if (cutsThen != cuts)
        {
            return;
        }
        inFlight -= length;
        if (receiver.isDestroyed())
        {
            unacknowledged.moveTo(new ByteQueue(), length);
            opposite.reset();
            return;
        }
        unacknowledged.moveTo(received, length);
        lastArrivedNs = time.elapsedNs();
        pump();
        receiver.changed();
        receiver.peer().changed();
    }

    private void arriveEnd(final int cutsThen)
    {
        if (cutsThen == cuts)
        {
            isEndReceived = true;
            receiver.changed();
        }
    }
}
