package io.heartwheel.fuzz;

import io.heartwheel.simulation.SimulatedNetwork;
import io.heartwheel.simulation.SimulatedSocketChannel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * The other end of a server's connection: reads all that comes, unless it is deaf.
 */
class FuzzPeer
{
    private static final int NEVER_CUT = 1 << 16;

    final SimulatedSocketChannel channel;
    final int port;
    private final ByteBuffer buffer = ByteBuffer.allocate(1024);
    private final boolean isDeaf;

    FuzzPeer(final SimulatedNetwork network, final InetSocketAddress server, final boolean isDeaf) throws IOException
    {
        this.isDeaf = isDeaf;
        channel = network.openRemote(new SplittableRandom(1));
        channel.in().latency(10_000, 10_001).wholeSegments().maxSegmentLength(NEVER_CUT);
        channel.out().latency(10_000, 10_001).wholeSegments().maxSegmentLength(NEVER_CUT);
        if (isDeaf)
        {
            channel.in().receiveCapacity(100).sendCapacity(200);
        }
        channel.configureBlocking(false);
        channel.observer(this::onChange);
        channel.connect(server);
        port = ((InetSocketAddress)channel.getLocalAddress()).getPort();
    }

    /**
     * Bytes of the server.
     */
    void onRead(final ByteBuffer in) throws IOException
    {
        // What it says does not matter.
    }

    /**
     * The connection has ended.
     */
    void onEnd() throws IOException
    {
        channel.close();
    }

    /**
     * Send as much as there is room for.
     */
    final void write(final ByteBuffer bytes)
    {
        try
        {
            if (channel.isOpen())
            {
                channel.write(bytes);
            }
        }
        catch (final IOException ex)
        {
            end();
        }
    }

    private void onChange()
    {
        try
        {
            if (!channel.isOpen() || !channel.isConnected() && !channel.finishConnect())
            {
                return;
            }
            int length = isDeaf ? 0 : 1;
            while (length > 0)
            {
                length = channel.read(buffer.clear());
                onRead(buffer.flip());
            }
            if (length < 0)
            {
                end();
            }
        }
        catch (final IOException ex)
        {
            end();
        }
    }

    private void end()
    {
        try
        {
            onEnd();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
