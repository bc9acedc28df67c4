package io.heartwheel.wire;

import java.nio.ByteBuffer;

/**
 * Told of each frame by {@link FrameDecoder}. Each method returns whether to go on: false drops what else has arrived,
 * which is right once the connection is closed.
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
     * A HELLO of the version spoken here, with numbers not checked.
     *
     * @param hello what it says.
     * @return true to go on.
     */
    boolean onHello(Hello hello);

    /**
     * A BYE. What follows it is dropped.
     *
     * @param reason code, 0 if it has none.
     * @param text   for people, possibly empty.
     */
    void onBye(int reason, String text);

    /**
     * A whole frame of a type that is not known, which is passed over. One whose end has not arrived is not told.
     *
     * @return true to go on.
     */
    default boolean onUnknown()
    {
        return true;
    }

    /**
     * Bytes that break the protocol. What follows them is dropped.
     *
     * @param what is wrong, with the value.
     */
    void onProtocolError(String what);
}
