package io.heartwheel.reactor;

import io.heartwheel.host.TcpKeepAlive;
import io.heartwheel.liveness.Cadence;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Sets TCP keepalive on accepted connections. On Linux they inherit the numbers of the listening socket. On other
 * systems they may not: the first connection shows.
 */
final class AcceptedKeepAlive
{
    private final Cadence cadence;
    private final ServerSocketChannel listening;
    private boolean isKnown;
    private boolean isInherited;

    /**
     * @param cadence   of TCP keepalive, or off.
     * @param listening socket that has been set so.
     */
    AcceptedKeepAlive(final Cadence cadence, final ServerSocketChannel listening)
    {
        this.cadence = cadence;
        this.listening = listening;
    }

    void set(final SocketChannel socket) throws IOException
    {
        if (cadence.isOff())
        {
            return;
        }
        if (!isKnown)
        {
            isKnown = true;
            isInherited = numbers().equals(TcpKeepAlive.readNumbers(socket));
        }
        TcpKeepAlive.setAccepted(socket, cadence, isInherited);
    }

    /**
     * The numbers as the kernel has them, read back from the listening socket; off if keepalive is off.
     */
    Cadence numbers() throws IOException
    {
        return cadence.isOff() ? Cadence.OFF : TcpKeepAlive.readNumbers(listening);
    }
}
