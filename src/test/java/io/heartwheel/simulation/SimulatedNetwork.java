package io.heartwheel.simulation;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A host with sockets in memory: TCP as far as a reactor can see it, driven by one seed and one virtual clock. There is
 * no thread in it and no waiting: whoever selects with a timeout lets virtual time pass.
 * <p>
 * <b>Note:</b> Not threadsafe. Channels are for non-blocking use.
 */
public final class SimulatedNetwork extends SelectorProvider
{
    private static final int FIRST_EPHEMERAL_PORT = 32_768;

    private final Map<Integer, SimulatedServerChannel> listeners = new HashMap<>();
    private final Set<Integer> silentPorts = new HashSet<>();
    private final VirtualTime time;
    private final SplittableRandom random;
    private int nextPort = FIRST_EPHEMERAL_PORT;
    private boolean isOutOfDescriptors;
    private int openSockets;

    public SimulatedNetwork(final VirtualTime time, final long seed)
    {
        this.time = time;
        random = new SplittableRandom(seed);
    }

    VirtualTime time()
    {
        return time;
    }

    SplittableRandom random()
    {
        return random;
    }

    /**
     * While true, whatever needs a file descriptor fails.
     */
    public void outOfDescriptors(final boolean isOutOfDescriptors)
    {
        this.isOutOfDescriptors = isOutOfDescriptors;
    }

    /**
     * From now on nobody answers at a port, whoever listens there.
     */
    public void silent(final int port)
    {
        silentPorts.add(port);
    }

    /**
     * Sockets that hold a descriptor.
     */
    public int openSockets()
    {
        return openSockets;
    }

    void takeDescriptor() throws IOException
    {
        if (isOutOfDescriptors)
        {
            throw new IOException("Too many open files");
        }
        ++openSockets;
    }

    void giveDescriptor()
    {
        --openSockets;
    }

    boolean isSilent(final int port)
    {
        return silentPorts.contains(port);
    }

    SimulatedServerChannel listener(final int port)
    {
        return listeners.get(port);
    }

    void listen(final int port, final SimulatedServerChannel channel)
    {
        listeners.put(port, channel);
    }

    void unlisten(final int port)
    {
        listeners.remove(port);
    }

    InetSocketAddress ephemeral(final InetSocketAddress wanted)
    {
        return 0 != wanted.getPort() ? wanted : new InetSocketAddress(wanted.getAddress(), nextPort++);
    }

    @Override
    public AbstractSelector openSelector()
    {
        return new SimulatedSelector(this);
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException
    {
        takeDescriptor();
        return new SimulatedServerChannel(this);
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException
    {
        return openPeer();
    }

    /**
     * A socket of this kind by its own type.
     */
    public SimulatedSocketChannel openPeer() throws IOException
    {
        takeDescriptor();
        return new SimulatedSocketChannel(this);
    }

    @Override
    public DatagramChannel openDatagramChannel()
    {
        throw new UnsupportedOperationException();
    }

    @Override
    public DatagramChannel openDatagramChannel(final ProtocolFamily family)
    {
        throw new UnsupportedOperationException();
    }

    @Override
    public Pipe openPipe()
    {
        throw new UnsupportedOperationException();
    }
}
