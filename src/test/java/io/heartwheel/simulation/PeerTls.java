package io.heartwheel.simulation;

import io.heartwheel.tls.TlsSettings;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;

/**
 * TLS of a peer, by a real engine. The server's key is an RSA key that never changes, so that each record always has
 * the same length, and a seed determines the run.
 */
public final class PeerTls
{
    /** Of the server, from a file whose kind is read quickly. */
    public static final TlsSettings SERVER = server();

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int MIN_TYPE = 20;
    private static final int MAX_TYPE = 23;
    private static final int RECORD_HEADER_LENGTH = 5;
    private static final int RECORD_MAX = 17_000;

    private final SSLEngine engine;
    private final ByteBuffer in = ByteBuffer.allocate(2 * RECORD_MAX);
    private final ByteBuffer plain = ByteBuffer.allocate(2 * RECORD_MAX);
    private final ByteBuffer out = ByteBuffer.allocate(RECORD_MAX);
    /** What is to be sent once the handshake is done. */
    private final ByteQueue waiting = new ByteQueue();
    private boolean isEstablished;
    private boolean isEnded;

    /**
     * @param context of all peers of one world, some of which resume the sessions of others.
     */
    public PeerTls(final SSLContext context)
    {
        engine = context.createSSLEngine("server", 7400);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[]{"TLSv1.3"});
    }

    /**
     * Trusts every certificate, as this is not about certificates.
     */
    public static SSLContext newContext()
    {
        try
        {
            final SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[]{new Trusting()}, null);
            return context;
        }
        catch (final GeneralSecurityException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    private static TlsSettings server()
    {
        try (InputStream in = PeerTls.class.getResourceAsStream("server.jks"))
        {
            final Path file = Files.createTempFile("heartwheel-simulation", ".jks");
            file.toFile().deleteOnExit();
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            return new TlsSettings(file, "not-a-secret");
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    boolean isEstablished()
    {
        return isEstablished;
    }

    /**
     * Say the first words.
     *
     * @param to what leaves.
     */
    public void begin(final ByteQueue to) throws SSLException
    {
        engine.beginHandshake();
        wrap(NOTHING, to);
    }

    /**
     * Encrypt all of it, now or when the handshake is done.
     */
    public void write(final ByteBuffer bytes, final ByteQueue to) throws SSLException
    {
        if (!isEstablished)
        {
            waiting.put(bytes, bytes.remaining());
        }
        while (bytes.hasRemaining())
        {
            wrap(bytes, to);
        }
    }

    /**
     * Take new keys, and have the server take some: a record that says nothing.
     */
    void newKeys(final ByteQueue to) throws SSLException
    {
        engine.beginHandshake();
        wrap(NOTHING, to);
    }

    int waitingLength()
    {
        return waiting.length();
    }

    /**
     * Decrypt what arrived, and go on with the handshake.
     *
     * @param to what leaves.
     * @return what the server has said, until the next call.
     */
    public ByteBuffer read(final ByteBuffer bytes, final ByteQueue to) throws SSLException
    {
        in.put(bytes).flip();
        plain.clear();
        boolean isMore = !isEnded;
        while (isMore)
        {
            switch (engine.getHandshakeStatus())
            {
                case NEED_TASK -> engine.getDelegatedTask().run();
                case NEED_WRAP -> wrap(NOTHING, to);
                default -> isMore = unwrap();
            }
        }
        in.compact();
        if (isEstablished && waiting.length() > 0)
        {
            final ByteBuffer first = ByteBuffer.allocate(waiting.length());
            waiting.take(first);
            write(first.flip(), to);
        }
        return plain.flip();
    }

    private boolean unwrap() throws SSLException
    {
        requireRecord();
        final SSLEngineResult result = engine.unwrap(in, plain);
        onResult(result);
        isEnded = Status.CLOSED == result.getStatus();
        return Status.OK == result.getStatus() &&
            (in.hasRemaining() || HandshakeStatus.NEED_UNWRAP != result.getHandshakeStatus() &&
            HandshakeStatus.NOT_HANDSHAKING != result.getHandshakeStatus());
    }

    private void wrap(final ByteBuffer bytes, final ByteQueue to) throws SSLException
    {
        onResult(engine.wrap(bytes, out.clear()));
        to.put(out.flip(), out.remaining());
    }

    private void onResult(final SSLEngineResult result)
    {
        isEstablished |= HandshakeStatus.FINISHED == result.getHandshakeStatus();
    }

    private void requireRecord()
    {
        if (in.remaining() >= RECORD_HEADER_LENGTH)
        {
            requireRecords(in);
        }
    }

    /**
     * A server that speaks TLS says nothing else, to whomever: no goodbye in plaintext.
     *
     * @param bytes at the beginning of a record.
     */
    static void requireRecords(final ByteBuffer bytes)
    {
        final int type = bytes.get(bytes.position());
        Simulation.require(type >= MIN_TYPE && type <= MAX_TYPE, "the server does not speak TLS: type " + type);
    }

    /**
     * Trusts any server.
     */
    private static final class Trusting extends X509ExtendedTrustManager
    {
        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type, final SSLEngine engine)
        {
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type, final Socket socket)
        {
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type)
        {
        }

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type, final SSLEngine engine)
        {
        }

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type, final Socket socket)
        {
        }

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type)
        {
        }

        @Override
        public X509Certificate[] getAcceptedIssuers()
        {
            return new X509Certificate[0];
        }
    }
}
