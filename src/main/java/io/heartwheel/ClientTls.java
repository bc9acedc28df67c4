package io.heartwheel;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * TLS of a client: its handshakes, with servers whose certificate is for the name that was asked for.
 */
final class ClientTls implements AutoCloseable
{
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SSLContext context;
    private final TlsIo io;

    ClientTls(final SSLContext context, final int stepLimit)
    {
        this.context = context;
        io = new TlsIo(stepLimit, TlsIo.newThreads());
    }

    void begin(final Connection connection, final InetSocketAddress server, final Reactor reactor)
    {
        final SSLEngine engine = context.createSSLEngine(server.getHostString(), server.getPort());
        engine.setUseClientMode(true);
        final SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        io.begin(connection, engine, NOTHING, reactor);
    }

    int doWork(final Reactor reactor)
    {
        return io.doWork(reactor);
    }

    boolean isWaitedFor()
    {
        return io.isWaitedFor();
    }

    void onReadable(final Connection connection, final Reactor reactor)
    {
        io.onReadable(connection, reactor);
    }

    @Override
    public void close()
    {
        io.close();
    }
}
