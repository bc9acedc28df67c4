package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.wire.Frame;
import org.agrona.CloseHelper;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Sends away peers that were accepted and have no slot.
 */
final class Refuser
{
    private final Journal journal;
    private final boolean isByePlain;

    /**
     * @param isByePlain true if every peer understands a BYE before it has said anything: there is no TLS, and no other
     *                   protocol.
     */
    Refuser(final Journal journal, final boolean isByePlain)
    {
        this.journal = journal;
        this.isByePlain = isByePlain;
    }

    /**
     * Send a peer away that has waited to be accepted. It may be gone already.
     */
    void turnAwayWaiting(final SocketChannel socket, final CloseReason reason)
    {
        try
        {
            turnAway(socket, (InetSocketAddress)socket.getRemoteAddress(), reason, "");
        }
        catch (final IOException ex)
        {
            // The peer has gone. Its socket is closed all the same.
        }
        finally
        {
            CloseHelper.quietClose(socket);
        }
    }

    void turnAway(
        final SocketChannel socket, final InetSocketAddress address, final CloseReason reason, final String text)
        throws IOException
    {
        final byte[] payload = Frame.byePayload(reason.code(), text);
        final ByteBuffer bye = ByteBuffer.allocate(Frame.HEADER_LENGTH + payload.length);
        Frame.putHeader(bye, Frame.BYE, 0, payload.length);
        journal.onTurnedAway(address, reason, text);
        socket.configureBlocking(false);
        // A peer that speaks TLS would take a plain BYE for nonsense.
        if (isByePlain)
        {
            socket.write(bye.put(payload).flip());
        }
        socket.close();
    }
}
