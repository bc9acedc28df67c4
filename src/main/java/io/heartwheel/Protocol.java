package io.heartwheel;

import io.heartwheel.liveness.Cadence;

import java.nio.ByteBuffer;

/**
 * How bytes become messages, and messages bytes, where peers do not speak Heartwheel's own frames. A server is given
 * one by {@link ServerContext#protocols}, or several that it tells apart by the first bytes of each peer. {@link
 * LengthFieldProtocol} and {@link LineProtocol} are ready-made.
 * <p>
 * One instance serves all connections, so it keeps nothing of a connection but what {@link #decode} returns. All
 * methods are called on the reactor thread; with several reactors, by several threads at a time. None may block, or
 * keep a buffer beyond its call.
 * <p>
 * Nobody asks which message is a heartbeat, as any byte proves life. Nor does a protocol have limits of its own to
 * mind. Its peers are held to {@code heartwheel.message.max}, {@code frame.rate}, {@code control.rate} and {@code
 * frame.timeout} as any others. A protocol that throws, or says something without taking bytes, ends the one connection
 * with {@link CloseReason#PROTOCOL_FAILED}, and the error handler is told.
 */
public interface Protocol
{
    /**
     * Heartwheel's own protocol, for servers that speak it beside others. Only its {@link #name} and {@link #greet} are
     * for use: the reactor speaks it by itself.
     */
    Protocol HEARTWHEEL = new OwnProtocol();

    /**
     * WebSocket (RFC 6455), for servers that speak it beside others; {@link WebSocketContext} has its settings. Only
     * its {@link #name} and {@link #greet} are for use: the reactor speaks it by itself.
     */
    Protocol WEBSOCKET = new HttpProtocol();

    /**
     * Whether a connection that begins so is for a protocol.
     */
    enum Greeting
    {
        /** The protocol takes the connection, with all its bytes. */
        MINE,

        /** The next protocol is asked. */
        NOT_MINE,

        /** More bytes have to come before it can be told. */
        MORE
    }

    /**
     * What a decoder has found in the bytes of a peer. Valid during {@link #decode} only. Once the connection has
     * ended, all methods do nothing.
     */
    interface Messages
    {
        /**
         * A message, which goes to the {@link CredentialCheck} if it lets the peer in, and else to the {@link
         * ConnectionListener}. A decoder finds one a call at most.
         *
         * @param from index of its first byte in the buffer that is decoded.
         * @param to   index behind its last byte.
         */
        void message(int from, int to);

        /**
         * The same for a message that lies in another buffer.
         *
         * @param payload from its position to its limit.
         */
        void message(ByteBuffer payload);

        /**
         * The peer has answered a probe. To say so gives a round-trip time, and is optional.
         *
         * @param token that {@link #probe} was given. An answer to another probe than the last is one all the same.
         */
        void answered(byte token);

        /** The peer has answered a probe, which is taken for the last. */
        void answered();

        /**
         * Reply to a heartbeat of the peer. It overtakes messages that wait to be written, and replaces a reply that
         * waits as well. So a peer that asks and asks, and does not read, costs no memory. It counts to {@code
         * heartwheel.control.rate}.
         *
         * @param bytes as they are to be sent, from position to limit, which do not change; 1,024 at most.
         */
        void reply(ByteBuffer bytes);

        /**
         * Send something else, in order with messages. A peer that has it sent more than it reads, up to {@code
         * heartwheel.outbound.max}, ends as {@link CloseReason#FLOODING}.
         *
         * @param bytes as they are to be sent, from position to limit, which do not change.
         */
        void write(ByteBuffer bytes);

        /**
         * The peer has told how often it speaks, or asked to be watched so. The bounds of the settings are kept.
         *
         * @param cadence asked for; {@link Cadence#OFF} asks for the longest.
         * @return the cadence in force. If its detection time is shorter than what the peer was promised, refuse the
         * peer, or it may be condemned although it keeps its word.
         */
        Cadence cadence(Cadence cadence);

        /**
         * The peer said goodbye: {@link CloseReason#PEER_LEFT}.
         *
         * @param text of the goodbye, for people; possibly empty.
         */
        void left(String text);

        /**
         * The peer broke the protocol, or is not wanted. It is told {@link #goodbye}.
         *
         * @param reason {@link CloseReason#PROTOCOL_ERROR}, {@link CloseReason#REFUSED} or {@link
         *               CloseReason#FLOODING}.
         * @param what   is wrong, with the offending value.
         * @throws IllegalArgumentException for any other reason.
         */
        void refuse(CloseReason reason, String what);
    }

    /**
     * State that holds a part of a message which {@link #decode} has taken out of its buffer, such as the fragments
     * that have come. It is bounded like the rest: its bytes count to {@code heartwheel.message.max} and {@code
     * held.max}, and {@code frame.timeout} runs as long as there are any.
     */
    interface Partial
    {
        /** {@return the number of bytes that are held at present; 0 if no message is under way} */
        int heldBytes();
    }

    /**
     * What the protocol is called: in views, metrics and messages.
     *
     * @return a short name.
     */
    String name();

    /**
     * Take the next message, heartbeat, or whatever comes as a whole, and say what it is. Called again as long as bytes
     * are taken and any are left. What is not taken is kept, and comes again with what arrives next, at its beginning.
     * A peer that has more kept than {@code heartwheel.message.max} and 1,024 bytes ends as {@link
     * CloseReason#PROTOCOL_ERROR}. A length is to be checked before it is believed, and never allocated for.
     *
     * @param connection that the bytes came by. It may be not open yet.
     * @param state      that was returned for this connection before; null at first.
     * @param in         bytes from position to limit. To take some is to move the position. Bytes that are taken may be
     *                   changed, such as to remove escapes in place.
     * @param out        to be told what was found.
     * @return state to be given with the next bytes, or null. See {@link Partial}.
     */
    Object decode(Connection connection, Object state, ByteBuffer in, Messages out);

    /**
     * Can a peer be asked whether it is there? If not, peers are watched passively: one that is silent for the whole
     * detection time is gone.
     *
     * @return true if {@link #probe} writes a question.
     */
    default boolean hasProbe()
    {
        return false;
    }

    /**
     * Write the question whether the peer is there. Its wait begins when the kernel has taken the last of these bytes.
     *
     * @param connection that is silent.
     * @param token      to recognise the answer by, one more with each question.
     * @param out        to write to, with room for 1,024 bytes.
     */
    default void probe(final Connection connection, final byte token, final ByteBuffer out)
    {
        throw new UnsupportedOperationException(name() + " has no question");
    }

    /**
     * Write a message that {@link Connection#send} was given.
     *
     * @param connection that it is for.
     * @param payload    from its position to its limit.
     * @param out        to write the bytes to, with room for twice {@code heartwheel.message.max} and 1,024 bytes.
     */
    void frame(Connection connection, ByteBuffer payload, ByteBuffer out);

    /**
     * Write what answers the first message of a peer whom a {@link CredentialCheck} has let in by it. It leaves before
     * anything that the listener sends. A peer that is not let in is told {@link #goodbye}.
     *
     * @param connection that is about to open.
     * @param out        to write to, with room for 1,024 bytes.
     */
    default void welcome(final Connection connection, final ByteBuffer out)
    {
    }

    /**
     * Write what tells the peer that this end closes, if there is such a thing.
     *
     * @param connection that ends; {@link Connection#closeDetail()} has more.
     * @param reason     why; {@link CloseReason#REFUSED} for a peer that is not let in.
     * @param out        to write to, with room for 1,024 bytes.
     */
    default void goodbye(final Connection connection, final CloseReason reason, final ByteBuffer out)
    {
    }

    /**
     * Is a connection that begins like this of this protocol? Asked only where a server speaks several.
     *
     * @param first bytes from position to limit, one at least. To be left as they are.
     * @return whether it is.
     */
    default Greeting greet(final ByteBuffer first)
    {
        return Greeting.MINE;
    }
}
