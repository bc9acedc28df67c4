package io.heartwheel.simulation;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.SplittableRandom;

/**
 * One end of a connection in memory.
 */
public final class SimulatedSocketChannel extends AbstractSimulatedSocket implements Pollable
{
    private final SimulatedNetwork network;
    private final boolean hasDescriptor;
    private Runnable observer;
    private SimulatedKey key;
    private SimulatedSocketChannel peer;
    private final Stream in;
    private final Stream out;
    private ConnectException connectFailure;
    private boolean isConnecting;
    private boolean isAnswered;
    private boolean isConnected;
    private boolean isOutputShut;
    private boolean isInputShut;
    private boolean isReset;
    private boolean isResetTold;
    private boolean isDestroyed;

    SimulatedSocketChannel(
        final SimulatedNetwork network, final SplittableRandom chances, final boolean hasDescriptor)
    {
        super(network);
        this.network = network;
        this.hasDescriptor = hasDescriptor;
        in = new Stream(network.time(), chances);
        out = new Stream(network.time(), chances);
        in.opposite(out);
        out.opposite(in);
        in.receiver(this);
    }

    /**
     * The server's end of a connection.
     */
    SimulatedSocketChannel(
        final SimulatedNetwork network,
        final SimulatedSocketChannel client,
        final InetSocketAddress local,
        final SocketOptions ofListener)
    {
        super(network);
        this.network = network;
        hasDescriptor = true;
        peer = client;
        client.peer = this;
        in = client.out;
        out = client.in;
        in.receiver(this);
        localAddress = local;
        remoteAddress = client.localAddress;
        options.inherit(ofListener);
        isConnected = true;
    }

    /**
     * Have something done whenever anything has changed, for a program that does not select.
     */
    public void observer(final Runnable observer)
    {
        this.observer = observer;
    }

    /**
     * What this end hears.
     */
    public Stream in()
    {
        return in;
    }

    /**
     * What this end sends.
     */
    public Stream out()
    {
        return out;
    }

    public boolean isReset()
    {
        return isReset;
    }

    SimulatedSocketChannel peer()
    {
        return peer;
    }

    boolean isDestroyed()
    {
        return isDestroyed;
    }

    @Override
    public SimulatedKey key()
    {
        return key;
    }

    @Override
    public void key(final SimulatedKey key)
    {
        this.key = key;
    }

    void changed()
    {
        SimulatedSelector.enlist(key);
        if (null != observer)
        {
            observer.run();
        }
    }

    void onReset()
    {
        if (!isDestroyed && !isReset)
        {
            isReset = true;
            out.abandon();
            changed();
        }
    }

    /**
     * This end will not be accepted.
     */
    void refuse()
    {
        isDestroyed = true;
        out.reset();
    }

    /**
     * This end will not be accepted, and its peer learns so only when it sends something.
     */
    void abandon()
    {
        isDestroyed = true;
    }

    boolean isAwaitingAnswer()
    {
        return isConnecting && !isAnswered && !isDestroyed;
    }

    @Override
    public boolean connect(final SocketAddress address) throws IOException
    {
        SocketOptions.requireOpen(this);
        if (isConnected)
        {
            throw new AlreadyConnectedException();
        }
        if (isConnecting)
        {
            throw new ConnectionPendingException();
        }
        remoteAddress = (InetSocketAddress)address;
        localAddress = network.ephemeral();
        isConnecting = true;
        new Handshake(network, this, remoteAddress.getPort()).request(0);
        return false;
    }

    /**
     * Whether a connection was made is known now.
     */
    void answer(final ConnectException failure)
    {
        if (isAwaitingAnswer())
        {
            isAnswered = true;
            connectFailure = failure;
            changed();
        }
    }

    @Override
    public boolean finishConnect() throws IOException
    {
        SocketOptions.requireOpen(this);
        if (isConnected)
        {
            return true;
        }
        if (!isConnecting)
        {
            throw new NoConnectionPendingException();
        }
        if (null != connectFailure)
        {
            close();
            throw connectFailure;
        }
        isConnected = isAnswered;
        isConnecting = !isAnswered;
        SimulatedSelector.enlist(key);
        return isConnected;
    }

    @Override
    public int readyOps()
    {
        if (isConnecting)
        {
            return isAnswered || isReset ? SelectionKey.OP_CONNECT : 0;
        }
        if (!isConnected)
        {
            return 0;
        }
        if (isReset)
        {
            return SelectionKey.OP_READ | SelectionKey.OP_WRITE;
        }
        return (in.received.length() > 0 || in.isEndReceived() || isInputShut ? SelectionKey.OP_READ : 0) |
            (out.isWritable() || isOutputShut ? SelectionKey.OP_WRITE : 0);
    }

    @Override
    public int read(final ByteBuffer dst) throws IOException
    {
        ++reads;
        onOperation();
        requireConnected();
        lastReadNs = network.time().elapsedNs();
        arrivedWhenLastReadNs = in.lastArrivedNs();
        if (isInputShut)
        {
            return -1;
        }
        if (in.received.length() > 0 || !dst.hasRemaining())
        {
            return in.read(dst);
        }
        if (in.isEndReceived())
        {
            return -1;
        }
        if (isReset)
        {
            isResetTold = true;
            throw new SocketException("Connection reset");
        }
        return 0;
    }

    @Override
    public int write(final ByteBuffer src) throws IOException
    {
        onOperation();
        lastWriteNs = network.time().elapsedNs();
        requireConnected();
        if (isOutputShut)
        {
            throw new ClosedChannelException();
        }
        if (isReset)
        {
            final boolean isFirst = !isResetTold && !in.isEndReceived();
            isResetTold = true;
            throw new IOException(isFirst ? "Connection reset by peer" : "Broken pipe");
        }
        return out.write(src);
    }

    @Override
    public SocketChannel shutdownOutput() throws IOException
    {
        requireConnected();
        if (!isOutputShut)
        {
            isOutputShut = true;
            out.end();
            SimulatedSelector.enlist(key);
        }
        return this;
    }

    @Override
    public SocketChannel shutdownInput() throws IOException
    {
        requireConnected();
        isInputShut = true;
        SimulatedSelector.enlist(key);
        return this;
    }

    @Override
    protected void implCloseSelectableChannel()
    {
        if (!isRegistered())
        {
            destroy();
        }
        else if (isConnected && !isReset && !options.isAbortive())
        {
            isOutputShut = true;
            out.end();
        }
    }

    /**
     * Closing with bytes unread resets the connection, as does a linger time of 0.
     */
    @Override
    public void destroy()
    {
        if (isDestroyed)
        {
            return;
        }
        isDestroyed = true;
        if (hasDescriptor)
        {
            network.giveDescriptor();
        }
        if (isReset || !isAnswered && !isConnected || null != connectFailure)
        {
            return;
        }
        if (in.received.length() > 0 || options.isAbortive())
        {
            out.reset();
        }
        else
        {
            out.end();
        }
    }

    @Override
    public <T> SocketChannel setOption(final SocketOption<T> name, final T value) throws IOException
    {
        options.set(name, value);
        if (StandardSocketOptions.SO_RCVBUF == name)
        {
            in.receiveCapacity((Integer)value);
        }
        else if (StandardSocketOptions.SO_SNDBUF == name)
        {
            out.sendCapacityAtMost((Integer)value);
        }
        return this;
    }

    @Override
    public boolean isConnected()
    {
        return isConnected;
    }

    @Override
    public boolean isConnectionPending()
    {
        return isConnecting;
    }

    private void onOperation()
    {
        if (hasDescriptor)
        {
            network.onOperation();
        }
    }

    private void requireConnected() throws ClosedChannelException
    {
        SocketOptions.requireOpen(this);
        if (!isConnected)
        {
            throw new NotYetConnectedException();
        }
    }
}
