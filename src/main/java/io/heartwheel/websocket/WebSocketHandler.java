package io.heartwheel.websocket;

import java.nio.ByteBuffer;

/**
 * Receives what {@link WebSocketDecoder} finds. Each method that returns a boolean says whether to go on: false drops
 * all that arrives afterwards, as is right once the connection is closed. A payload reaches from the position of its
 * buffer to its limit, is without its mask, and is valid during the call only.
 */
public interface WebSocketHandler
{
    /**
     * A whole message of text.
     *
     * @param payload valid UTF-8.
     * @return true to go on.
     */
    boolean onText(ByteBuffer payload);

    /**
     * A whole message of bytes.
     *
     * @param payload the bytes.
     * @return true to go on.
     */
    boolean onBinary(ByteBuffer payload);

    /**
     * A PING, to be answered by a PONG with the same payload. If several wait for an answer, that to the last will do
     * (RFC 6455, section 5.5.3).
     *
     * @param payload 0 to {@link WebSocketFrame#MAX_CONTROL_LENGTH} bytes.
     * @return true to go on.
     */
    boolean onPing(ByteBuffer payload);

    /**
     * A PONG, which answers a PING or comes unasked.
     *
     * @param payload 0 to {@link WebSocketFrame#MAX_CONTROL_LENGTH} bytes: see {@link WebSocketFrame#tokenOf}.
     * @return true to go on.
     */
    boolean onPong(ByteBuffer payload);

    /**
     * A frame that does not end its message. It counts as a frame wherever frames are counted: else a peer could send
     * any number of empty ones for nothing.
     *
     * @param messageLength number of bytes of the message so far.
     * @return true to go on.
     */
    boolean onFragment(int messageLength);

    /**
     * A CLOSE, to be answered by a CLOSE with the same code. Everything that follows it is dropped.
     *
     * @param code 1000 to 4999; {@link CloseCode#NONE} if it has none.
     * @param text for people, possibly empty; safe to print on one line.
     */
    void onClose(int code, String text);

    /**
     * Bytes that break the protocol. Everything that follows them is dropped.
     *
     * @param code to close with: {@link CloseCode#PROTOCOL_ERROR}, {@link CloseCode#NOT_TAKEN},
     *             {@link CloseCode#BAD_TEXT} or {@link CloseCode#TOO_LONG}.
     * @param what is wrong, with the offending value.
     */
    void onProtocolError(int code, String what);
}
