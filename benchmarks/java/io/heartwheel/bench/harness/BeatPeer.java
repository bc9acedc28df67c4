package io.heartwheel.bench.harness;

import java.nio.channels.SocketChannel;

/**
 * One connection of {@link BeatClients}.
 */
final class BeatPeer
{
    final SocketChannel channel;

    /** Just before the last write: of a PING, or of the answer to one. The server cannot have heard it earlier. */
    long timeOfLastWriteNs;

    /** Between two writes. */
    long longestSilenceNs;

    /** Of the last PING. */
    byte token;

    /** Its PING is not answered yet. */
    boolean isWaiting;

    /** It fell silent, and is to be closed for that. */
    boolean isSilent;
    boolean isClosed;

    BeatPeer(final SocketChannel channel)
    {
        this.channel = channel;
        timeOfLastWriteNs = System.nanoTime();
    }

    void onWrite(final long nowNs)
    {
        longestSilenceNs = longestSilenceNs(nowNs);
        timeOfLastWriteNs = nowNs;
    }

    /** {@return the longest until now. Who is closed may write once more before it reads that} */
    long longestSilenceNs(final long nowNs)
    {
        return Math.max(longestSilenceNs, nowNs - timeOfLastWriteNs);
    }
}
