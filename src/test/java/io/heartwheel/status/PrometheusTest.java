package io.heartwheel.status;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.support.Tool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A real Prometheus scrapes a real server.
 */
@Tag("tools")
class PrometheusTest
{
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);
    private static final long MS_NS = 1_000_000L;
    private static final int TRIES = 100;
    private static final int TRY_MS = 200;

    private final HttpClient client = HttpClient.newHttpClient();
    private final HeartbeatServer server = HeartbeatServer.launch(context());
    private final StatusServer http = new StatusServer(
        ANY_PORT, Set.of(), new Observer(server, MS_NS, System.nanoTime()), List::of, System::nanoTime);
    private final String address = "127.0.0.1:" + http.address().getPort();

    PrometheusTest() throws IOException
    {
    }

    private static ServerContext context()
    {
        final ServerContext ctx = new ServerContext()
            .bindAddress(ANY_PORT).cadence(new Cadence(300 * MS_NS, 200 * MS_NS, 1))
            .listener(new RecordingListener()).lingerNs(0);
        ctx.webSocket().bindAddress(ANY_PORT);
        return ctx;
    }

    @AfterEach
    void after()
    {
        http.close();
        server.close();
    }

    private String get(final String url) throws IOException, InterruptedException
    {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString()).body();
    }

    private void loseOnePeer() throws IOException
    {
        try (TestPeer peer = new TestPeer(server.localAddress()))
        {
            assertEquals(1, peer.read(5).byeReason(), "PEER_SILENT");
        }
    }

    @Test
    void shouldPassTheCheckOfPromtool() throws IOException, InterruptedException
    {
        final String promtool = Tool.require("promtool");
        loseOnePeer();
        final WebSocket webSocket = client.newWebSocketBuilder().buildAsync(
            URI.create("ws://127.0.0.1:" + server.webSocketAddress().getPort() + "/"),
            new WebSocket.Listener()
            {
            }).join();
        final String text = get("http://" + address + "/metrics");
        assertEquals("", Tool.run(0, text, promtool, "check", "metrics"));
        for (final String line : List.of(
            "heartwheel_protocol_connections{protocol=\"websocket\"} 1.0",
            "heartwheel_protocol_connections{protocol=\"unknown\"} 0.0",
            "heartwheel_protocol_connections_lost_total{protocol=\"heartwheel\"} 1.0",
            "heartwheel_websocket_openings_refused_total{status=\"403\"} 0.0",
            "heartwheel_websocket_closes_sent_total{code=\"4001\"} 0.0"))
        {
            assertTrue(text.contains("\n" + line + "\n"), () -> line + " in " + text);
        }
        webSocket.abort();
    }

    @Test
    void shouldAnswerTheLossesToAQueryOfPrometheus(@TempDir final Path folder) throws IOException, InterruptedException
    {
        final String prometheus = Tool.require("prometheus");
        loseOnePeer();
        final Path config = folder.resolve("prometheus.yml");
        Files.writeString(config, "global:\n  scrape_interval: 1s\nscrape_configs:\n- job_name: heartwheel\n" +
            "  static_configs:\n  - targets: ['" + address + "']\n");
        final int port;
        try (ServerSocket free = new ServerSocket(0))
        {
            port = free.getLocalPort();
        }
        final Path log = folder.resolve("prometheus.log");
        final Process process = new ProcessBuilder(prometheus, "--config.file=" + config,
            "--storage.tsdb.path=" + folder.resolve("data"), "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try
        {
            final JsonObject result = awaitResult(port, "heartwheel_closed_total{reason=\"PEER_SILENT\"}", log);
            assertEquals("1", result.getAsJsonArray("value").get(1).getAsString());
            assertEquals(address, result.getAsJsonObject("metric").get("instance").getAsString());
            final JsonObject quantile =
                awaitResult(port, "histogram_quantile(0.99, heartwheel_lateness_seconds_bucket)", log);
            assertTrue(quantile.getAsJsonArray("value").get(1).getAsDouble() < 1, quantile::toString);
        }
        finally
        {
            process.destroy();
            assertTrue(process.waitFor(20, TimeUnit.SECONDS), "Prometheus does not end");
        }
    }

    private JsonObject awaitResult(final int port, final String query, final Path log)
        throws IOException, InterruptedException
    {
        String answer = "";
        for (int i = 0; i < TRIES; i++)
        {
            try
            {
                answer = get("http://127.0.0.1:" + port + "/api/v1/query?query=" +
                    URLEncoder.encode(query, StandardCharsets.UTF_8));
                final JsonArray results = new Gson().fromJson(answer, JsonObject.class)
                    .getAsJsonObject("data").getAsJsonArray("result");
                if (!results.isEmpty())
                {
                    return results.get(0).getAsJsonObject();
                }
            }
            catch (final IOException | RuntimeException ex)
            {
                answer = ex.toString();
            }
            Thread.sleep(TRY_MS);
        }
        throw new AssertionError(query + ": " + answer + "\n" + Files.readString(log));
    }
}
