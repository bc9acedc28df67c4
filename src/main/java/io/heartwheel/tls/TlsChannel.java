package io.heartwheel.tls;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/**
 * TLS of one connection, server or client as its engine is, over a channel that does not block.
 * <p>
 * What takes long in a handshake is a task, to be run by another thread:
 * <pre>
 *   read(plain) or advance(plain)
 *       Runnable task = nextTask()   if not null: hear the socket no more until it has run, and then advance(plain)
 * </pre>
 * While a task is out, the engine holds a lock for it: nothing here may be called but {@link #hasUnsent()},
 * {@link #flush()} and {@link #closeOutbound()}, which leave the engine alone.
 * <p>
 * Renegotiation is refused, since it lets a peer have the costly part of a handshake repeated for nothing. The JDK's
 * own {@code jdk.tls.rejectClientInitiatedRenegotiation} is for a whole JVM only. What TLS 1.3 has after a handshake,
 * new keys and tickets, is served.
 * <p>
 * An idle connection was measured to keep this much heap, with AES-256-GCM, nearly all of it the JDK's. One client
 * certificate was shown by all; certificates that differ add their own length and more.
 * <pre>
 *                    TLS 1.2   with client certificate   TLS 1.3   with client certificate
 *   JDK 17           7.5 KB                    10.7 KB    8.7 KB                   12.3 KB
 *   JDK 25           4.3 KB                     4.2 KB    5.0 KB                    5.3 KB
 * </pre>
 * A newer JDK is the cheapest way to less. Reading or writing a heartbeat makes about 1.5 KB of garbage in the JDK, by
 * direct buffers and by those on the heap alike.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
public final class TlsChannel
{
    /** Room that a buffer to read into must have: all that is looked at in one go fits. */
    public static final int PLAIN_ROOM_MIN = TlsBuffers.IN_LENGTH;

    /** Longest plaintext written at once: a frame of the longest kind. */
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
     * Begin a handshake. A client's first bytes are sent by {@link #advance(ByteBuffer)}.
     *
     * @param engine  set up, and not used before.
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
     * Give what was read from the socket before TLS began. {@link #advance(ByteBuffer)} goes on with it.
     *
     * @param alreadyRead from its position to its limit; it is copied.
     * @throws IllegalArgumentException if it is more than is looked at in one go, 64 KB.
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
     * Read once from the socket, decrypt every whole record, and go on with the handshake up to its next task.
     *
     * @param plain to be added to, with room for {@link #PLAIN_ROOM_MIN} bytes.
     * @return number of bytes added, possibly none; or -1 if the peer has ended, by a close_notify or its socket. What
     * came before is returned first: then {@link #isEnded()} is true already, and the socket may never be ready again.
     * @throws SSLException if the peer breaks the rules, after telling it so. What was decrypted before is in the
     *                      buffer.
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
     * Begin as a client, or go on after a task or with what was given by {@link #prime(ByteBuffer)}, as
     * {@link #read(ByteBuffer)} does, but without reading from the socket.
     *
     * @param plain to be added to, with room for {@link #PLAIN_ROOM_MIN} bytes.
     * @return as of read.
     * @throws SSLException as of read.
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
     * What the handshake waits for.
     *
     * @return a task to be run by any thread, or null if it waits for none.
     */
    public Runnable nextTask()
    {
        checkNoTaskIsOut();
        final Runnable task = isEnded ? null : engine.getDelegatedTask();
        isTaskOut = null != task;
        return task;
    }

    /**
     * Encrypt plaintext and write it as far as the socket takes it; the rest is kept.
     *
     * @param plain from its position to its limit, at most {@link #WRITE_LENGTH_MAX} bytes; all of it is consumed.
     * @return number of bytes that the socket took.
     * @throws IllegalStateException if the handshake is not done, or there is something unsent.
     * @throws IOException           if the engine or the socket fails.
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
     * Write what is unsent, as far as the socket takes it.
     *
     * @return number of bytes that it took.
     * @throws IOException if the socket fails.
     */
    public int flush() throws IOException
    {
        unsent.begin();
        unsent.flush();
        return unsent.bytesSent();
    }

    /**
     * Say that nothing more will be sent, as far as the socket takes it, behind what is unsent; the rest may still be
     * flushed. The channel stays open, and may be read. While a task is out nothing is said.
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
     * Number of bytes that the last {@link #read(ByteBuffer)} took from the socket, whatever came of them: a sign of
     * life.
     *
     * @return number of bytes.
     */
    public int bytesHeard()
    {
        return bytesHeard;
    }

    /**
     * Number of bytes that the socket took during the last call that could write: in a handshake, reads do so as well.
     *
     * @return number of bytes.
     */
    public int bytesSent()
    {
        return unsent.bytesSent();
    }

    /**
     * Is the first handshake still going on? Then nothing can be written.
     *
     * @return true until it is done.
     */
    public boolean isHandshaking()
    {
        return !records.isEstablished();
    }

    /**
     * Has the peer ended, or broken the rules?
     *
     * @return true if nothing more can be read.
     */
    public boolean isEnded()
    {
        return isEnded;
    }

    /** @return true if a record has begun to arrive, and is not whole. */
    public boolean hasHalfRecord()
    {
        return half.length() > 0;
    }

    /** @return true if that has begun in the last read; false too if there is no half record. */
    public boolean hasRecordBegun()
    {
        return hasRecordBegun;
    }

    /**
     * Number of records that were read, to be compared with another: a half record is the same while it is.
     *
     * @return the number, which wraps.
     */
    public int recordCount()
    {
        return records.count();
    }

    /**
     * Number of records in the last read that said nothing to the application, such as new keys. Those of the
     * handshake do not count.
     *
     * @return number of records.
     */
    public int silentRecords()
    {
        return records.silentCount();
    }

    /**
     * What a peer began with that does not speak TLS.
     *
     * @return its first four bytes in network byte order, or 0 if it has sent a record.
     */
    public int firstWord()
    {
        return firstWord;
    }

    /**
     * Is there ciphertext that the socket did not take?
     *
     * @return true if it waits to be flushed.
     */
    public boolean hasUnsent()
    {
        return !unsent.isEmpty();
    }

    /** @return number of bytes it takes to keep what was read of a record, or for a task. */
    public int halfBytes()
    {
        return half.capacity();
    }

    /** @return number of bytes it takes to keep the ciphertext that the socket did not take. */
    public int unsentBytes()
    {
        return unsent.capacity();
    }

    /** Nothing will be read or written any more: keep nothing for it. */
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
            // Nothing of it was taken so far: it lies there from its beginning.
            firstWord = 0 == records.count() && in.limit() >= Integer.BYTES ? in.getInt(0) : 0;
            throw broken(ex);
        }
        final int length = plain.position() - start;
        return 0 == length && isEnded ? -1 : length;
    }

    /**
     * Tell the peer.
     *
     * @return what to throw.
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
