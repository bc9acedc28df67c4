package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.Tool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Clients of others: npm's ws, and Python's websockets, each as Debian has it.
 */
@Tag("tools")
class WebSocketClientsTest
{
    private static final Path SCRIPTS = Path.of("src/test/resources/io/heartwheel/websocket");
    private static final String NODE_MODULES = "/usr/share/nodejs";
    private static final long WAIT_NS = TimeUnit.MILLISECONDS.toNanos(300);

    private final RecordingListener listener = new RecordingListener()
    {
        @Override
        public void onText(final Connection connection, final ByteBuffer utf8)
        {
            connection.sendText(utf8);
            connection.send(utf8);
        }
    };
    private HeartbeatServer server;
    private Process client;
    private BufferedReader output;

    @AfterEach
    void after() throws InterruptedException
    {
        if (null != client)
        {
            client.destroyForcibly();
            assertTrue(client.waitFor(10, TimeUnit.SECONDS));
        }
        if (null != server)
        {
            server.close();
        }
    }

    private void start(final String name) throws IOException
    {
        final ServerContext ctx = new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .cadence(new Cadence(WAIT_NS, WAIT_NS, 2))
            .listener(listener);
        ctx.webSocket().shared(true);
        server = HeartbeatServer.launch(ctx);
        final boolean isNode = name.endsWith(".js");
        Tool.requireFile(Path.of(isNode ? NODE_MODULES + "/ws" : "/usr/lib/python3/dist-packages/websockets"));
        // Debian's module is for Debian's Python, which may not be the first on the path.
        final ProcessBuilder builder = new ProcessBuilder(isNode ? Tool.require("node") : "/usr/bin/python3",
            SCRIPTS.resolve(name).toString(), "ws://127.0.0.1:" + server.localAddress().getPort() + "/chat");
        builder.environment().put("NODE_PATH", NODE_MODULES);
        client = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        output = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
        assertEquals("text hello", next());
        assertEquals("binary hello", next());
    }

    /**
     * The next line that tells no PING.
     */
    private String next() throws IOException
    {
        String line = output.readLine();
        while ("ping".equals(line))
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
            assertTrue(System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(10), "not within 10 s");
            Thread.sleep(10);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"client.js", "client.py"})
    void shouldLiveByItsAnswersAndBeFoundDeadWhenItIsStopped(final String name)
        throws IOException, InterruptedException
    {
        start(name);
        // It answers probes for more than its detection time.
        await(() -> listener.probes() >= 5);
        assertEquals(List.of(), listener.closed());
        assertTrue(listener.opened().get(0).isOpen());

        final long stoppedNs = System.nanoTime();
        Tool.run(0, "", "kill", "-STOP", String.valueOf(client.pid()));
        await(() -> 1 == listener.closed().size());
        final long silenceMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - stoppedNs);
        assertEquals(List.of(CloseReason.PEER_SILENT), listener.reasons());
        assertTrue(silenceMs > 550 && silenceMs < 2_000, silenceMs + " ms");

        Tool.run(0, "", "kill", "-CONT", String.valueOf(client.pid()));
        // Python's client answers the PINGs before it reads on, and finds that the connection was reset.
        final String end = next();
        assertTrue(end.startsWith(name.endsWith(".js") ? "closed 4001 " : "closed "), end);
    }

    @ParameterizedTest
    @ValueSource(strings = {"client.js", "client.py"})
    void shouldBeToldWhyTheServerEnds(final String name) throws IOException, InterruptedException
    {
        start(name);
        final Thread closer = new Thread(server::close);
        closer.start();
        assertEquals("closed 1001 ", next());
        closer.join();
        assertEquals(List.of(CloseReason.SHUTDOWN), listener.reasons());
        assertTrue(client.waitFor(10, TimeUnit.SECONDS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"client.js", "client.py"})
    void shouldBeCountedAmongThePeersOfItsProtocol(final String name) throws IOException
    {
        start(name);
        assertEquals("websocket", server.connections().join().get(0).protocol());
        assertEquals(1, server.metrics().count(Counter.MESSAGES));
    }
}
