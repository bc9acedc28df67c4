package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestKeyStores;
import io.heartwheel.tls.TlsSettings;
import org.junit.jupiter.api.AfterEach;

import javax.net.ssl.SSLSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A TLS server on a thread of its own, with real sockets and real time, and Java's own clients.
 */
abstract class TlsServerRig
{
    static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    final RecordingListener listener;
    HeartbeatServer server;

    TlsServerRig(final RecordingListener listener)
    {
        this.listener = listener;
    }

    @AfterEach
    final void after()
    {
        server.close();
    }

    final void start(final ServerContext ctx)
    {
        server = HeartbeatServer.launch(ctx
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .listener(listener));
    }

    static ServerContext context()
    {
        return new ServerContext()
            .cadence(Cadence.STANDARD)
            .tls(new TlsSettings(TestKeyStores.keyStore("server"), TestKeyStores.PASSWORD));
    }

    final SSLSocket connect(final String... protocols) throws IOException
    {
        return connect(connectPlain(), protocols);
    }

    final Socket connectPlain() throws IOException
    {
        return new Socket(InetAddress.getLoopbackAddress(), server.localAddress().getPort());
    }

    static SSLSocket connect(final Socket plain, final String... protocols) throws IOException
    {
        return connect("client", plain, protocols);
    }

    static SSLSocket connect(final String name, final Socket plain, final String... protocols) throws IOException
    {
        final SSLSocket socket = (SSLSocket)TestKeyStores.clientContext(name).getSocketFactory().createSocket(
            plain, "localhost", plain.getPort(), true);
        if (protocols.length > 0)
        {
            socket.setEnabledProtocols(protocols);
        }
        return socket;
    }

    static void await(final BooleanSupplier condition) throws InterruptedException
    {
        for (int i = 0; i < 400 && !condition.getAsBoolean(); i++)
        {
            Thread.sleep(i < 20 ? 1 : 25);
        }
        assertTrue(condition.getAsBoolean());
    }

    final long count(final CloseReason reason)
    {
        return server.metrics().closedCount(reason.ordinal());
    }
}
