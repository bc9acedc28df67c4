package io.heartwheel.status;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.heartwheel.CloseReason;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.PlainText;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The status of a real server by HTTP. The test sets the time of its observer.
 */
class StatusServerTest
{
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);
    private static final long SECOND_NS = 1_000_000_000L;

    private final HttpClient client = HttpClient.newHttpClient();
    private final RecordingListener listener = new RecordingListener();
    private final HeartbeatServer server = HeartbeatServer.launch(new ServerContext()
        .bindAddress(ANY_PORT).cadence(Cadence.STANDARD).listener(listener).lingerNs(0));
    private final Observer observer = new Observer(server, SECOND_NS, 0);
    private final StatusServer http = new StatusServer(ANY_PORT, Set.of(), observer,
        () -> List.of(new Loss(1_000, "7", "/10.0.0.7:5", "heartwheel", "PEER_SILENT", "silent for 35000 ms", 3, -1)),
        () -> SECOND_NS);

    StatusServerTest() throws IOException
    {
    }

    @AfterEach
    void after()
    {
        http.close();
        server.close();
    }

    private HttpResponse<String> ask(final String method, final String path) throws IOException, InterruptedException
    {
        return client.send(HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + http.address().getPort() + path))
            .method(method, BodyPublishers.noBody()).build(), BodyHandlers.ofString());
    }

    private JsonObject json(final int status, final String path) throws IOException, InterruptedException
    {
        final HttpResponse<String> response = ask("GET", path);
        assertEquals(status, response.statusCode(), response.body());
        assertEquals("application/json", response.headers().firstValue("Content-Type").orElseThrow());
        return new Gson().fromJson(response.body(), JsonObject.class);
    }

    @Test
    void shouldTellTheStatusAsTheClientReadsIt() throws IOException, InterruptedException
    {
        try (TestPeer peer = new TestPeer(server.localAddress()))
        {
            assertEquals(1, peer.send(Frame.PING, 1).read(Frame.PONG).token());
            observer.sample(0, SECOND_NS);
            final StatusClient statusClient = new StatusClient("127.0.0.1:" + http.address().getPort());
            final Status status = statusClient.status();

            assertEquals(1, status.open());
            assertEquals(1, status.readsPerS());
            assertTrue(status.framesOut() >= 2, "HELLO, PONG");
            assertTrue(status.healthy());
            assertEquals(1, status.marginPercent().count());
            assertTrue(status.cycleMs().max() > 0);
            assertEquals("PEER_SILENT", statusClient.losses().get(0).reason());
            assertEquals(1, json(200, "/connections").get("total").getAsInt());
        }
    }

    @Test
    void shouldShowConnectionsInPages() throws IOException, InterruptedException
    {
        try (TestPeer one = new TestPeer(server.localAddress()); TestPeer two = new TestPeer(server.localAddress()))
        {
            one.read();
            two.read();
            final JsonArray connections =
                json(200, "/connections?limit=1&sort=id&order=asc").getAsJsonArray("connections");
            assertEquals(1, connections.size());
            final JsonObject connection = connections.get(0).getAsJsonObject();
            assertEquals("15s, 5s, 4", connection.get("cadence").getAsString());
            assertEquals("heartwheel", connection.get("protocol").getAsString());
            assertEquals("OPEN", connection.get("state").getAsString());
            assertEquals(1, json(200, "/connections?address=:" + two.localPort()).get("matching").getAsInt());
        }
    }

    @Test
    void shouldTurnUnhealthyWhenTheDutyCycleDoesNotTurn() throws IOException, InterruptedException
    {
        assertEquals("the duty cycle turns", json(200, "/health").get("why").getAsString());
        server.close();
        for (int i = 0; i < 60; i++)
        {
            observer.sample(0, i * SECOND_NS);
        }
        try (StatusServer later = new StatusServer(ANY_PORT, Set.of(), observer, List::of, () -> 60 * SECOND_NS))
        {
            final HttpResponse<String> response = client.send(HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + later.address().getPort() + "/health")).build(),
                BodyHandlers.ofString());
            assertEquals(503, response.statusCode());
            assertTrue(response.body().contains("has not turned for 60.0 s"), response.body());
        }
        assertEquals("the server is closed", json(503, "/connections").get("error").getAsString());
    }

    @Test
    void shouldServeThePageAndAllItNeeds() throws IOException, InterruptedException
    {
        final String page = ask("GET", "/").body();
        final Matcher needed = Pattern.compile("(?:src|href)=\"([^\":]*)\"").matcher(page);
        int found = 0;
        while (needed.find())
        {
            ++found;
            assertEquals(200, ask("GET", "/" + needed.group(1)).statusCode(), needed.group(1));
        }
        assertTrue(found >= 10, page);
        assertFalse(Pattern.compile("(get|fetch)\\(['`\"]/").matcher(ask("GET", "/page.js").body()).find(),
            "relative, as a proxy may serve it below a path");
        assertFalse(Pattern.compile("https?://").matcher(page + ask("GET", "/page.js").body()).find(),
            "no other hosts");
    }

    @Test
    void shouldServeTheModuleForPages() throws IOException, InterruptedException
    {
        final HttpResponse<String> module = ask("GET", "/heartwheel.js");
        assertEquals(200, module.statusCode());
        assertEquals("text/javascript; charset=utf-8", module.headers().firstValue("Content-Type").orElseThrow());
        assertEquals(
            Files.readString(Path.of("src/main/resources/io/heartwheel/heartwheel.js")), module.body());
    }

    @Test
    void shouldAnswerBadRequestsWithWhatIsWrong() throws IOException, InterruptedException
    {
        assertEquals("limit=x: expected a whole number from 1 to 1000",
            json(400, "/connections?limit=x").get("error").getAsString());
        assertTrue(json(404, "/nowhere").get("error").getAsString().startsWith("/nowhere: there is /, /status"));
        assertEquals(405, ask("POST", "/status").statusCode());
        assertEquals("", ask("HEAD", "/status").body());
        assertEquals(200, ask("HEAD", "/status").statusCode());
    }

    /** A page of the attacker's, whose name now points here, may read no answer. */
    @Test
    void shouldAnswerNobodyWhoCallsItByAnUnknownName() throws IOException
    {
        assertTrue(askBy("attacker.example").startsWith("HTTP/1.1 421 "));
        final String answer = askBy("attacker.example:7480");
        assertTrue(answer.endsWith("{\"error\":\"attacker.example:7480 is no name of this server: call it by its " +
            "address, or add the name to heartwheel.http.hosts\"}"), answer);
        for (final String known : List.of("localhost:80", "[::1]:7480", "10.0.0.1"))
        {
            assertTrue(askBy(known).startsWith("HTTP/1.1 200 "), known);
        }
        assertTrue(askBy("localhost\r\nHost: attacker.example").startsWith("HTTP/1.1 4"), "both");
        final String ofAnother = raw("GET http://attacker.example/status HTTP/1.1\r\nHost: localhost\r\n");
        assertTrue(ofAnother.startsWith("HTTP/1.1 4"), ofAnother);
        assertTrue(raw("GET /status HTTP/1.0\r\n").startsWith("HTTP/1.1 200 "), "no browser");
    }

    private String askBy(final String host) throws IOException
    {
        return raw("GET /status HTTP/1.1\r\nHost: " + host + "\r\n");
    }

    private String raw(final String head) throws IOException
    {
        try (Socket socket = new Socket("127.0.0.1", http.address().getPort()))
        {
            socket.getOutputStream().write((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Whatever else is wrong with the request: what it says comes back as one harmless text. */
    @Test
    void shouldSayNothingThatSteersATerminal() throws IOException, InterruptedException
    {
        for (final String path : List.of("/connections?limit=%C2%9B31m%E2%80%AE%1B%0A", "/%C2%9b%1b", "/<b>"))
        {
            final String body = raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n").split("\r\n\r\n", 2)[1];
            assertTrue(body.startsWith("{\"error\":\""), body);
            assertEquals(PlainText.of(body), body);
            assertFalse(body.contains("<"), body);
        }
    }

    @Test
    void shouldSayThatItsAddressIsTaken() throws IOException
    {
        try (ServerSocket taken = new ServerSocket(0))
        {
            final InetSocketAddress address = new InetSocketAddress("127.0.0.1", taken.getLocalPort());
            final String message = assertThrows(IOException.class,
                () -> new StatusServer(address, Set.of(), observer, List::of, () -> 0)).getMessage();
            assertEquals(
                "cannot serve HTTP on 127.0.0.1:" + taken.getLocalPort() + ": Address already in use", message);
        }
    }

    @Test
    void shouldShowEveryMetricToPrometheus() throws IOException, InterruptedException
    {
        final HttpResponse<String> response = ask("GET", "/metrics");
        assertEquals("text/plain; version=0.0.4; charset=utf-8",
            response.headers().firstValue("Content-Type").orElseThrow());
        for (final Counter counter : Counter.values())
        {
            final String suffix = !counter.isGauge() ? "_total" : null == counter.unit() ? "" : "_" + counter.unit();
            final String name = "heartwheel_" + counter.label().replace('.', '_') + suffix;
            assertTrue(response.body().contains("\n" + name + " "), name);
        }
        assertTrue(response.body().contains("heartwheel_closed_total{reason=\"PEER_SILENT\"} 0.0"), response.body());
        assertTrue(response.body().contains("heartwheel_turned_away_total{reason=\"REFUSED\"} 0.0"), response.body());
        assertTrue(response.body().contains("heartwheel_cycle_seconds_bucket{le=\"0.001\"}"), response.body());
    }

    @Test
    void shouldHaveEveryMetricOfTheDashboard() throws IOException, InterruptedException
    {
        final String metrics = ask("GET", "/metrics").body();
        final TreeSet<String> names = new TreeSet<>();
        final String dashboard = Files.readString(Path.of("src/main/grafana/dashboard.json"));
        final Matcher name = Pattern.compile("heartwheel_\\w+").matcher(dashboard);
        while (name.find())
        {
            names.add(name.group());
        }
        assertTrue(names.size() > 10, names::toString);
        final String noLosses = Arrays.stream(CloseReason.values()).filter((reason) -> !reason.isLoss()).map(Enum::name)
            .collect(Collectors.joining("|"));
        assertTrue(dashboard.contains("reason!~\\\"" + noLosses + "\\\""), noLosses);
        names.forEach((each) -> assertTrue(Pattern.compile("(?m)^" + each + "[ {]").matcher(metrics).find(), each));
    }
}
