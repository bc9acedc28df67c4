package io.heartwheel.wire;

import java.nio.ByteBuffer;

/**
 * Receives the frames that {@link FrameDecoder} finds. Each method returns whether to go on: false drops the other
 * bytes that have arrived, as is right once the connection is closed.
 */
public interface FrameHandler
{
    /**
     * A PING.
     *
     * @param token to answer with.
     * @return true to go on.
     */
    boolean onPing(byte token);

    /**
     * A PONG.
     *
     * @param token of the PING it answers.
     * @return true to go on.
     */
    boolean onPong(byte token);

    /**
     * A DATA frame.
     *
     * @param payload from its position to its limit, valid during the call only.
     * @return true to go on.
     */
    boolean onData(ByteBuffer payload);

    /**
     * A HELLO of the version spoken here. Its numbers are not checked.
     *
     * @param hello its payload.
     * @return true to go on.
     */
    boolean onHello(Hello hello);

    /**
     * A HELLO that says who its peer is, and nothing else.
     *
     * @param identity by the grammar of {@link Identity}.
     * @return true to go on.
     */
    default boolean onIdentity(final String identity)
    {
        return true;
    }

    /**
     * A BYE. The bytes that follow it are dropped.
     *
     * @param reason code, 0 if it has none.
     * @param text   for people, possibly empty; safe to print on one line.
     */
    void onBye(int reason, String text);

    /**
     * A whole frame of unknown type, which is skipped. This is not called for one that arrived in parts.
     *
     * @return true to go on.
     */
    default boolean onUnknown()
    {
        return true;
    }

    /**
     * Bytes that break the protocol. The bytes that follow them are dropped.
     *
     * @param what is wrong, with the offending value.
     */
    void onProtocolError(String what);
}
