package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.websocket.OpeningAnswer;
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
    private final boolean isBye;
    private final boolean isHttp;

    /**
     * @param dialects that peers may speak. A peer is told something if there is one, and no TLS: others would take it
     *                 for nonsense.
     */
    Refuser(final Journal journal, final Dialects dialects, final boolean isTls)
    {
        this.journal = journal;
        isBye = !isTls && dialects.isOwn();
        isHttp = !isTls && dialects.isWebSocket() && !dialects.isToSniff();
    }

    /**
     * Send a peer away that has waited to be accepted. It may be gone already.
     */
    void turnAwayWaiting(final SocketChannel socket, final CloseReason reason)
    {
        try
        {
            turnAway(socket, (InetSocketAddress)socket.getRemoteAddress(), reason, Openings.statusOf(reason), "");
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

    /**
     * @param status of HTTP that tells the reason where WebSocket is spoken.
     */
    void turnAway(
        final SocketChannel socket,
        final InetSocketAddress address,
        final CloseReason reason,
        final int status,
        final String text)
        throws IOException
    {
        journal.onTurnedAway(address, reason, text);
        socket.configureBlocking(false);
        if (isBye)
        {
            final byte[] payload = Frame.byePayload(reason.code(), text);
            final ByteBuffer bye = ByteBuffer.allocate(Frame.HEADER_LENGTH + payload.length);
            Frame.putHeader(bye, Frame.BYE, 0, payload.length);
            socket.write(bye.put(payload).flip());
        }
        else if (isHttp)
        {
            journal.onOpeningRefused(status);
            socket.write(ByteBuffer.wrap(OpeningAnswer.refuse(status, Openings.ascii(text))));
        }
        socket.close();
    }
}
