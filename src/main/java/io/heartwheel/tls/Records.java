package io.heartwheel.tls;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Drives an engine: records become plaintext and plaintext records, and what the engine has to say itself is said.
 */
final class Records
{
    /**
     * Records in one go: 64 KB hold 2,849 of the shortest that carry anything, of 23 bytes.
     */
    private static final int STEPS_MAX = 4096;

    /**
     * Records in one go that say nothing to the application once the handshake is done: empty ones, alerts, new keys.
     * Each costs us more than the peer. OpenSSL takes as many.
     */
    private static final int SILENT_RECORDS_MAX = 32;

    /**
     * The same in all of the handshake: a chain of certificates may come in small fragments.
     */
    private static final int HANDSHAKE_RECORDS_MAX = 512;

    /**
     * Reads and bytes of a handshake. The longest that the JDK takes is a chain of certificates of 32 KB, and 64 KB of
     * the application's may come behind it. Each read costs a step, however little it brings.
     */
    static final int HANDSHAKE_READS_MAX = 4096;
    static final int HANDSHAKE_BYTES_MAX = 256 * 1024;

    /**
     * The longest write is 129 of the smallest fragments, and new keys may come in between.
     */
    private static final int RECORDS_PER_WRITE_MAX = 512;

    /**
     * An engine has an alert or two to say at the end, and may first throw what a task has thrown.
     */
    private static final int LAST_WRAPS_MAX = 8;
    private static final int HEADER_LENGTH = 5;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SSLEngine engine;
    private final ByteBuffer out;
    private final Unsent unsent;

    private int silentRecords;
    private int recordCount;
    private int handshakeReads;
    private int handshakeBytes;
    private boolean isEstablished;

    Records(final SSLEngine engine, final ByteBuffer out, final Unsent unsent)
    {
        this.engine = engine;
        this.out = out;
        this.unsent = unsent;
    }

    /**
     * Number of records read, to be compared only.
     */
    int count()
    {
        return recordCount;
    }

    /**
     * Number of those in the last go that say nothing to the application, once the handshake is done.
     */
    int silentCount()
    {
        return isEstablished ? silentRecords : 0;
    }

    boolean isEstablished()
    {
        return isEstablished;
    }

    /**
     * Decrypt whole records, up to the next task of the handshake; what the engine has to say comes to the out buffer.
     *
     * @return false if the peer has closed. Then it must not be called again: the engine would have it wrap for ever.
     */
    boolean unwrap(final ByteBuffer in, final ByteBuffer plain) throws IOException
    {
        silentRecords = isEstablished ? 0 : silentRecords;
        for (int steps = 0; steps < STEPS_MAX; steps++)
        {
            final HandshakeStatus status = engine.getHandshakeStatus();
            if (HandshakeStatus.NEED_TASK == status)
            {
                checkNotEstablished();
                return true;
            }
            if (HandshakeStatus.NEED_WRAP == status)
            {
                wrapOwn();
            }
            else if (!in.hasRemaining())
            {
                return true;
            }
            else
            {
                final SSLEngineResult result = engine.unwrap(in, plain);
                switch (result.getStatus())
                {
                    case OK -> count(result);
                    case BUFFER_UNDERFLOW ->
                    {
                        return true;
                    }
                    case BUFFER_OVERFLOW ->
                    {
                        requireHalf(in);
                        return true;
                    }
                    case CLOSED ->
                    {
                        in.position(in.limit());
                        return false;
                    }
                    default -> throw new IllegalStateException(String.valueOf(result.getStatus()));
                }
            }
        }
        throw new SSLException("more than " + STEPS_MAX + " records at once");
    }

    /**
     * The engine asks for the room of a record before it looks whether all of that has come, or of its header. What is
     * whole has room.
     */
    private static void requireHalf(final ByteBuffer in) throws SSLException
    {
        final int lengthIndex = in.position() + HEADER_LENGTH - Short.BYTES;
        if (in.remaining() >= HEADER_LENGTH && in.remaining() >= HEADER_LENGTH + (in.getShort(lengthIndex) & 0xFFFF))
        {
            throw new SSLException("a record does not fit");
        }
    }

    /**
     * Encrypt all of it to the out buffer.
     */
    void wrap(final ByteBuffer plain) throws SSLException
    {
        for (int records = 0; plain.hasRemaining(); records++)
        {
            final SSLEngineResult.Status status = engine.wrap(plain, out).getStatus();
            if (SSLEngineResult.Status.OK != status || RECORDS_PER_WRITE_MAX == records)
            {
                throw new SSLException("cannot encrypt: " + status + " after " + records + " records");
            }
        }
    }

    /**
     * Send the alert that the engine still has to say, or a close_notify. Whatever goes wrong comes after the end.
     */
    void sayLastWords()
    {
        engine.closeOutbound();
        for (int wraps = 0; wraps < LAST_WRAPS_MAX && !engine.isOutboundDone(); wraps++)
        {
            try
            {
                engine.wrap(NOTHING, out);
            }
            catch (final SSLException | RuntimeException ignore)
            {
                // What a task has thrown comes first, and the alert behind it.
            }
        }

        try
        {
            unsent.send();
            unsent.flush();
        }
        catch (final IOException ignore)
        {
            // Nobody is there to be told.
        }
    }

    private void wrapOwn() throws IOException
    {
        final SSLEngineResult result = engine.wrap(NOTHING, out);
        onFinished(result);
        if (SSLEngineResult.Status.BUFFER_OVERFLOW == result.getStatus())
        {
            unsent.send();
        }
    }

    private void checkNotEstablished() throws SSLException
    {
        if (isEstablished)
        {
            throw new SSLException("the peer asks for renegotiation, which is refused");
        }
    }

    /**
     * So much was read, or a task was done.
     */
    void onRead(final int length) throws SSLException
    {
        if (!isEstablished)
        {
            ++handshakeReads;
            handshakeBytes += length;
            if (handshakeReads > HANDSHAKE_READS_MAX || handshakeBytes > HANDSHAKE_BYTES_MAX)
            {
                throw new SSLException("the handshake is longer than " + HANDSHAKE_BYTES_MAX + " bytes or " +
                    HANDSHAKE_READS_MAX + " reads");
            }
        }
    }

    private void onFinished(final SSLEngineResult result)
    {
        if (!isEstablished && HandshakeStatus.FINISHED == result.getHandshakeStatus())
        {
            isEstablished = true;
            silentRecords = 0;
        }
    }

    private void count(final SSLEngineResult result) throws SSLException
    {
        ++recordCount;
        if (0 == result.bytesProduced() &&
            ++silentRecords > (isEstablished ? SILENT_RECORDS_MAX : HANDSHAKE_RECORDS_MAX))
        {
            throw new SSLException("more than " + (silentRecords - 1) + " records at once that say nothing");
        }
        onFinished(result);
    }
}
