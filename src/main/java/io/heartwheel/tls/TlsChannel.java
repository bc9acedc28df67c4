package io.heartwheel.tls;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/**
 * TLS of one connection over a non-blocking channel. The engine decides whether this end is the server or the client.
 * <p>
 * The slow steps of a handshake are tasks, which another thread should run:
 * <pre>
 *   read(plain) or advance(plain)
 *       Runnable task = nextTask()   if not null: do not read until it has run, and then call advance(plain)
 * </pre>
 * While a task runs, the engine holds a lock for it. Then only {@link #hasUnsent()}, {@link #flush()} and
 * {@link #closeOutbound()} may be called, as they do not touch the engine.
 * <p>
 * Renegotiation is refused, since it lets a peer have us repeat the costly part of a handshake. The JDK's own
 * {@code jdk.tls.rejectClientInitiatedRenegotiation} applies to a whole JVM only. New keys and tickets of TLS 1.3 are
 * served.
 * <p>
 * Heap of an idle connection, measured with AES-256-GCM; nearly all of it is the JDK's. All clients used the same
 * certificate; different ones add more than their own length.
 * <pre>
 *                    TLS 1.2   with client certificate   TLS 1.3   with client certificate
 *   JDK 17           7.5 KB                    10.7 KB    8.7 KB                   12.3 KB
 *   JDK 25           4.3 KB                     4.2 KB    5.0 KB                    5.3 KB
 * </pre>
 * A newer JDK is the cheapest way to save memory. The JDK allocates about 1.5 KB to read or write one heartbeat, with
 * direct buffers and heap buffers alike.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
public final class TlsChannel
{
    /** Room in bytes that a buffer for plaintext must have, so that whatever one read decrypts fits. */
    public static final int PLAIN_ROOM_MIN = TlsBuffers.IN_LENGTH;

    /** Longest plaintext of one write in bytes: the longest frame. */
    public static final int WRITE_LENGTH_MAX = 64 * 1024 + 4;

    private final SSLEngine engine;
    private final ByteChannel channel;
    private final TlsBuffers buffers;
    private final HalfRecord half = new HalfRecord();
    private final Unsent unsent;
    private final Records records;

    private int bytesHeard;
    private boolean hasRecordBegun;
    private int firstWord;
    private boolean isTaskOut;
    private boolean isEnded;

    /**
     * Begin a handshake. {@link #advance(ByteBuffer)} sends a client's first bytes.
     *
     * @param engine  that is set up, and was not used before.
     * @param channel that does not block.
     * @param buffers of the reactor.
     * @throws SSLException if the engine has no protocol or cipher to use.
     */
    public TlsChannel(final SSLEngine engine, final ByteChannel channel, final TlsBuffers buffers) throws SSLException
    {
        this.engine = engine;
        this.channel = channel;
        this.buffers = buffers;
        unsent = new Unsent(channel, buffers);
        records = new Records(engine, buffers.out, unsent);
        engine.beginHandshake();
    }

    /**
     * Pass on bytes that were read from the socket before TLS began. {@link #advance(ByteBuffer)} handles them.
     *
     * @param alreadyRead from its position to its limit; the bytes are copied.
     * @throws IllegalArgumentException if there are more than 64 KB.
     */
    public void prime(final ByteBuffer alreadyRead)
    {
        if (half.length() + alreadyRead.remaining() > TlsBuffers.IN_LENGTH)
        {
            throw new IllegalArgumentException(alreadyRead.remaining() + " bytes are too many to begin with");
        }
        half.keep(alreadyRead);
    }

    /**
     * Read once from the socket, decrypt every whole record, and continue the handshake up to its next task.
     *
     * @param plain to append plaintext to, with room for {@link #PLAIN_ROOM_MIN} bytes.
     * @return number of bytes appended, possibly 0; or -1 if the peer has closed, by a close_notify or its socket.
     * Bytes that came before the close are returned first. Then {@link #isEnded()} is true already, and the socket may
     * never be ready again.
     * @throws SSLException if the peer breaks the rules; it has been told so by an alert. Bytes that were decrypted
     *                      before are in the buffer.
     * @throws IOException  if the socket fails.
     */
    public int read(final ByteBuffer plain) throws IOException
    {
        begin(plain);
        if (isEnded)
        {
            return -1;
        }
        final ByteBuffer in = buffers.in.clear();
        half.moveTo(in);
        final int length = channel.read(in);
        bytesHeard = Math.max(0, length);
        isEnded = length < 0;
        return process(in.flip(), plain);
    }

    /**
     * Do what {@link #read(ByteBuffer)} does, without reading from the socket: to begin as a client, to continue after
     * a task, or to handle the bytes of {@link #prime(ByteBuffer)}.
     *
     * @param plain to append plaintext to, with room for {@link #PLAIN_ROOM_MIN} bytes.
     * @return the same as {@link #read(ByteBuffer)}.
     * @throws SSLException as {@link #read(ByteBuffer)} does.
     * @throws IOException  if the socket fails.
     */
    public int advance(final ByteBuffer plain) throws IOException
    {
        isTaskOut = false;
        begin(plain);
        if (isEnded)
        {
            return -1;
        }
        final ByteBuffer in = buffers.in.clear();
        half.moveTo(in);
        return process(in.flip(), plain);
    }

    /**
     * Take the next task of the handshake.
     *
     * @return a task that any thread may run, or null if the handshake waits for none.
     */
    public Runnable nextTask()
    {
        checkNoTaskIsOut();
        final Runnable task = isEnded ? null : engine.getDelegatedTask();
        isTaskOut = null != task;
        return task;
    }

    /**
     * Encrypt plaintext, and write as much ciphertext as the socket takes. The rest is kept.
     *
     * @param plain from its position to its limit, at most {@link #WRITE_LENGTH_MAX} bytes; all of it is consumed.
     * @return number of bytes of ciphertext that the socket took.
     * @throws IllegalStateException    if the handshake is not done, or there is unsent ciphertext.
     * @throws IllegalArgumentException if the plaintext is too long.
     * @throws IOException              if the engine or the socket fails.
     */
    public int write(final ByteBuffer plain) throws IOException
    {
        checkNoTaskIsOut();
        if (isHandshaking() || !unsent.isEmpty())
        {
            throw new IllegalStateException(
                isHandshaking() ? "the handshake is not done" : "there is something unsent");
        }
        if (plain.remaining() > WRITE_LENGTH_MAX)
        {
            throw new IllegalArgumentException(plain.remaining() + " bytes are too many for one write");
        }

        unsent.begin();
        try
        {
            records.wrap(plain);
        }
        catch (final SSLException | RuntimeException ex)
        {
            throw broken(ex);
        }
        unsent.send();
        return unsent.bytesSent();
    }

    /**
     * Write as much of the unsent ciphertext as the socket takes.
     *
     * @return number of bytes that the socket took.
     * @throws IOException if the socket fails.
     */
    public int flush() throws IOException
    {
        unsent.begin();
        unsent.flush();
        return unsent.bytesSent();
    }

    /**
     * Send a close_notify after the unsent ciphertext, as far as the socket takes it. {@link #flush()} sends the rest.
     * The channel stays open, and may be read. Nothing is sent while a task runs.
     */
    public void closeOutbound()
    {
        if (!isTaskOut)
        {
            unsent.begin();
            records.sayLastWords();
        }
    }

    /**
     * Number of bytes that the last {@link #read(ByteBuffer)} took from the socket. They prove life, even if they were
     * not a whole record.
     *
     * @return number of bytes.
     */
    public int bytesHeard()
    {
        return bytesHeard;
    }

    /**
     * Number of bytes that the socket took during the last call that could write. Reads write too during a handshake.
     *
     * @return number of bytes.
     */
    public int bytesSent()
    {
        return unsent.bytesSent();
    }

    /**
     * Is the handshake still under way? Then nothing can be written.
     *
     * @return true until it is done.
     */
    public boolean isHandshaking()
    {
        return !records.isEstablished();
    }

    /**
     * Has the peer closed, or broken the rules?
     *
     * @return true if nothing more can be read.
     */
    public boolean isEnded()
    {
        return isEnded;
    }

    /** {@return true if a record has begun to arrive, and is not whole} */
    public boolean hasHalfRecord()
    {
        return half.length() > 0;
    }

    /** {@return true if there is a half record, and it began to arrive in the last read} */
    public boolean hasRecordBegun()
    {
        return hasRecordBegun;
    }

    /**
     * Number of records that were read. A half record is still the same one as long as this number is.
     *
     * @return the number, which wraps.
     */
    public int recordCount()
    {
        return records.count();
    }

    /**
     * Number of records of the last read that brought the application nothing, such as new keys. Records of the
     * handshake do not count.
     *
     * @return number of records.
     */
    public int silentRecords()
    {
        return records.silentCount();
    }

    /**
     * The first bytes of a peer that does not speak TLS.
     *
     * @return its first four bytes in network byte order, or 0 if it has sent a record.
     */
    public int firstWord()
    {
        return firstWord;
    }

    /**
     * Is there unsent ciphertext, which the socket did not take?
     *
     * @return true if {@link #flush()} has something to write.
     */
    public boolean hasUnsent()
    {
        return !unsent.isEmpty();
    }

    /** {@return size in bytes of the buffer that keeps ciphertext until it can be decrypted} */
    public int halfBytes()
    {
        return half.capacity();
    }

    /** {@return number of bytes of ciphertext that the socket did not take} */
    public int unsentBytes()
    {
        return unsent.length();
    }

    /** {@return size in bytes of the buffer that keeps unsent ciphertext} */
    public int unsentCapacity()
    {
        return unsent.capacity();
    }

    /** Release the buffers, as nothing will be read or written any more. */
    public void discard()
    {
        half.discard();
        unsent.discard();
    }

    /**
     * Protocol, cipher and certificates in use.
     *
     * @return the session of the engine.
     */
    public SSLSession session()
    {
        checkNoTaskIsOut();
        return engine.getSession();
    }

    private void begin(final ByteBuffer plain)
    {
        checkNoTaskIsOut();
        if (plain.remaining() < PLAIN_ROOM_MIN)
        {
            throw new IllegalArgumentException("room for " + plain.remaining() + " bytes is less than the " +
                PLAIN_ROOM_MIN + " that may come of one read");
        }
        bytesHeard = 0;
        unsent.begin();
    }

    private int process(final ByteBuffer in, final ByteBuffer plain) throws IOException
    {
        final int start = plain.position();
        final int recordsBefore = records.count();
        final boolean wasHalf = in.remaining() > bytesHeard;
        try
        {
            records.onRead(bytesHeard);
            isEnded |= !records.unwrap(in, plain);
            half.keep(in);
            hasRecordBegun = hasHalfRecord() && (!wasHalf || recordsBefore != records.count());
            unsent.send();
        }
        catch (final SSLException | RuntimeException ex)
        {
            // If no record was read, the buffer still begins with the first bytes of the connection.
            firstWord = 0 == records.count() && in.limit() >= Integer.BYTES ? in.getInt(0) : 0;
            throw broken(ex);
        }
        final int length = plain.position() - start;
        return 0 == length && isEnded ? -1 : length;
    }

    /**
     * End the connection after an error, and send the peer an alert.
     *
     * @return the exception to throw.
     */
    private SSLException broken(final Exception ex)
    {
        isEnded = true;
        half.discard();
        records.sayLastWords();
        return ex instanceof SSLException known ? known : new SSLException("the engine failed: " + ex, ex);
    }

    private void checkNoTaskIsOut()
    {
        if (isTaskOut)
        {
            throw new IllegalStateException("a task of the handshake is out");
        }
    }
}
