package io.heartwheel;

import io.heartwheel.config.HttpProxy;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.reactor.Insides;
import io.heartwheel.support.RecordingLinkListener;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestKeyStores;
import io.heartwheel.support.TestProxy;
import io.heartwheel.support.Tool;
import io.heartwheel.tls.TlsSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Our client and our server with a proxy of HTTP between, each on a thread of its own. Only the proxy knows the name of
 * the server.
 */
class HeartbeatClientProxyTest
{
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Cadence QUICK = new Cadence(300 * MS, 300 * MS, 3);
    private static final String THROUGH = "HTTP/1.1 200 Connection established\r\n\r\n";

    private final RecordingListener serverListener = new RecordingListener();
    private final RecordingLinkListener listener = new RecordingLinkListener();
    private final AtomicInteger lookUps = new AtomicInteger();
    private HeartbeatServer server;
    private HeartbeatClient client;
    private TestProxy proxy;

    @AfterEach
    void after() throws IOException
    {
        if (null != client)
        {
            client.close();
            assertEquals(0, Insides.slots(client));
        }
        if (null != server)
        {
            server.close();
        }
        if (null != proxy)
        {
            proxy.close();
        }
        assertEquals(listener.opened().size(), listener.closed().size());
    }

    private void startServer(final boolean isTls)
    {
        final ServerContext ctx = new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .cadence(QUICK)
            .listener(serverListener);
        ctx.webSocket().shared(true);
        if (isTls)
        {
            ctx.tls(new TlsSettings(TestKeyStores.keyStore("server"), TestKeyStores.PASSWORD));
        }
        server = HeartbeatServer.launch(ctx);
    }

    private void startProxy(final Function<String, String> answers) throws IOException
    {
        proxy = new TestProxy(server.localAddress(), answers);
    }

    private ClientContext context()
    {
        return new ClientContext()
            .cadence(Cadence.OFF)
            .minReconnectNs(20 * MS)
            .maxReconnectNs(50 * MS)
            .connectTimeoutNs(10_000 * MS)
            .directory((name) ->
            {
                lookUps.incrementAndGet();
                throw new UnknownHostException(name);
            })
            .listener(listener);
    }

    private static void await(final BooleanSupplier condition) throws InterruptedException
    {
        for (int i = 0; i < 800 && !condition.getAsBoolean(); i++)
        {
            Thread.sleep(25);
        }
        assertTrue(condition.getAsBoolean());
    }

    private Link connect(final ClientContext ctx, final String scheme, final int port)
    {
        client = HeartbeatClient.launch(ctx);
        return scheme.startsWith("ws") ? client.connect(URI.create(scheme + "://localhost:" + port + "/x")) :
            client.connect(InetSocketAddress.createUnresolved("localhost", port));
    }

    private void assertTalking() throws InterruptedException
    {
        await(() -> 1 == listener.opened().size() && 1 == serverListener.opened().size());
        listener.opened().get(0).send(ByteBuffer.wrap("hi".getBytes(StandardCharsets.UTF_8)));
        serverListener.opened().get(0).send(ByteBuffer.wrap("ho".getBytes(StandardCharsets.UTF_8)));
        await(() -> 1 == serverListener.messages().size() && 1 == listener.messages().size());
        // It answers the server's probes for more than the detection time.
        await(() -> serverListener.probes() >= 4);
        assertEquals(List.of(), listener.closed());
        assertEquals(List.of(), serverListener.closed());
    }

    @ParameterizedTest
    @CsvSource({"own, false", "own, true", "ws, false", "wss, true"})
    void shouldReachTheServerThroughTheProxyWhichLooksUpItsName(final String scheme, final boolean isTls)
        throws IOException, InterruptedException
    {
        startServer(isTls);
        startProxy((request) -> THROUGH);
        final ClientContext ctx = context().proxy(new HttpProxy(proxy.address(), "me", "s:cret"));
        connect(isTls ? ctx.sslContext(TestKeyStores.clientContext("client")) : ctx, scheme, 7_400);
        assertTalking();

        assertEquals("CONNECT localhost:7400 HTTP/1.1\r\nHost: localhost:7400\r\n" +
            "Proxy-Authorization: Basic bWU6czpjcmV0\r\n\r\n", proxy.requests().get(0));
        assertEquals(0, lookUps.get());
        assertEquals("localhost", listener.opened().get(0).remoteAddress().getHostString());
        assertEquals(7_400, listener.opened().get(0).remoteAddress().getPort());
        assertEquals(isTls, null != listener.opened().get(0).tlsSession());
    }

    @Test
    void shouldUseTheProxyFromEachOfSeveralReactors() throws IOException, InterruptedException
    {
        startServer(false);
        startProxy((request) -> THROUGH);
        client = HeartbeatClient.launch(context().proxy(new HttpProxy(proxy.address())).reactors(2));
        for (int i = 0; i < 2; i++)
        {
            client.connect(URI.create("ws://localhost:7400/"));
            client.connect(InetSocketAddress.createUnresolved("localhost", 7_400));
        }
        await(() -> 4 == serverListener.opened().size() && 4 == listener.opened().size());
        assertEquals(2, listener.opened().stream().mapToInt(Connection::reactor).distinct().count());
        assertEquals(4, proxy.requests().size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "HTTP/1.1 407 Proxy Authentication Required~Proxy-Authenticate: Basic realm=p~~ | " +
            "REFUSED proxy: answer HTTP/1.1 407 Proxy Authentication Required, Proxy-Authenticate Basic realm=p",
        "HTTP/1.1 502 Bad Gateway~Content-Type: text/plain~~no such host | " +
            "REFUSED proxy: answer HTTP/1.1 502 Bad Gateway: no such host",
        "HTTP/1.1 101 Switching Protocols~~ | REFUSED proxy: answer HTTP/1.1 101 Switching Protocols",
        "220 smtp.example.org~ | PROTOCOL_ERROR proxy: answer with 0x32 at byte 0"})
    void shouldTellWhyTheProxyDoesNotLetItThrough(final String answer, final String failure)
        throws IOException, InterruptedException
    {
        startServer(false);
        startProxy((request) -> answer.replace("~", "\r\n"));
        connect(context().proxy(new HttpProxy(proxy.address())), "own", 7_400);
        await(() -> !listener.reconnects().isEmpty());
        final String told = listener.reconnects().get(0).failure();
        final String begin = "localhost:7400 by proxy 127.0.0.1:" + proxy.address().getPort() + ": ";
        assertTrue(told.startsWith(begin + failure), told);
        assertEquals(List.of(), listener.opened());
    }

    @Test
    void shouldNotWaitForAProxyThatDoesNotAnswerNorKeepAHeadThatNeverEnds() throws IOException, InterruptedException
    {
        startServer(false);
        startProxy((request) -> proxy.requests().size() > 1 ? "HTTP/1.1 4" + "0".repeat(9_000) : null);
        connect(context().proxy(new HttpProxy(proxy.address())).connectTimeoutNs(300 * MS), "ws", 7_400);
        await(() -> listener.reconnects().size() >= 2);
        final String told = listener.reconnects().get(0).failure();
        assertTrue(told.endsWith(": no answer of the proxy within 300ms"), told);
        final String endless = listener.reconnects().get(1).failure();
        assertTrue(endless.endsWith(": PROTOCOL_ERROR proxy: answer of more than 8192 bytes"), endless);
    }

    @Test
    void shouldTellThatTheProxyIsNotThereAndThatItsNameIsNotKnown() throws IOException, InterruptedException
    {
        final int port;
        try (ServerSocket free = new ServerSocket(0, 50, InetAddress.getLoopbackAddress()))
        {
            port = free.getLocalPort();
        }
        connect(context().proxy(new HttpProxy(new InetSocketAddress("127.0.0.1", port))), "own", 7_400);
        await(() -> !listener.reconnects().isEmpty());
        final String told = listener.reconnects().get(0).failure();
        assertTrue(told.startsWith("localhost:7400 by proxy 127.0.0.1:" + port + ": "), told);
        client.close();

        connect(context().proxy(HttpProxy.of("proxy.invalid:3128")), "own", 7_400);
        await(() -> lookUps.get() > 0);
    }

    /** What is behind the answer of the proxy belongs to the server, whose HELLO may come with it. */
    @Test
    void shouldHearWhatTheServerSaysWithTheAnswerOfTheProxy() throws IOException, InterruptedException
    {
        startServer(false);
        startProxy((request) -> "HTTP/1.0 200 OK\r\nContent-Length: 1000\r\n\r\n\3\0\0\2hi");
        connect(context().proxy(new HttpProxy(proxy.address())), "own", 7_400);
        await(() -> 1 == listener.messages().size());
        assertEquals(List.of("hi"), listener.messages());
    }

    @Tag("tools")
    @ParameterizedTest
    @ValueSource(strings = {"own", "ws"})
    void shouldGoThroughTinyproxy(final String scheme, @TempDir final Path folder)
        throws IOException, InterruptedException
    {
        startServer(false);
        final int port;
        try (ServerSocket free = new ServerSocket(0))
        {
            port = free.getLocalPort();
        }
        final Path config = folder.resolve("tinyproxy.conf");
        Files.writeString(config, """
            Port %d
            Listen 127.0.0.1
            Timeout 60
            MaxClients 10
            BasicAuth me secret
            ConnectPort %d
            """.formatted(port, server.localAddress().getPort()));
        final Process tinyproxy = new ProcessBuilder(Tool.require("tinyproxy"), "-d", "-c", config.toString())
            .redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
        try
        {
            await(() -> isListening(port));
            // Without its password first.
            connect(context().proxy(HttpProxy.of("127.0.0.1:" + port)), scheme,
                server.localAddress().getPort());
            await(() -> !listener.reconnects().isEmpty());
            final String told = listener.reconnects().get(0).failure();
            assertTrue(told.contains(": REFUSED proxy: answer HTTP/1.0 407 ") ||
                told.contains(": REFUSED proxy: answer HTTP/1.1 407 "), told);
            client.close();

            connect(context().proxy(HttpProxy.of("http://me:secret@127.0.0.1:" + port)), scheme,
                server.localAddress().getPort());
            assertTalking();
        }
        finally
        {
            tinyproxy.destroy();
            assertTrue(tinyproxy.waitFor(10, TimeUnit.SECONDS));
        }
    }

    private static boolean isListening(final int port)
    {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port))
        {
            return socket.isConnected();
        }
        catch (final IOException ex)
        {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "https://p:1", "p", "http://p", "http://u:s%zzcret@p:1", "http://u:secret@p:x", "socks5://p:1"})
    void shouldRefuseAProxyThatIsNoneWithoutShowingThePassword(final String text)
    {
        System.setProperty("heartwheel.client.proxy", text);
        try
        {
            new ClientContext();
            throw new AssertionError(text + " is taken");
        }
        catch (final IllegalArgumentException ex)
        {
            assertTrue(ex.getMessage().startsWith("heartwheel.client.proxy="), ex::getMessage);
            assertFalse(ex.getMessage().contains("secret") || ex.getMessage().contains("zzcret"), ex::getMessage);
        }
        finally
        {
            System.clearProperty("heartwheel.client.proxy");
        }
    }

    @Test
    void shouldReadTheProxyAndItsPasswordFromAFile(@TempDir final Path folder) throws IOException
    {
        final Path file = Files.writeString(folder.resolve("password"), "s/cret\n");
        System.setProperty("heartwheel.client.proxy", "http://me%40x@proxy.example:3128/");
        System.setProperty("heartwheel.client.proxy.password", "file:" + file);
        try
        {
            final HttpProxy read = new ClientContext().proxy();
            assertEquals(new HttpProxy(
                InetSocketAddress.createUnresolved("proxy.example", 3_128), "me@x", "s/cret"), read);
            assertEquals("proxy.example:3128 as me@x", read.toString());
            System.setProperty("heartwheel.client.proxy", "proxy.example:3128");
            final IllegalArgumentException ex = org.junit.jupiter.api.Assertions.assertThrows(
                IllegalArgumentException.class, ClientContext::new);
            assertEquals("heartwheel.client.proxy.password=... is at odds with heartwheel.client.proxy=" +
                "proxy.example:3128, which has no user without a password", ex.getMessage());
        }
        finally
        {
            System.clearProperty("heartwheel.client.proxy");
            System.clearProperty("heartwheel.client.proxy.password");
        }
    }
}
