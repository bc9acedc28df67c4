package io.heartwheel.simulation;

import io.heartwheel.wire.Frame;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A client that costs next to nothing. It answers each PING, and sends its own if the server sends none.
 */
final class LightPeer implements Runnable
{
    private static final int PINGS_PER_IDLE_TIME = 3;
    private static final int COUNT_OFFSET = 6;
    private static final int IDLE_OFFSET = 8;

    /**
     * All peers live in one thread.
     */
    private static final ByteBuffer BUFFER = ByteBuffer.allocate(4_096);

    final SimulatedSocketChannel channel;
    private final VirtualTime time;
    private boolean isSilent;

    LightPeer(final SimulatedNetwork network, final long minLatencyNs, final long maxLatencyNs) throws IOException
    {
        time = network.time();
        channel = network.openPeer();
        channel.configureBlocking(false);
        channel.in().latency(minLatencyNs, maxLatencyNs).wholeSegments();
        channel.out().latency(minLatencyNs, maxLatencyNs).wholeSegments();
        channel.observer(this);
    }

    void connect(final InetSocketAddress server) throws IOException
    {
        channel.connect(server);
    }

    /**
     * From now on nothing is heard of it, be it that it hangs or that its network is gone.
     */
    void fallSilent(final boolean isCut)
    {
        isSilent = true;
        if (isCut)
        {
            channel.in().cut();
            channel.out().cut();
        }
    }

    boolean isSilent()
    {
        return isSilent;
    }

    @Override
    public void run()
    {
        try
        {
            if (!isSilent && channel.isOpen() && (channel.isConnected() || channel.finishConnect()))
            {
                hear();
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private void hear() throws IOException
    {
        final int length = channel.read(BUFFER.clear());
        if (length < 0)
        {
            channel.close();
        }
        for (int offset = 0; offset < length; offset += Frame.HEADER_LENGTH + BUFFER.getShort(offset + Short.BYTES))
        {
            final int type = BUFFER.get(offset);
            if (Frame.PING == type)
            {
                send(Frame.PONG, BUFFER.get(offset + 1));
            }
            else if (Frame.HELLO == type && 0 == BUFFER.getShort(offset + COUNT_OFFSET))
            {
                beat(BUFFER.getInt(offset + IDLE_OFFSET) * 1_000_000L / PINGS_PER_IDLE_TIME);
            }
        }
    }

    private void beat(final long periodNs)
    {
        time.after(periodNs, () ->
        {
            if (!isSilent && channel.isOpen())
            {
                try
                {
                    send(Frame.PING, (byte)0);
                }
                catch (final IOException ex)
                {
                    throw new UncheckedIOException(ex);
                }
                beat(periodNs);
            }
        });
    }

    private void send(final int type, final byte token) throws IOException
    {
        final int end = BUFFER.capacity() - Frame.HEADER_LENGTH;
        channel.write(BUFFER.clear().position(end).put((byte)type).put(token).putShort((short)0).position(end));
    }
}
