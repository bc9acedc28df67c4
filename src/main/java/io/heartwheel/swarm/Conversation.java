package io.heartwheel.swarm;

import io.heartwheel.swarm.SwarmReport.Ending;
import io.heartwheel.swarm.SwarmReport.Traffic;
import org.HdrHistogram.Histogram;
import org.agrona.CloseHelper;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;

/**
 * Handles the bytes between the clients and the server: it reads, answers, sends PINGs, and notes how each connection
 * ended. All clients share one pair of direct buffers. A heartbeat allocates nothing.
 * <p>
 * A frame for which the kernel has no room is dropped and counted, not queued. The bytes in the kernel's queue prove
 * life as well. Only the rest of a half-written frame is kept.
 */
abstract class Conversation
{
    private static final int IN_CAPACITY = 16 * 1024;
    private static final int OUT_CAPACITY = 256;

    /** What is sent next. */
    final ByteBuffer out = ByteBuffer.allocateDirect(OUT_CAPACITY);

    /** The client whose bytes are handled. */
    SwarmClient client;

    private final ByteBuffer in = ByteBuffer.allocateDirect(IN_CAPACITY);
    private final Histogram roundTripUs = new Histogram(3);
    private long nowNs;
    private String protocolError;

    /**
     * Channels to be closed. Closing takes longer than noticing an end, so it waits until all ends are noticed.
     */
    private final ArrayDeque<SocketChannel> endedChannels = new ArrayDeque<>();

    private long openCount;
    private long pingsHeard;
    private long pongsHeard;
    private long pingsSent;
    private long pongsSent;
    private long framesDropped;

    /**
     * Handle what has arrived for {@link #client}. Answers that are put into {@link #out} are sent by {@link
     * #sendAnswers()}.
     */
    abstract void decode(ByteBuffer bytes);

    /**
     * Put a PING.
     */
    abstract void putPing(byte token);

    void onConnected(final SwarmClient connected)
    {
        connected.ending = Ending.OPEN;
        openCount++;
    }

    /**
     * Handle a client that can be read from or written to.
     *
     * @param readyClient the client.
     * @param key         of its channel.
     * @param timeNs      the time now.
     * @param batchNs     the time at which the selector reported it: a close that is found now had come by then.
     */
    void onReady(final SwarmClient readyClient, final SelectionKey key, final long timeNs, final long batchNs)
    {
        client = readyClient;
        nowNs = timeNs;
        if (key.isWritable())
        {
            writeRest();
        }
        if (key.isReadable())
        {
            read(batchNs);
        }
    }

    /**
     * Handle bytes that came with what connected the client.
     */
    void onBytes(final SwarmClient connected, final ByteBuffer bytes, final long timeNs)
    {
        client = connected;
        nowNs = timeNs;
        handle(bytes);
    }

    void ping(final SwarmClient to, final long timeNs)
    {
        client = to;
        nowNs = timeNs;
        final byte token = (byte)(to.lastPingToken + 1);
        out.clear();
        putPing(token);
        if (send(out.position()) > 0)
        {
            to.lastPingToken = token;
            to.timeOfLastPingNs = timeNs;
            to.isPingOpen = true;
            pingsSent++;
        }
    }

    /**
     * End the connection from the side of the client.
     */
    void leave(final SwarmClient leaving)
    {
        end(leaving, Ending.LEFT);
        CloseHelper.quietClose(leaving.channel);
    }

    boolean hasEnded()
    {
        return !endedChannels.isEmpty();
    }

    /**
     * Close some of the sockets of connections that have ended.
     */
    void closeEnded(final int limit)
    {
        for (int i = 0; i < limit && !endedChannels.isEmpty(); i++)
        {
            CloseHelper.quietClose(endedChannels.poll());
        }
    }

    private void read(final long batchNs)
    {
        do
        {
            int length;
            try
            {
                length = client.channel.read(in.clear());
            }
            catch (final IOException ex)
            {
                client.hasWriteFailed = true;
                length = -1;
            }
            if (length < 0)
            {
                client.timeOfCloseNs = batchNs;
                end(client, client.hasWriteFailed ? Ending.SERVER_RESET : Ending.SERVER_CLOSED);
            }
            if (length <= 0)
            {
                return;
            }
            handle(in.flip());
        }
        while (client.byeReason >= 0); // The end of the connection is likely right behind the goodbye.
    }

    private void handle(final ByteBuffer bytes)
    {
        out.clear();
        decode(bytes);
    }

    /**
     * Write the frames in {@link #out}.
     *
     * @param frameLength of each of them.
     * @return number of frames that left, or are half written.
     */
    final int send(final int frameLength)
    {
        final int length = out.flip().remaining();
        int written = 0;
        if (null == client.unsent)
        {
            try
            {
                written = client.channel.write(out);
            }
            catch (final IOException ex)
            {
                client.hasWriteFailed = true; // The end itself is for the next read to find.
            }
        }

        if (written > 0)
        {
            client.timeOfLastWriteNs = nowNs;
            keepRest(written % frameLength, frameLength);
        }
        final int frameCount = (written + frameLength - 1) / frameLength;
        framesDropped += length / frameLength - frameCount;
        out.clear();
        return frameCount;
    }

    private void keepRest(final int writtenOfFrame, final int frameLength)
    {
        if (writtenOfFrame > 0)
        {
            client.unsent = ByteBuffer.allocate(frameLength - writtenOfFrame);
            client.unsent.put(0, out, out.position(), client.unsent.capacity());
            client.key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
    }

    private void writeRest()
    {
        try
        {
            if (client.channel.write(client.unsent) > 0)
            {
                client.timeOfLastWriteNs = nowNs;
            }
        }
        catch (final IOException ex)
        {
            client.hasWriteFailed = true;
        }
        if (client.hasWriteFailed || !client.unsent.hasRemaining())
        {
            client.unsent = null;
            client.key.interestOps(SelectionKey.OP_READ);
        }
    }

    private void end(final SwarmClient ended, final Ending ending)
    {
        ended.ending = ending;
        ended.kept = null;
        ended.key.cancel();
        endedChannels.add(ended.channel);
        openCount--;
    }

    /**
     * The server has asked.
     *
     * @return true if the client answers.
     */
    final boolean onPingHeard()
    {
        pingsHeard++;
        return !client.hasDied;
    }

    /**
     * Write a frame that the client sends once, for which the kernel has room.
     */
    final void sendOnce(final ByteBuffer frame)
    {
        try
        {
            client.channel.write(frame);
            client.timeOfLastWriteNs = nowNs;
        }
        catch (final IOException ex)
        {
            client.hasWriteFailed = true;
        }
        if (frame.hasRemaining() && !client.hasWriteFailed)
        {
            onWrong("no room for a frame of " + frame.capacity() + " bytes");
        }
    }

    /**
     * Send the answers in {@link #out}.
     *
     * @param frameLength of each of them.
     */
    final void sendAnswers(final int frameLength)
    {
        if (out.position() > 0)
        {
            pongsSent += send(frameLength);
        }
    }

    final void onPongHeard(final byte token)
    {
        pongsHeard++;
        if (client.isPingOpen && client.lastPingToken == token)
        {
            client.isPingOpen = false;
            roundTripUs.recordValue(Math.max(0, (nowNs - client.timeOfLastPingNs) / 1_000));
        }
    }

    final void onGoodbye(final int reason, final String text)
    {
        client.byeReason = reason;
        client.byeText = text;
    }

    final void onWrong(final String what)
    {
        protocolError = null == protocolError ? what : protocolError;
    }

    long openCount()
    {
        return openCount;
    }

    Traffic traffic()
    {
        return new Traffic(pingsHeard, pongsSent, pingsSent, pongsHeard, framesDropped, roundTripUs, protocolError);
    }
}
