package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.RecordingLinkListener;
import io.heartwheel.support.TestKeyStores;
import io.heartwheel.support.Tool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Our client with servers of others: npm's ws, and Python's websockets, as Debian has them.
 */
@Tag("tools")
class WebSocketServersTest
{
    private static final Path SCRIPTS = Path.of("src/test/resources/io/heartwheel/websocket");
    private static final String NODE_MODULES = "/usr/share/nodejs";
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long WAIT_NS = 200 * MS;

    private final List<String> texts = new ArrayList<>();
    private final RecordingLinkListener listener = new RecordingLinkListener()
    {
        @Override
        public synchronized void onText(final Connection connection, final ByteBuffer utf8)
        {
            texts.add(StandardCharsets.UTF_8.decode(utf8).toString());
        }
    };
    private HeartbeatClient client;
    private Process server;
    private BufferedReader output;
    private int port;

    @AfterEach
    void after() throws InterruptedException
    {
        if (null != client)
        {
            client.close();
        }
        if (null != server)
        {
            server.destroyForcibly();
            assertTrue(server.waitFor(10, TimeUnit.SECONDS));
        }
        assertEquals(listener.opened().size(), listener.closed().size());
    }

    private synchronized int count()
    {
        synchronized (listener)
        {
            return texts.size();
        }
    }

    private void startServer(final String name, final String... arguments) throws IOException
    {
        final boolean isNode = name.endsWith(".js");
        Tool.requireFile(Path.of(isNode ? NODE_MODULES + "/ws" : "/usr/lib/python3/dist-packages/websockets"));
        final List<String> command = new ArrayList<>(List.of(
            isNode ? Tool.require("node") : "/usr/bin/python3", SCRIPTS.resolve(name).toString()));
        command.addAll(Arrays.asList(arguments));
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("NODE_PATH", NODE_MODULES);
        server = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        output = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        port = Integer.parseInt(output.readLine());
    }

    private Link connect(final Cadence cadence, final WebSocketRequest request)
    {
        client = HeartbeatClient.launch(new ClientContext()
            .cadence(cadence)
            .minReconnectNs(20 * MS)
            .maxReconnectNs(50 * MS)
            .sslContext(TestKeyStores.clientContext("client"))
            .listener(listener));
        return client.connect(request);
    }

    private WebSocketRequest request(final String scheme, final String path)
    {
        return new WebSocketRequest(URI.create(scheme + "://localhost:" + port + path));
    }

    /**
     * The next line that tells of no PONG.
     */
    private String next() throws IOException
    {
        String line = output.readLine();
        while ("pong".equals(line))
        {
            line = output.readLine();
        }
        return line;
    }

    private static void await(final BooleanSupplier condition) throws InterruptedException
    {
        final long startNs = System.nanoTime();
        while (!condition.getAsBoolean())
        {
            assertTrue(System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(20), "not within 20 s");
            Thread.sleep(10);
        }
    }

    private Connection awaitOpen() throws InterruptedException
    {
        await(() -> !listener.opened().isEmpty());
        return listener.opened().get(0);
    }

    private void sendText(final String text)
    {
        listener.opened().get(0).sendText(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"server.js", "server.py"})
    void shouldExchangeMessagesAnswerItsQuestionsAndCloseByTurns(final String name)
        throws IOException, InterruptedException
    {
        startServer(name);
        final Link link = connect(Cadence.OFF, request("ws", "/a?b=c").subprotocols("chat.v2", "chat")
            .authorization(() -> "Bearer t"));
        final Connection connection = awaitOpen();
        assertTrue(next().startsWith("open /a?b=c Bearer t"));
        assertEquals("chat", link.subprotocol());
        sendText("gr\u00FC\u00DFe");
        await(() -> 1 == count());
        connection.send(ByteBuffer.wrap("x".repeat(15_000).getBytes(StandardCharsets.UTF_8)));
        await(() -> 1 == listener.messages().size());
        sendText("fragments");
        await(() -> 2 == count());
        assertEquals(List.of("gr\u00FC\u00DFe", "fragments"), texts);
        assertEquals(List.of("x".repeat(15_000)), listener.messages());
        for (int pongs = 0; pongs < 3; pongs++)
        {
            assertEquals("pong", output.readLine());
        }
        link.close();
        await(() -> 1 == listener.closed().size());
        assertEquals(List.of(CloseReason.LOCAL_CLOSE), listener.reasons());
        assertTrue(connection.ageNs() > 0);
        final String closed = next();
        assertTrue(closed.startsWith("closed 1000"), closed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"server.js", "server.py"})
    void shouldBeToldWhyTheServerLeavesAndComeBack(final String name) throws IOException, InterruptedException
    {
        startServer(name);
        connect(Cadence.OFF, request("ws", "/"));
        awaitOpen();
        sendText("close 4321");
        await(() -> 1 == listener.closed().size() && 2 == listener.opened().size());
        assertEquals(CloseReason.PEER_LEFT, listener.closed().get(0).reason());
        assertEquals("4321: told to", listener.closed().get(0).detail());
    }

    @ParameterizedTest
    @ValueSource(strings = {"server.js", "server.py"})
    void shouldLiveByItsProbesAndFindTheServerDeadWhenItIsStopped(final String name)
        throws IOException, InterruptedException
    {
        startServer(name);
        connect(new Cadence(WAIT_NS / 2, WAIT_NS, 3), request("ws", "/"));
        final Connection connection = awaitOpen();
        await(() -> listener.probes() >= 5);
        assertEquals(List.of(), listener.closed());
        assertTrue(connection.roundTripNs() > 0);

        final long stoppedNs = System.nanoTime();
        Tool.run(0, "", "kill", "-STOP", String.valueOf(server.pid()));
        await(() -> 1 == listener.closed().size());
        final long silenceMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - stoppedNs);
        assertEquals(List.of(CloseReason.PEER_SILENT), listener.reasons());
        assertTrue(silenceMs > 500 && silenceMs < 5_000, silenceMs + " ms");
        Tool.run(0, "", "kill", "-CONT", String.valueOf(server.pid()));
        await(() -> 2 == listener.opened().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"server.js", "server.py"})
    void shouldTellThatTheServerRefuses(final String name) throws IOException, InterruptedException
    {
        startServer(name);
        connect(Cadence.OFF, request("ws", "/no"));
        await(() -> listener.reconnects().size() >= 2);
        final String failure = listener.reconnects().get(0).failure();
        final String expected = "localhost:" + port + ": REFUSED server: answer HTTP/1.1 403 Forbidden";
        // The text behind the head is told if it comes with it; Python's may be a packet later.
        assertTrue(failure.equals(expected) || name.endsWith(".py") && failure.equals(expected + ": not you"), failure);
        assertEquals(List.of(), listener.opened());
    }

    @Test
    void shouldSpeakTlsWithHttpBehindIt() throws IOException, InterruptedException
    {
        startServer("server.js", TestKeyStores.keyStore("server").toString(), TestKeyStores.PASSWORD);
        connect(new Cadence(WAIT_NS / 2, WAIT_NS, 3), request("wss", "/"));
        final Connection connection = awaitOpen();
        assertEquals("open / undefined http/1.1", next());
        sendText("over TLS");
        await(() -> 1 == count());
        await(() -> listener.probes() >= 3);
        assertEquals("TLSv1.3", connection.tlsSession().getProtocol());
        assertEquals(List.of(), listener.closed());
    }

    @Test
    void shouldNotTrustAServerOfAnotherName() throws IOException, InterruptedException
    {
        startServer("server.js", TestKeyStores.keyStore("server").toString(), TestKeyStores.PASSWORD);
        client = HeartbeatClient.launch(new ClientContext().listener(listener)
            .directory((host) -> new java.net.InetAddress[]{java.net.InetAddress.getLoopbackAddress()})
            .minReconnectNs(20 * MS).sslContext(TestKeyStores.clientContext("client")));
        client.connect(URI.create("wss://other.example:" + port));
        await(() -> listener.reconnects().stream().anyMatch((each) -> each.failure().contains("TLS: ")));
        assertEquals(List.of(), listener.opened());
    }
}
