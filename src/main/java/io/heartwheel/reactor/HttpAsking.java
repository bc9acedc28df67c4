package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.websocket.HttpHead;
import io.heartwheel.websocket.OpeningException;
import io.heartwheel.wire.ForeignOutbound;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;
import io.heartwheel.wire.Outbound;
import io.heartwheel.wire.PlainText;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Stands for the protocol of a link's connection while one request of HTTP is asked and answered: of a proxy for a
 * tunnel, or of a server for a WebSocket. An answer that is no ends the connection.
 */
final class HttpAsking implements Peer.Dialect
{
    private static final int SHOWN_LENGTH_MAX = 120;

    private final String name;
    private final String asked;
    private final Answered answered;
    private final Allowance allowance;
    private final Departures departures;
    private final SocketIo io;

    /**
     * The step behind this one.
     */
    interface Answered
    {
        /**
         * The head of the answer is whole.
         *
         * @param rest bytes behind it.
         * @throws OpeningException if it is no.
         */
        void onAnswer(Peer peer, HttpHead answer, ByteBuffer rest) throws OpeningException;
    }

    /**
     * @param name  of what stands in for the protocol.
     * @param asked who is, for texts.
     */
    HttpAsking(
        final String name,
        final String asked,
        final Answered answered,
        final Allowance allowance,
        final Departures departures,
        final SocketIo io)
    {
        this.name = name;
        this.asked = asked;
        this.answered = answered;
        this.allowance = allowance;
        this.departures = departures;
        this.io = io;
    }

    /**
     * Ask by a connection that is JOINING, and of which everything that came has been handled.
     *
     * @param opening what is kept of it.
     */
    void ask(final Peer peer, final Opening opening, final byte[] request)
    {
        peer.speak(this);
        peer.entry.isGreeted = true;
        peer.entry.opening = opening;
        final ByteBuffer bytes = ByteBuffer.wrap(request);
        peer.reserve(Frame.HEADER_LENGTH + bytes.remaining(), Integer.MAX_VALUE);
        io.enqueue(peer, bytes);
        io.flushUnlessBlocked(peer);
    }

    /**
     * What has not come yet.
     */
    String missing()
    {
        return "no answer of the " + asked;
    }

    @Override
    public void onBytes(final Peer peer, final ByteBuffer in)
    {
        final HttpHead answer = peer.entry.opening.head;
        final int length = in.remaining();
        peer.hasSpoken = true;
        try
        {
            if (!answer.read(in))
            {
                allowance.chargeRead(peer, length);
            }
            else if (!peer.outbound.isEmpty())
            {
                departures.condemn(peer, CloseReason.PROTOCOL_ERROR, asked + ": answer to half a request");
            }
            else
            {
                answered.onAnswer(peer, answer, in);
            }
        }
        catch (final OpeningException ex)
        {
            departures.condemn(peer, 0 == ex.status() ? CloseReason.PROTOCOL_ERROR : CloseReason.REFUSED,
                asked + ": " + ex.getMessage() + (0 == ex.status() ? "" : textIn(answer, in)));
        }
    }

    /**
     * The first line of the text that explains an answer, if it has come with it.
     */
    private static String textIn(final HttpHead answer, final ByteBuffer in)
    {
        final boolean isText = answer.values("Content-Type").stream().anyMatch((type) -> type.startsWith("text/plain"));
        final byte[] bytes = new byte[isText ? Math.min(SHOWN_LENGTH_MAX, in.remaining()) : 0];
        in.get(bytes);
        final String line = PlainText.of(new String(bytes, StandardCharsets.UTF_8).strip().split("\\R", 2)[0]);
        return line.isEmpty() ? "" : ": " + line;
    }

    @Override
    public String name()
    {
        return name;
    }

    @Override
    public Outbound newOutbound()
    {
        return new ForeignOutbound();
    }

    @Override
    public Cadence watchable(final Cadence cadence)
    {
        return cadence;
    }

    @Override
    public void hello(final Peer peer, final Hello hello)
    {
        throw notYet();
    }

    @Override
    public void probe(final Peer peer)
    {
        throw notYet();
    }

    @Override
    public void send(final Peer peer, final ByteBuffer payload, final boolean isText)
    {
        throw notYet();
    }

    @Override
    public boolean hasOpening()
    {
        return false;
    }

    @Override
    public void welcome(final Peer peer)
    {
        throw notYet();
    }

    private static IllegalStateException notYet()
    {
        return new IllegalStateException("the request is not answered yet");
    }

    @Override
    public void goodbye(final Peer peer, final CloseReason reason)
    {
        // Who is asked would not understand it.
    }
}
