package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.HttpProxy;
import io.heartwheel.support.Program;
import io.heartwheel.support.StockClient;
import io.heartwheel.websocket.OriginRule;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Clients that others have written, straight and behind proxies, all at the same time: most of it is waiting.
 */
@Tag("tools")
class WebSocketClientsTest
{
    private static final List<StockClient> ALL = List.of(StockClient.values());
    private static final Cadence CADENCE =
        new Cadence(TimeUnit.MILLISECONDS.toNanos(500), TimeUnit.MILLISECONDS.toNanos(500), 3);
    /** These take longer than the detection time. */
    private static final int PROBES = 5;
    private static final int AWAIT_S = 20;
    private static final int LATE_MS = 1_500;
    private static final int QUIET_S = 10;

    private final Map<StockClient, Program> programs = new EnumMap<>(StockClient.class);
    private final Witness witness = new Witness();
    private HttpProxy proxy;
    private HeartbeatServer server;

    /**
     * Sends each message back as text and as bytes, and keeps what becomes of each client, by the name that it says.
     */
    private static final class Witness implements ConnectionListener
    {
        final Map<String, Integer> probes = new ConcurrentHashMap<>();
        final Map<String, CloseReason> reasons = new ConcurrentHashMap<>();
        final Map<String, Long> silencesMs = new ConcurrentHashMap<>();

        @Override
        public void onOpen(final Connection connection)
        {
            connection.attachment("?");
        }

        @Override
        public void onText(final Connection connection, final ByteBuffer utf8)
        {
            connection.attachment(StandardCharsets.UTF_8.decode(utf8.duplicate()).toString());
            connection.sendText(utf8);
            connection.send(utf8);
        }

        @Override
        public void onMessage(final Connection connection, final ByteBuffer payload)
        {
            throw new IllegalStateException("clients send text");
        }

        @Override
        public void onProbe(final Connection connection)
        {
            probes.merge((String)connection.attachment(), 1, Integer::sum);
        }

        @Override
        public void onClosed(final Connection connection, final CloseReason reason)
        {
            final String name = (String)connection.attachment();
            silencesMs.put(name, TimeUnit.NANOSECONDS.toMillis(connection.nowNs() - connection.lastHeardNs()));
            reasons.put(name, reason);
        }
    }

    @AfterEach
    void after()
    {
        CloseHelper.closeAll(programs.values());
        CloseHelper.closeAll(server, proxy);
    }

    private void start(final String way, final Path folder) throws IOException, InterruptedException
    {
        StockClient.require();
        final ServerContext ctx = new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .cadence(CADENCE)
            .listener(witness);
        // The page is a file, which has no origin.
        ctx.webSocket().shared(true).origins(OriginRule.of("any", true));
        server = HeartbeatServer.launch(ctx);
        final int port = server.localAddress().getPort();
        proxy = "none".equals(way) ? null : new HttpProxy(way, folder, port, QUIET_S);
        final String url = "ws://127.0.0.1:" + (null == proxy ? port : proxy.address().getPort()) + "/chat";
        for (final StockClient client : ALL)
        {
            programs.put(client, client.start(List.of(), url, Files.createDirectory(folder.resolve(client.name()))));
        }
    }

    /** The next line of each client that begins so. */
    private Map<String, String> next(final String prefix) throws InterruptedException
    {
        final Map<String, String> lines = new TreeMap<>();
        for (final StockClient client : ALL)
        {
            lines.put(client.name(), programs.get(client).await(prefix));
        }
        return lines;
    }

    private void signal(final String signal) throws IOException, InterruptedException
    {
        for (final Program program : programs.values())
        {
            program.signal(signal);
        }
    }

    private static <T> Map<String, T> each(final Function<String, T> value)
    {
        return ALL.stream().map(StockClient::name)
            .collect(Collectors.toMap(Function.identity(), value, (one, other) -> one, TreeMap::new));
    }

    private void await(final BooleanSupplier condition) throws InterruptedException
    {
        final long startNs = System.nanoTime();
        while (!condition.getAsBoolean())
        {
            assertTrue(System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(AWAIT_S),
                () -> witness.probes + " " + witness.reasons);
            Thread.sleep(10);
        }
    }

    @Test
    void shouldLiveByItsAnswersBeFoundDeadWhenItIsStoppedAndComeBack(@TempDir final Path folder)
        throws IOException, InterruptedException
    {
        judge("none", folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx", "haproxy"})
    @Tag("slow")
    void shouldDoTheSameBehindAProxy(final String way, @TempDir final Path folder)
        throws IOException, InterruptedException
    {
        judge(way, folder);
    }

    private void judge(final String way, final Path folder) throws IOException, InterruptedException
    {
        start(way, folder);
        assertEquals(each((name) -> "text " + name), next("text "));
        assertEquals(each((name) -> "binary " + name), next("binary "));
        assertEquals(ALL.stream().map((each) -> "websocket").toList(),
            server.connections().join().stream().map(ConnectionView::protocol).toList());
        await(() -> ALL.stream().allMatch((each) -> witness.probes.getOrDefault(each.name(), 0) >= PROBES));
        assertEquals(Map.of(), witness.reasons);

        signal("STOP");
        await(() -> ALL.size() == witness.reasons.size());
        assertEquals(each((name) -> CloseReason.PEER_SILENT), new TreeMap<>(witness.reasons));
        final long detectionMs = TimeUnit.NANOSECONDS.toMillis(CADENCE.detectionNs());
        assertTrue(witness.silencesMs.values().stream().allMatch(
            (each) -> each >= detectionMs && each < detectionMs + LATE_MS), witness.silencesMs::toString);
        witness.reasons.clear();
        signal("CONT");
        // The server resets a silent connection behind its CLOSE. Those that answer the PINGs first do not read it.
        final Map<String, String> ends = codes(next("closed "));
        assertEquals("closed 4001", ends.get(StockClient.WS.name()));
        assertEquals("closed 4001", ends.get(StockClient.FAYE.name()));

        // Each comes back, and is told that the server ends.
        assertEquals(each((name) -> "text " + name), next("text "));
        server.close();
        assertEquals(each((name) -> "closed 1001"), codes(next("closed ")));
        assertEquals(each((name) -> CloseReason.SHUTDOWN), new TreeMap<>(witness.reasons));
        for (final StockClient client : ALL)
        {
            // A browser goes on.
            assertTrue(StockClient.CHROMIUM == client || programs.get(client).hasEnded(AWAIT_S), client.name());
        }
    }

    private static Map<String, String> codes(final Map<String, String> lines)
    {
        lines.replaceAll((name, line) -> Arrays.stream(line.split(" ")).limit(2).collect(Collectors.joining(" ")));
        return lines;
    }
}
