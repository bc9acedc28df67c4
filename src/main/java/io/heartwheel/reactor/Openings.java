package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.WebSocketContext;
import io.heartwheel.admission.ForwardedFor;
import io.heartwheel.websocket.OpeningAnswer;
import io.heartwheel.websocket.OpeningException;
import io.heartwheel.websocket.OpeningRequest;
import io.heartwheel.websocket.PageSpeech;
import io.heartwheel.wire.Frame;

import java.nio.ByteBuffer;

/**
 * Reads the requests that open a WebSocket, and answers them. A peer is told 101 when every check is passed, and not
 * before: proxies take that answer alone for a sign that what follows is no HTTP. Behind any other answer the
 * connection ends.
 */
final class Openings
{
    private final WebSocketContext settings;
    private final Allowance allowance;
    private final Departures departures;
    private final SocketIo io;
    private final Gate gate;
    private final Journal journal;
    /** The status to refuse the opening with that is at hand, or 0 if the reason tells it. */
    private int status;

    Openings(
        final WebSocketContext settings,
        final Allowance allowance,
        final Departures departures,
        final SocketIo io,
        final Gate gate,
        final Journal journal)
    {
        this.settings = settings;
        this.allowance = allowance;
        this.departures = departures;
        this.io = io;
        this.gate = gate;
        this.journal = journal;
    }

    /**
     * Bytes of a connection came that has not been told 101. They are taken up to the end of the request.
     */
    void onBytes(final Peer peer, final ByteBuffer in)
    {
        final Entry entry = peer.entry;
        if (null == entry.opening)
        {
            entry.opening = Opening.ofRequest();
        }
        final int length = in.remaining();
        try
        {
            if (entry.opening.head.read(in))
            {
                onRequest(peer, entry.opening);
            }
            else
            {
                allowance.chargeRead(peer, length);
            }
        }
        catch (final OpeningException ex)
        {
            status = ex.status();
            departures.leave(peer, 403 == status ? CloseReason.REFUSED : CloseReason.PROTOCOL_ERROR, ex.getMessage());
            status = 0;
        }
    }

    private void onRequest(final Peer peer, final Opening opening) throws OpeningException
    {
        if (!allowance.chargeFrame(peer))
        {
            return;
        }
        final OpeningRequest request = OpeningRequest.of(opening.head);
        settings.origins().check(request, null != peer.tls);
        if (!peer.entry.isForwarded || gate.onAddressTold(
            peer, ForwardedFor.client(request.values("X-Forwarded-For"), settings.forwarders())))
        {
            opening.request = request;
            opening.subprotocol = request.choose(settings.subprotocols());
            opening.pageToken = 0 == settings.speakNs() ? null : PageSpeech.tokenOf(request);
            gate.onRequest(peer);
        }
    }

    /**
     * A peer is let in: tell it. What it is sent from now on are frames.
     */
    void accept(final Peer peer)
    {
        final Opening opening = peer.entry.opening;
        final ByteBuffer answer = ByteBuffer.wrap(OpeningAnswer.accept(opening.request, opening.subprotocol));
        peer.isUpgraded = true;
        enqueue(peer, answer);
    }

    /**
     * A peer is not let in: tell it.
     */
    void refuse(final Peer peer, final CloseReason reason)
    {
        final int told = 0 == status ? statusOf(reason) : status;
        journal.onOpeningRefused(told);
        enqueue(peer, ByteBuffer.wrap(OpeningAnswer.refuse(told, ascii(peer.closeDetail()))));
    }

    static int statusOf(final CloseReason reason)
    {
        return switch (reason)
        {
            case REFUSED -> 403;
            case HANDSHAKE_TIMEOUT -> 408;
            case PROTOCOL_ERROR -> 400;
            default -> 503;
        };
    }

    static String ascii(final String text)
    {
        final StringBuilder ascii = new StringBuilder(text);
        for (int i = 0; i < ascii.length(); i++)
        {
            if (ascii.charAt(i) < ' ' || ascii.charAt(i) > '~')
            {
                ascii.setCharAt(i, '?');
            }
        }
        return ascii.toString();
    }

    private void enqueue(final Peer peer, final ByteBuffer answer)
    {
        peer.reserve(Frame.HEADER_LENGTH + answer.remaining(), Integer.MAX_VALUE);
        io.enqueue(peer, answer);
    }
}
