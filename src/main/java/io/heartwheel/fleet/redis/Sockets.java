package io.heartwheel.fleet.redis;

import org.agrona.CloseHelper;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Makes the socket of one {@link Wire}, and can close it from outside.
 */
final class Sockets implements JedisSocketFactory
{
    /** More than a {@link Batch} sends before it reads: a write would wait for a Redis that hangs without limit. */
    private static final int SEND_BUFFER = 256 * 1_024;

    private final HostAndPort host;
    /** Null without TLS. */
    private final SSLSocketFactory tls;
    private final int timeoutMs;
    private volatile Socket raw;
    private volatile boolean isCut;

    Sockets(final HostAndPort host, final SSLSocketFactory tls, final int timeoutMs)
    {
        this.host = host;
        this.tls = tls;
        this.timeoutMs = timeoutMs;
    }

    @Override
    public Socket createSocket()
    {
        final Socket socket = new Socket();
        raw = socket;
        try
        {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.setSendBufferSize(SEND_BUFFER);
            socket.connect(new InetSocketAddress(host.getHost(), host.getPort()), timeoutMs);
            socket.setSoTimeout(timeoutMs);
            if (isCut)
            {
                throw new IOException("closed");
            }
            return null == tls ? socket : secured(socket);
        }
        catch (final IOException | RuntimeException ex)
        {
            CloseHelper.quietClose(socket);
            throw new JedisConnectionException(ex.toString(), ex);
        }
    }

    private Socket secured(final Socket socket) throws IOException
    {
        final SSLSocket secured = (SSLSocket)tls.createSocket(socket, host.getHost(), host.getPort(), true);
        final SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    /** Of the socket below TLS, which has no farewell that could wait. */
    void cut()
    {
        isCut = true;
        CloseHelper.quietClose(raw);
    }
}
