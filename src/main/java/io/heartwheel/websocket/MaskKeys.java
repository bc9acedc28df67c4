package io.heartwheel.websocket;

import java.nio.ByteBuffer;
import java.util.Random;

/**
 * The keys that a client masks its frames with. Each comes from a source that nobody can guess, as a page that could
 * foretell the keys could choose what a proxy between reads (RFC 6455, sections 5.3 and 10.3). They are fetched many at
 * a time, so that a frame costs a few bytes of a buffer, and allocates nothing.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
public final class MaskKeys
{
    private static final int KEYS_AT_A_TIME = 256;

    private final Random source;
    private final byte[] bytes = new byte[KEYS_AT_A_TIME * WebSocketFrame.KEY_LENGTH];
    private final ByteBuffer keys = ByteBuffer.wrap(bytes).limit(0);

    /**
     * Construct with none fetched.
     *
     * @param source of randomness: a {@link java.security.SecureRandom}, but in tests.
     */
    public MaskKeys(final Random source)
    {
        this.source = source;
    }

    /**
     * The key of the next frame.
     *
     * @return any 32 bits.
     */
    public int next()
    {
        if (!keys.hasRemaining())
        {
            source.nextBytes(bytes);
            keys.clear();
        }
        return keys.getInt();
    }

    /**
     * What the next connection begins with.
     *
     * @return {@link ClientOpening#NONCE_LENGTH} bytes.
     */
    public byte[] nonce()
    {
        final byte[] nonce = new byte[ClientOpening.NONCE_LENGTH];
        source.nextBytes(nonce);
        return nonce;
    }
}
