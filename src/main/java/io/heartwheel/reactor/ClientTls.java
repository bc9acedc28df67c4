package io.heartwheel.reactor;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * TLS of a client: its handshakes. The certificate of a server has to be for the name that the link was given.
 */
final class ClientTls implements AutoCloseable
{
    private static final String[] HTTP = {"http/1.1"};

    private final SSLContext context;
    private final TlsIo io;

    ClientTls(final SSLContext context, final TlsIo io)
    {
        this.context = context;
        this.io = io;
    }

    /**
     * @param isHttp      does HTTP come first?
     * @param alreadyRead bytes of the server.
     */
    void begin(
        final Peer peer, final InetSocketAddress server, final boolean isHttp, final ByteBuffer alreadyRead)
    {
        final SSLEngine engine = context.createSSLEngine(server.getHostString(), server.getPort());
        engine.setUseClientMode(true);
        final SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        if (isHttp)
        {
            // A server that offers more would else be free to choose HTTP/2.
            parameters.setApplicationProtocols(HTTP);
        }
        engine.setSSLParameters(parameters);
        io.begin(peer, engine, alreadyRead);
    }

    int doWork()
    {
        return io.doWork();
    }

    boolean isWaitedFor()
    {
        return io.isWaitedFor();
    }

    void onReadable(final Peer peer)
    {
        io.onReadable(peer);
    }

    @Override
    public void close()
    {
        io.close();
    }
}
