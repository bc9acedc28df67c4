package io.heartwheel.tls;

import java.nio.ByteBuffer;

/**
 * The two buffers for ciphertext that all connections of a reactor share, one for reading and one for writing. A
 * connection has a buffer of its own only while it keeps half a record or unsent bytes.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
public final class TlsBuffers
{
    /**
     * Most bytes of ciphertext that one call handles. A record takes about half of it at most: the JDK's engine
     * tolerates 33,093 bytes, where the standard allows little more than 16,384.
     */
    static final int IN_LENGTH = 64 * 1024;

    /**
     * Room for the longest write in the smallest fragments that a peer may ask for (512 bytes, and up to 85 more for
     * each), and for one more record, as the engine demands.
     */
    static final int OUT_LENGTH = 128 * 1024;

    final ByteBuffer in = ByteBuffer.allocateDirect(IN_LENGTH);
    final ByteBuffer out = ByteBuffer.allocateDirect(OUT_LENGTH);

    /**
     * Construct the buffers of one reactor.
     */
    public TlsBuffers()
    {
    }
}
