package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestKeyStores;
import io.heartwheel.tls.TlsSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/**
 * The JDK's client of WebSocket, with TLS and without.
 */
class HttpClientWebSocketTest
{
    private static final long WAIT_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final RecordingListener listener = new RecordingListener()
    {
        @Override
        public void onText(final Connection connection, final ByteBuffer utf8)
        {
            connection.sendText(utf8);
        }
    };
    private HeartbeatServer server;

    /**
     * Trusts everybody: whom to trust is not what is tested.
     */
    private static final class Trusting extends X509ExtendedTrustManager
    {
        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type, final Socket socket)
        {
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type, final Socket socket)
        {
        }

        @Override
        public void checkClientTrusted(
            final X509Certificate[] chain, final String type, final javax.net.ssl.SSLEngine engine)
        {
        }

        @Override
        public void checkServerTrusted(
            final X509Certificate[] chain, final String type, final javax.net.ssl.SSLEngine engine)
        {
        }

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type)
        {
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type)
        {
        }

        @Override
        public X509Certificate[] getAcceptedIssuers()
        {
            return new X509Certificate[0];
        }
    }

    private final class Heard implements WebSocket.Listener
    {
        @Override
        public CompletionStage<?> onText(final WebSocket webSocket, final CharSequence data, final boolean last)
        {
            heard.add("text " + data);
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(final WebSocket webSocket, final int statusCode, final String reason)
        {
            heard.add("closed " + statusCode);
            return null;
        }

        @Override
        public void onError(final WebSocket webSocket, final Throwable error)
        {
            heard.add("error " + error);
        }
    }

    @AfterEach
    void after()
    {
        server.close();
    }

    private WebSocket connect(final ServerContext ctx, final HttpClient client, final String scheme)
    {
        ctx.webSocket().shared(true).subprotocols("chat");
        server = HeartbeatServer.launch(ctx
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .cadence(new Cadence(WAIT_NS, WAIT_NS, 3))
            .listener(listener));
        return client.newWebSocketBuilder().subprotocols("other", "chat").buildAsync(
            URI.create(scheme + "://localhost:" + server.localAddress().getPort() + "/x?y"), new Heard()).join();
    }

    private void exchange(final WebSocket webSocket) throws InterruptedException
    {
        assertEquals("chat", webSocket.getSubprotocol());
        webSocket.sendText("h\u00E4llo", true).join();
        assertEquals("text h\u00E4llo", heard.poll(5, TimeUnit.SECONDS));
        // It answers probes by itself.
        final long startNs = System.nanoTime();
        while (listener.probes() < 5 && System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(10))
        {
            Thread.sleep(10);
        }
        assertEquals(List.of(), listener.closed());
        webSocket.sendClose(3001, "done").join();
        assertEquals("closed 3001", heard.poll(5, TimeUnit.SECONDS));
        while (listener.closed().isEmpty() && System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(10))
        {
            Thread.sleep(10);
        }
        assertEquals(List.of(CloseReason.PEER_LEFT), listener.reasons());
        assertEquals("3001: done", listener.closed().get(0).detail());
    }

    @Test
    void shouldSpeakToTheClientOfTheJdk() throws InterruptedException
    {
        exchange(connect(new ServerContext(), HttpClient.newHttpClient(), "ws"));
    }

    @Test
    void shouldSpeakToTheClientOfTheJdkByTls() throws InterruptedException, GeneralSecurityException
    {
        final SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, new TrustManager[]{new Trusting()}, null);
        exchange(connect(
            new ServerContext().tls(new TlsSettings(TestKeyStores.keyStore("server"), TestKeyStores.PASSWORD)),
            HttpClient.newBuilder().sslContext(tls).build(), "wss"));
    }

    @Test
    void shouldTellTheClientOfTheJdkThatTheServerEnds() throws InterruptedException
    {
        connect(new ServerContext(), HttpClient.newHttpClient(), "ws");
        server.close();
        assertEquals("closed 1001", heard.poll(5, TimeUnit.SECONDS));
    }

    @Test
    void shouldRefuseTheClientOfTheJdk()
    {
        final ServerContext ctx = new ServerContext();
        ctx.webSocket().openingCheck((request, opening) -> request.refuse("not you"));
        final CompletionException failure = assertThrows(CompletionException.class,
            () -> connect(ctx, HttpClient.newHttpClient(), "ws"));
        assertEquals(403, ((WebSocketHandshakeException)failure.getCause()).getResponse().statusCode());
    }
}
