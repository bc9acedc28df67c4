package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.wire.Foreign;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Told by {@link SocketIo} of what it reads and writes.
 */
interface SocketHandler
{
    /**
     * A connection that is JOINING and not greeted yet has something to read. It was not read.
     */
    void onArriving(Peer peer);

    /**
     * Bytes came. {@link Peer#outbound} has the answer afterwards.
     */
    void onBytes(Peer peer, ByteBuffer bytes);

    /**
     * Bytes came that hold no data, such as a part of a TLS record. They prove life all the same.
     */
    void onNothing(Peer peer, int length);

    /**
     * TLS has handled the bytes that came, and the connection has not ended.
     */
    void onRecords(Peer peer);

    /**
     * The peer spoke another protocol where TLS was expected.
     */
    void onForeign(Peer peer, Foreign foreign);

    /**
     * The peer sends nothing more.
     */
    void onEnd(Peer peer, CloseReason reason, String detail);

    /**
     * The kernel failed to read or write.
     */
    void onFailure(Peer peer, IOException ex);

    /**
     * Handling the connection threw an exception.
     */
    void onFault(Peer peer, Throwable ex);

    /**
     * An OPEN connection has handed the kernel what it had to send.
     *
     * @param sent       flags of the control frames that left.
     * @param progressed true if the kernel accepted any bytes.
     * @param isCut      true if the kernel did not accept them all.
     */
    void onFlushed(Peer peer, int sent, boolean progressed, boolean isCut);

    /**
     * The last bytes of a LEAVING connection are written.
     */
    void onLastBytesWritten(Peer peer);
}
