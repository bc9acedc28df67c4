package io.heartwheel.tls;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Drives an SSLEngine: decrypts records, encrypts plaintext, and sends the engine's own messages. It bounds what a peer
 * can make it do in one call and in a handshake.
 */
final class Records
{
    /**
     * Most steps of one call. 64 KB hold 2,849 of the shortest records that carry a byte, of 23 bytes each.
     */
    private static final int STEPS_MAX = 4096;

    /**
     * Most records of one call that bring the application nothing once the handshake is done: empty ones, alerts, new
     * keys. Each costs us more than the peer. OpenSSL accepts as many.
     */
    private static final int SILENT_RECORDS_MAX = 32;

    /**
     * The same for the whole handshake. A chain of certificates may come in small fragments.
     */
    private static final int HANDSHAKE_RECORDS_MAX = 512;

    /**
     * Most reads of a handshake. Each costs a step, however few bytes it brings.
     */
    static final int HANDSHAKE_READS_MAX = 4096;
    /**
     * Most bytes of a handshake. The JDK accepts a chain of certificates of 32 KB, and the last read of a handshake may
     * bring 64 KB of the application's with it.
     */
    static final int HANDSHAKE_BYTES_MAX = 256 * 1024;

    /**
     * Most records of one write. The longest write takes 129 of the smallest fragments, and new keys may come in
     * between.
     */
    private static final int RECORDS_PER_WRITE_MAX = 512;

    /**
     * Most wraps at the end. An engine has one or two alerts to send, and may first throw the exception of a task.
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
     * Number of records read. It wraps, so it can only be compared for equality.
     */
    int count()
    {
        return recordCount;
    }

    /**
     * Number of records of the last call that brought the application nothing; 0 during the handshake.
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
     * Decrypt whole records, up to the next task of the handshake. The engine's own messages go to the out buffer.
     *
     * @return false if the peer has closed. Then this must not be called again: the engine would ask for wraps for
     * ever.
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
     * Check that a record that does not fit is a half one. The engine asks for room for a record before it checks
     * whether the record, or even its header, is whole. Each whole record fits.
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
     * Encrypt all of the plaintext to the out buffer.
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
     * Send the engine's pending alert, or a close_notify. A failure is ignored, as the connection ends anyway.
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
                // The engine first throws the exception of a task, and gives the alert at the next wrap.
            }
        }

        try
        {
            unsent.send();
            unsent.flush();
        }
        catch (final IOException ignore)
        {
            // The connection ends anyway.
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
     * Count a read, or a task that was done, against the bounds of the handshake.
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
