package io.heartwheel;

import io.heartwheel.metrics.Counter;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import javax.net.ssl.SSLSocket;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * TLS records of a peer after its handshake: what it may send, and what ends its connection.
 */
class TlsRecordsTest extends TlsServerRig
{
    TlsRecordsTest()
    {
        super(new RecordingListener());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLimitNewKeysAsItLimitsPings(final boolean isLetIn) throws IOException, InterruptedException
    {
        start(context().firstRequired(!isLetIn).controlRate(10).rateBurstNs(TimeUnit.SECONDS.toNanos(3)));
        try (SSLSocket socket = connect("TLSv1.3"); TestPeer peer = new TestPeer(socket))
        {
            peer.read(Frame.HELLO);
            askForNewKeys(socket, 25);
            assertEquals(0, count(CloseReason.FLOODING), "30 may come at once");
            try
            {
                askForNewKeys(socket, 60);
            }
            catch (final IOException ex)
            {
                // It was quicker than we are.
            }
            await(() -> 1 == count(CloseReason.FLOODING));
        }
    }

    /** Each in a read of its own, or there would be too many at once. */
    private void askForNewKeys(final SSLSocket socket, final int count) throws IOException, InterruptedException
    {
        for (int i = 0; i < count && 0 == count(CloseReason.FLOODING); i++)
        {
            final long reads = server.metrics().count(Counter.HEARD);
            // Once the handshake is done it asks for new keys.
            socket.startHandshake();
            await(() -> server.metrics().count(Counter.HEARD) > reads || 0 < count(CloseReason.FLOODING));
        }
    }

    @Test
    void shouldNotWaitForHalfARecordWithoutEnd() throws IOException, InterruptedException
    {
        start(context().frameTimeoutNs(200 * MS));
        final Socket plain = connectPlain();
        try (SSLSocket socket = connect(plain); TestPeer peer = new TestPeer(socket))
        {
            peer.read(Frame.HELLO);
            // The beginning of a record of application data of 9,000 bytes.
            plain.getOutputStream().write(new byte[]{23, 3, 3, 0x23, 0x28});
            for (int i = 0; i < 40 && listener.closed().isEmpty(); i++)
            {
                plain.getOutputStream().write(i);
                Thread.sleep(20);
            }
            final TestPeer.Received bye = peer.read(Frame.BYE);
            assertEquals(CloseReason.PROTOCOL_ERROR.code(), bye.byeReason());
            assertEquals("TLS record not complete after 200ms", bye.byeText());
        }
    }

    @Test
    void shouldGiveEachRecordTheWholeTime() throws IOException, InterruptedException
    {
        start(context().frameTimeoutNs(300 * MS));
        final Socket plain = connectPlain();
        final Slow slow = new Slow(plain);
        try (SSLSocket socket = connect(slow); TestPeer peer = new TestPeer(socket))
        {
            peer.read(Frame.HELLO);
            slow.delayMs = 100;
            for (int i = 0; i < 6; i++)
            {
                assertEquals(i, peer.send(Frame.PING, i).read(Frame.PONG).token());
            }
            assertEquals(List.of(), listener.closed());
        }
    }

    /**
     * A socket that writes the second half of what it is given later, when it is told to.
     */
    private static final class Slow extends Socket
    {
        private final Socket socket;
        private volatile int delayMs;

        Slow(final Socket socket)
        {
            this.socket = socket;
        }

        @Override
        public OutputStream getOutputStream() throws IOException
        {
            final OutputStream out = socket.getOutputStream();
            return new FilterOutputStream(out)
            {
                @Override
                public void write(final byte[] bytes, final int offset, final int length) throws IOException
                {
                    out.write(bytes, offset, length / 2);
                    try
                    {
                        Thread.sleep(delayMs);
                    }
                    catch (final InterruptedException ex)
                    {
                        Thread.currentThread().interrupt();
                    }
                    out.write(bytes, offset + length / 2, length - length / 2);
                }
            };
        }

        @Override
        public InputStream getInputStream() throws IOException
        {
            return socket.getInputStream();
        }

        @Override
        public boolean isConnected()
        {
            return true;
        }

        @Override
        public InetAddress getInetAddress()
        {
            return socket.getInetAddress();
        }

        @Override
        public int getPort()
        {
            return socket.getPort();
        }

        @Override
        public void setTcpNoDelay(final boolean on) throws SocketException
        {
            socket.setTcpNoDelay(on);
        }

        @Override
        public void setSoTimeout(final int timeoutMs) throws SocketException
        {
            socket.setSoTimeout(timeoutMs);
        }

        @Override
        public void close() throws IOException
        {
            socket.close();
        }
    }
}
