package io.heartwheel.simulation;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
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
 * no thread in it and no waiting: a select with a timeout lets virtual time pass.
 * <p>
 * <b>Note:</b> Not threadsafe. Channels are for non-blocking use.
 */
public final class SimulatedNetwork extends SelectorProvider
{
    private static final int FIRST_EPHEMERAL_PORT = 32_768;
    private static final int MAX_OPERATIONS_AT_ONE_TIME = 1_000_000;
    private static final int LAST_EPHEMERAL_PORT = 60_999;

    private final Map<Integer, SimulatedServerChannel> listeners = new HashMap<>();
    private final Set<Integer> silentPorts = new HashSet<>();
    private final VirtualTime time;
    private final SplittableRandom random;
    private int nextPort = FIRST_EPHEMERAL_PORT;
    private InetAddress nextAddress = InetAddress.getLoopbackAddress();
    private boolean isHeeded;
    private boolean isOutOfDescriptors;
    private boolean isShuffled;
    private int descriptorLimit = Integer.MAX_VALUE;
    private int openSockets;
    private Error failure;
    private int operations;
    private long operationNs;

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
     * Sockets that may be open at a time: those that wait to be accepted do not count.
     */
    public void descriptorLimit(final int limit)
    {
        descriptorLimit = limit;
    }

    /**
     * Have selects tell of what is ready in any order, rather than first come, first served.
     */
    public void shuffled(final boolean isShuffled)
    {
        this.isShuffled = isShuffled;
    }

    boolean isShuffled()
    {
        return isShuffled;
    }

    /**
     * From now on a port does not answer, even if a socket listens there.
     */
    public void silent(final int port)
    {
        silentPorts.add(port);
    }

    /**
     * A port answers again, if a server listens there.
     */
    public void answering(final int port)
    {
        silentPorts.remove(port);
    }

    /**
     * Sockets that hold a descriptor.
     */
    public int openSockets()
    {
        return openSockets;
    }

    /**
     * What is done next with a socket of this host, or with a selector, fails by an error, as for lack of memory.
     */
    void failNext(final Error error)
    {
        failure = error;
    }

    /**
     * A reactor that learns from a select that bytes can be read does read them.
     */
    void heeded()
    {
        isHeeded = true;
    }

    boolean isHeeded()
    {
        return isHeeded;
    }

    /**
     * A socket or selector is asked to do something. A program that asks without end at one moment fails.
     */
    void onOperation()
    {
        if (null != failure)
        {
            final Error thrown = failure;
            failure = null;
            throw thrown;
        }
        operations = time.elapsedNs() == operationNs ? operations + 1 : 0;
        operationNs = time.elapsedNs();
        if (operations > MAX_OPERATIONS_AT_ONE_TIME)
        {
            throw new Violation(operations + " operations at one moment");
        }
    }

    void takeDescriptor() throws IOException
    {
        if (isOutOfDescriptors || openSockets >= descriptorLimit)
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

    /**
     * An address that is not in use: ports are few, but 127/8 is wide.
     */
    InetSocketAddress ephemeral()
    {
        final InetSocketAddress address = new InetSocketAddress(nextAddress, nextPort);
        if (++nextPort > LAST_EPHEMERAL_PORT)
        {
            nextPort = FIRST_EPHEMERAL_PORT;
            nextAddress = after(nextAddress);
        }
        return address;
    }

    InetSocketAddress ephemeral(final InetSocketAddress wanted)
    {
        return 0 != wanted.getPort() ? wanted : new InetSocketAddress(wanted.getAddress(), ephemeral().getPort());
    }

    private static InetAddress after(final InetAddress address)
    {
        try
        {
            final int next = ByteBuffer.wrap(address.getAddress()).getInt() + 1;
            return InetAddress.getByAddress(ByteBuffer.allocate(Integer.BYTES).putInt(next).array());
        }
        catch (final UnknownHostException ex)
        {
            throw new IllegalStateException(ex);
        }
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
        return new SimulatedSocketChannel(this, random, true);
    }

    /**
     * A socket on another host: it takes no descriptor of this one, and has chances of its own.
     */
    public SimulatedSocketChannel openRemote(final SplittableRandom chances)
    {
        return new SimulatedSocketChannel(this, chances, false);
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
