package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.wire.Foreign;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What {@link SocketIo} tells of the sockets that it reads and writes.
 */
interface SocketHandler
{
    /**
     * A connection that is JOINING and not greeted yet has something to read. It was not read.
     */
    void onArriving(Peer peer);

    /**
     * Bytes came. They are answered by what is in {@link Peer#outbound} afterwards.
     */
    void onBytes(Peer peer, ByteBuffer bytes);

    /**
     * Bytes came of which TLS made none: proof of life all the same.
     */
    void onNothing(Peer peer, int length);

    /**
     * TLS has handled what came, and was not ended by it.
     */
    void onRecords(Peer peer);

    /**
     * The peer spoke something else where TLS was to be spoken.
     */
    void onForeign(Peer peer, Foreign foreign);

    /**
     * There is nothing more to be had of the peer.
     */
    void onEnd(Peer peer, CloseReason reason, String detail);

    /**
     * The kernel failed to read or write.
     */
    void onFailure(Peer peer, IOException ex);

    /**
     * Something was thrown that should not be.
     */
    void onFault(Peer peer, Throwable ex);

    /**
     * The kernel was given what an OPEN connection had to send.
     *
     * @param sent       flags of the control frames that left.
     * @param progressed true if the kernel took any bytes.
     * @param isCut      true if it left some.
     */
    void onFlushed(Peer peer, int sent, boolean progressed, boolean isCut);

    /**
     * The last bytes of a LEAVING connection are written.
     */
    void onLastBytesWritten(Peer peer);
}
