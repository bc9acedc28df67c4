package io.heartwheel.swarm;

import io.heartwheel.swarm.SwarmReport.Ending;
import io.heartwheel.swarm.SwarmReport.Traffic;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.FrameDecoder;
import io.heartwheel.wire.FrameHandler;
import io.heartwheel.wire.Hello;
import io.heartwheel.wire.Identity;
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
final class Conversation implements FrameHandler
{
    private static final int IN_CAPACITY = 16 * 1024;
    private static final int OUT_CAPACITY = 64 * Frame.HEADER_LENGTH;

    private final ByteBuffer in = ByteBuffer.allocateDirect(IN_CAPACITY);
    private final ByteBuffer out = ByteBuffer.allocateDirect(OUT_CAPACITY);
    private final FrameDecoder decoder = new FrameDecoder(Frame.MAX_PAYLOAD_LENGTH);
    private final Histogram roundTripUs = new Histogram(3);

    private SwarmClient client;
    private long nowNs;

    /** The last HELLO. It is usually the same for all clients, which then share one object. */
    private Hello hello;
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

    void ping(final SwarmClient to, final long timeNs)
    {
        client = to;
        nowNs = timeNs;
        final byte token = (byte)(to.lastPingToken + 1);
        Frame.putHeader(out.clear(), Frame.PING, token, 0);
        if (send() > 0)
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

            out.clear();
            client.half = decoder.decode(client.half, in.flip(), this);
            sendAnswers();
        }
        while (client.byeReason >= 0); // The end of the connection is likely right behind the BYE.
    }

    private void sendAnswers()
    {
        if (out.position() > 0)
        {
            pongsSent += send();
            out.clear();
        }
    }

    /**
     * Write the frames in {@link #out}.
     *
     * @return number of frames that left, or are half written.
     */
    private int send()
    {
        final int length = out.flip().remaining();
        int written = 0;
        if (0 == client.unsentLength)
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
            keepRest(written % Frame.HEADER_LENGTH);
        }
        final int frameCount = (written + Frame.HEADER_LENGTH - 1) / Frame.HEADER_LENGTH;
        framesDropped += length / Frame.HEADER_LENGTH - frameCount;
        return frameCount;
    }

    private void keepRest(final int writtenOfFrame)
    {
        if (writtenOfFrame > 0)
        {
            client.unsent = out.getInt(out.position() - writtenOfFrame) << Byte.SIZE * writtenOfFrame;
            client.unsentLength = (byte)(Frame.HEADER_LENGTH - writtenOfFrame);
            client.key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
    }

    private void writeRest()
    {
        try
        {
            final int written =
                client.channel.write(out.clear().putInt(client.unsent).flip().limit(client.unsentLength));
            if (written > 0)
            {
                client.timeOfLastWriteNs = nowNs;
                client.unsent <<= Byte.SIZE * written;
                client.unsentLength -= (byte)written;
            }
        }
        catch (final IOException ex)
        {
            client.hasWriteFailed = true;
            client.unsentLength = 0;
        }
        if (0 == client.unsentLength)
        {
            client.key.interestOps(SelectionKey.OP_READ);
        }
    }

    private void end(final SwarmClient ended, final Ending ending)
    {
        ended.ending = ending;
        ended.half = null;
        ended.key.cancel();
        endedChannels.add(ended.channel);
        openCount--;
    }

    @Override
    public boolean onPing(final byte token)
    {
        pingsHeard++;
        if (!client.hasDied)
        {
            if (!out.hasRemaining())
            {
                sendAnswers();
            }
            Frame.putHeader(out, Frame.PONG, token, 0);
        }
        return true;
    }

    @Override
    public boolean onPong(final byte token)
    {
        pongsHeard++;
        if (client.isPingOpen && client.lastPingToken == token)
        {
            client.isPingOpen = false;
            roundTripUs.recordValue(Math.max(0, (nowNs - client.timeOfLastPingNs) / 1_000));
        }
        return true;
    }

    @Override
    public boolean onData(final ByteBuffer payload)
    {
        return true;
    }

    @Override
    public boolean onHello(final Hello heard)
    {
        if (!heard.equals(hello))
        {
            hello = heard;
        }
        client.hello = hello;
        if (null != client.identity && hello.has(Hello.IDENTITY) && !client.hasDied && 0 == client.unsentLength)
        {
            sayIdentity();
        }
        return true;
    }

    /**
     * The HELLO of a server is the first that it says, so there is room in the kernel for all of the answer.
     */
    private void sayIdentity()
    {
        final byte[] payload = Identity.helloPayload(client.identity);
        client.identity = null;
        final ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER_LENGTH + payload.length);
        Frame.putHeader(frame, Frame.HELLO, 0, payload.length);
        try
        {
            client.channel.write(frame.put(payload).flip());
            client.timeOfLastWriteNs = nowNs;
        }
        catch (final IOException ex)
        {
            client.hasWriteFailed = true;
        }
        if (frame.hasRemaining() && !client.hasWriteFailed)
        {
            onProtocolError("no room for a HELLO");
        }
    }

    @Override
    public void onBye(final int reason, final String text)
    {
        client.byeReason = reason;
        client.byeText = text;
    }

    @Override
    public void onProtocolError(final String what)
    {
        if (null == protocolError)
        {
            protocolError = what;
        }
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
