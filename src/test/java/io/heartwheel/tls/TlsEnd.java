package io.heartwheel.tls;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * One end of a TLS connection in memory, driven as a reactor would.
 */
final class TlsEnd
{
    private static final TlsBuffers BUFFERS = new TlsBuffers();
    private static final int TURNS_MAX = 1_000_000;

    final MemoryChannel socket;
    final SSLEngine engine;
    final TlsChannel tls;
    final ByteArrayOutputStream received = new ByteArrayOutputStream();
    SSLException failure;
    boolean isEnded;

    private final ByteBuffer plain = ByteBuffer.allocate(TlsChannel.PLAIN_ROOM_MIN + 4);

    TlsEnd(final SSLEngine engine, final MemoryChannel socket) throws IOException
    {
        this.engine = engine;
        this.socket = socket;
        tls = new TlsChannel(engine, socket, BUFFERS);
    }

    /** Let both do what they can until nothing is left to be done. */
    static void run(final TlsEnd... ends) throws IOException
    {
        boolean isProgressing = true;
        for (int turns = 0; isProgressing; turns++)
        {
            assertTrue(turns < TURNS_MAX, "no end");
            isProgressing = false;
            for (final TlsEnd end : ends)
            {
                isProgressing |= end.turn();
            }
        }
    }

    void start() throws IOException
    {
        got(tls.advance(plain.clear()));
    }

    /** Read once, and run the tasks that come of it. */
    boolean turn() throws IOException
    {
        final boolean isFlushing = tls.hasUnsent();
        if (isFlushing)
        {
            tls.flush();
        }
        if (isEnded || null != failure || !socket.isReadable())
        {
            return isFlushing;
        }

        try
        {
            got(tls.read(plain.clear()));
            for (Runnable task = tls.nextTask(); null != task; task = tls.nextTask())
            {
                task.run();
                got(tls.advance(plain.clear()));
            }
        }
        catch (final SSLException ex)
        {
            failure = ex;
        }
        return true;
    }

    void write(final byte[] bytes) throws IOException
    {
        final ByteBuffer message = ByteBuffer.wrap(bytes);
        tls.write(message);
        assertEquals(0, message.remaining());
    }

    private void got(final int length)
    {
        assertEquals(Math.max(0, length), plain.position());
        received.write(plain.array(), 0, plain.position());
        isEnded |= tls.isEnded();
    }
}
