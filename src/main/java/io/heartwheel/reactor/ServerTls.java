package io.heartwheel.reactor;

import java.nio.ByteBuffer;

/**
 * TLS of one reactor of a server: the handshakes of its connections.
 * <p>
 * <b>Note:</b> For the reactor thread only.
 */
final class ServerTls
{
    private final TlsFiles files;
    private TlsIo io;

    ServerTls(final TlsFiles files)
    {
        this.files = files;
    }

    /**
     * Begin, once there is a reactor.
     */
    void start(final TlsIo io)
    {
        this.io = io;
    }

    void begin(final Peer peer, final ByteBuffer alreadyRead)
    {
        io.begin(peer, files.newEngine(), alreadyRead);
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

    /**
     * End. The files are no longer looked at, as no reactor of a server goes on without the others.
     */
    void close()
    {
        if (null != io)
        {
            io.close();
        }
        files.close();
    }
}
