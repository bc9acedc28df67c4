package io.heartwheel.simulation;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
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

/**
 * One end of a connection in memory.
 */
public final class SimulatedSocketChannel extends AbstractSimulatedSocket implements Pollable
{
    private static final long FIRST_SYN_RETRY_NS = 1_000_000_000L;
    private static final int MAX_SYN_RETRIES = 6;

    private final SimulatedNetwork network;
    private final VirtualTime time;
    private Runnable observer;
    private SimulatedSocketChannel peer;
    private Stream in;
    private Stream out;
    private ConnectException connectFailure;
    private boolean isConnecting;
    private boolean isAnswered;
    private boolean isConnected;
    private boolean isOutputShut;
    private boolean isInputShut;
    private boolean isReset;
    private boolean isResetTold;
    private boolean isDestroyed;

    SimulatedSocketChannel(final SimulatedNetwork network)
    {
        super(network);
        this.network = network;
        time = network.time();
        in = new Stream(time, network.random());
        out = new Stream(time, network.random());
        in.opposite(out);
        out.opposite(in);
        in.receiver(this);
    }

    /**
     * Have something done whenever anything has changed: for one who does not select.
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

    void changed()
    {
        if (null != observer)
        {
            observer.run();
        }
    }

    /**
     * This is the server's end of a connection from now on.
     */
    void establish(
        final SimulatedSocketChannel client,
        final InetSocketAddress local,
        final InetSocketAddress remote,
        final SocketOptions ofListener)
    {
        peer = client;
        in = client.out;
        out = client.in;
        in.receiver(this);
        localAddress = local;
        remoteAddress = remote;
        options.inherit(ofListener);
        isConnected = true;
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
     * Nobody will accept this end.
     */
    void refuse()
    {
        isDestroyed = true;
        out.reset();
    }

    @Override
    public boolean connect(final SocketAddress address) throws IOException
    {
        requireOpen();
        if (isConnected)
        {
            throw new AlreadyConnectedException();
        }
        if (isConnecting)
        {
            throw new ConnectionPendingException();
        }
        remoteAddress = (InetSocketAddress)address;
        localAddress = network.ephemeral(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        isConnecting = true;
        requestConnection(0);
        return false;
    }

    private void requestConnection(final int retries)
    {
        if (!isConnecting || isAnswered)
        {
            return;
        }
        if (retries > MAX_SYN_RETRIES)
        {
            answer(new ConnectException("Connection timed out"));
            return;
        }
        if (!out.isCut() && !network.isSilent(remoteAddress.getPort()))
        {
            time.after(out.latencyNs(), this::onRequestArrived);
        }
        time.after(FIRST_SYN_RETRY_NS << retries, () -> requestConnection(retries + 1));
    }

    private void onRequestArrived()
    {
        if (out.isCut() || isAnswered)
        {
            return;
        }
        final SimulatedServerChannel listener = network.listener(remoteAddress.getPort());
        if (null == listener)
        {
            time.after(in.latencyNs(), () -> answer(new ConnectException("Connection refused")));
            return;
        }
        if (null == peer && !isDestroyed)
        {
            peer = listener.establish(this, localAddress);
        }
        if (null != peer && !in.isCut())
        {
            time.after(in.latencyNs(), () -> answer(null));
        }
    }

    private void answer(final ConnectException failure)
    {
        if (isConnecting && !isAnswered && !(null == failure && in.isCut()))
        {
            isAnswered = true;
            connectFailure = failure;
            changed();
        }
    }

    @Override
    public boolean finishConnect() throws IOException
    {
        requireOpen();
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
        requireConnected();
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
        }
        return this;
    }

    @Override
    public SocketChannel shutdownInput() throws IOException
    {
        requireConnected();
        isInputShut = true;
        return this;
    }

    @Override
    protected void implCloseSelectableChannel()
    {
        if (!isRegistered())
        {
            destroy();
        }
        else if (isConnected && !isReset && 0 != options.value(StandardSocketOptions.SO_LINGER))
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
        network.giveDescriptor();
        if (isReset || null == peer)
        {
            return;
        }
        if (!isConnected || in.received.length() > 0 || 0 == options.value(StandardSocketOptions.SO_LINGER))
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
        requireOpen();
        options.set(name, value);
        if (StandardSocketOptions.SO_RCVBUF == name)
        {
            in.receiveCapacity((Integer)value);
        }
        else if (StandardSocketOptions.SO_SNDBUF == name)
        {
            out.sendCapacity((Integer)value);
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

    private void requireConnected() throws ClosedChannelException
    {
        requireOpen();
        if (!isConnected)
        {
            throw new NotYetConnectedException();
        }
    }
}
