package io.heartwheel.tls;

import java.nio.ByteBuffer;

/**
 * Where ciphertext is read and made, for all connections of a reactor: a connection has no buffer of its own but for
 * half a record, and for what its socket did not take.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
public final class TlsBuffers
{
    /**
     * Ciphertext looked at in one go. A record is at most half of it, even by the 33,093 bytes that the JDK's engine
     * tolerates of peers that do not keep to the standard's 16,384 and some.
     */
    static final int IN_LENGTH = 64 * 1024;

    /**
     * What the longest write becomes, in the smallest fragments a peer may ask for (512 bytes, with up to 85 around
     * each), and the room the engine wants for one more record.
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
