package io.heartwheel.status;

import com.sun.net.httpserver.HttpServer;
import io.heartwheel.AcceptSockets;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.config.Durations;
import io.heartwheel.fleet.Fleet;
import io.heartwheel.fleet.FleetContext;
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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The page in a real browser, against a real server.
 */
@Tag("tools")
class PageTest
{
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);
    private static final long MS_NS = 1_000_000L;
    private static final int PEERS = 40;

    private final HeartbeatServer server = HeartbeatServer.launch(context());
    private final Observer observer = new Observer(server, MS_NS, System.nanoTime());
    private final StatusServer http = new StatusServer(ANY_PORT, Set.of(), observer,
        () -> List.of(
            new Loss(0, "7", "/10.0.0.7:5", "heartwheel", "PEER_SILENT", "silent <b>for</b> 35000 ms", 3, -1)),
        System::nanoTime);
    private final ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor();

    PageTest() throws IOException
    {
        sampler.scheduleWithFixedDelay(
            () -> observer.sample(System.currentTimeMillis(), System.nanoTime()), 0, 100, TimeUnit.MILLISECONDS);
    }

    private static ServerContext context()
    {
        final ServerContext ctx = new ServerContext()
            .bindAddress(ANY_PORT).cadence(new Cadence(60_000 * MS_NS, 1_000 * MS_NS, 1))
            .listener(new RecordingListener()).lingerNs(0);
        ctx.webSocket().bindAddress(ANY_PORT);
        return ctx;
    }

    @AfterEach
    void after()
    {
        sampler.shutdownNow();
        http.close();
        server.close();
    }

    private static String chromium(final Path folder, final String... options) throws IOException, InterruptedException
    {
        final List<String> command = new ArrayList<>(List.of(Tool.require("chromium"), "--headless", "--no-sandbox",
            "--disable-gpu", "--hide-scrollbars", "--user-data-dir=" + folder.resolve("profile"),
            "--virtual-time-budget=4000"));
        command.addAll(List.of(options));
        return Tool.run(0, "", command.toArray(new String[0]));
    }

    @Test
    void shouldShowAServerAndUpdateItself(@TempDir final Path folder) throws IOException, InterruptedException
    {
        final List<TestPeer> peers = new ArrayList<>();
        for (int i = 0; i < PEERS; i++)
        {
            peers.add(new TestPeer(server.localAddress()));
            peers.get(i).send(1, 1).read(2);
        }
        final String dom = chromium(folder, "--dump-dom", "http://127.0.0.1:" + http.address().getPort() + "/");

        assertEquals(Integer.toString(PEERS), text(dom, "<b id=\"open\">(.*?)</b>"));
        assertTrue(Integer.parseInt(text(dom, "data-updates=\"(\\d+)\"")) >= 2, "it updates itself");
        assertTrue(text(dom, "id=\"health\"[^>]*>(.*?)<").startsWith("the duty cycle turns"), dom);
        assertTrue(text(dom, "id=\"sum-marginPercent\">(.*?)<").contains(PEERS + " lately"), dom);
        assertEquals(6, count(dom, "<canvas"), "plots");
        assertEquals(25, count(text(dom, "<tbody id=\"silent\">(.*?)</tbody>"), "<tr>"));
        assertTrue(dom.contains(Durations.text(60_000 * MS_NS) + ", 1s, 1"), dom);
        assertTrue(text(dom, "<tbody id=\"losses\">(.*?)</tbody>").contains("silent &lt;b&gt;for"), dom);
        for (final TestPeer peer : peers)
        {
            peer.close();
        }
    }

    @Test
    void shouldShowARowForEachReactor(@TempDir final Path folder) throws IOException, InterruptedException
    {
        try (HeartbeatServer several = HeartbeatServer.launch(new ServerContext().bindAddress(ANY_PORT).reactors(3)
            .acceptSockets(AcceptSockets.ONE).listener(new RecordingListener()).lingerNs(0));
            StatusServer page = new StatusServer(ANY_PORT, Set.of(), new Observer(several, MS_NS, System.nanoTime()),
                List::of, System::nanoTime);
            TestPeer peer = new TestPeer(several.localAddress()))
        {
            peer.read();
            final String dom = chromium(folder, "--dump-dom", "http://127.0.0.1:" + page.address().getPort() + "/");
            final String rows = text(dom, "<tbody id=\"reactors\">(.*?)</tbody>");
            assertEquals(3, count(rows, "<tr>"));
            assertTrue(rows.matches("<tr><td[^>]*>0</td><td[^>]*>1</td>.*"), rows);
            assertEquals(0, count(dom, "id=\"by-reactor\" hidden"));
            final String alone = chromium(folder, "--dump-dom", "http://127.0.0.1:" + http.address().getPort() + "/");
            assertEquals(1, count(alone, "id=\"by-reactor\" hidden"));
        }
    }

    @Test
    void shouldShowTheFleetOfAServer(@TempDir final Path folder) throws IOException, InterruptedException
    {
        try (Fleet fleet = Fleet.launch(new FleetContext().node("gateway-1"));
            HeartbeatServer node = HeartbeatServer.launch(fleet.attach(new ServerContext()
                .bindAddress(ANY_PORT).listener(new RecordingListener()).lingerNs(0)));
            StatusServer page = new StatusServer(ANY_PORT, Set.of(), new Observer(node,
                new FleetObserver(fleet, false, System.nanoTime()), MS_NS, System.nanoTime()), List::of,
                System::nanoTime))
        {
            final String dom =
                chromium(folder, "--dump-dom", "http://127.0.0.1:" + page.address().getPort() + "/");
            assertEquals("1 node: gateway-1", text(dom, "id=\"fleet-nodes\">(.*?)<"));
            assertTrue(text(dom, "<tbody id=\"fleet\">(.*?)</tbody>")
                .matches("<tr><td[^>]*>gateway-1</td><td[^>]*>HELD</td><td[^>]*>0</td>.*"), dom);
        }
        assertTrue(chromium(folder, "--dump-dom", "http://127.0.0.1:" + http.address().getPort() + "/")
            .contains("id=\"of-fleet\" hidden"), "nothing is shown of none");
    }

    @Test
    void shouldShowWhichProtocolsAreSpoken(@TempDir final Path folder) throws IOException, InterruptedException
    {
        final URI address = URI.create("ws://127.0.0.1:" + server.webSocketAddress().getPort() + "/");
        final HttpClient client = HttpClient.newHttpClient();
        final WebSocket webSocket = client.newWebSocketBuilder().buildAsync(address, new WebSocket.Listener()
        {
        }).join();
        assertEquals(426, client.send(HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + address.getPort() + "/")).build(),
            HttpResponse.BodyHandlers.discarding()).statusCode());
        final String dom = chromium(folder, "--dump-dom", "http://127.0.0.1:" + http.address().getPort() + "/");

        assertTrue(row(dom, "protocols").contains(" websocket 1 1 0 "), dom);
        assertTrue(text(dom, "<small id=\"websocket\">(.*?)<").contains("refused 426 \u00D7 1 "), dom);
        assertTrue(row(dom, "silent").contains(" websocket "), dom);
        assertTrue(row(dom, "losses").contains(" heartwheel "), dom);
        webSocket.abort();
    }

    /** The text of the rows of a table. */
    private static String row(final String dom, final String id)
    {
        return text(dom, "<tbody id=\"" + id + "\">(.*?)</tbody>").replaceAll("<[^>]*>", " ").replaceAll(" +", " ");
    }

    /** As behind a proxy that asks users for a password, and takes off a path. */
    @Test
    void shouldWorkBelowAPath(@TempDir final Path folder) throws IOException, InterruptedException
    {
        final HttpClient client = HttpClient.newHttpClient();
        final HttpServer proxy = HttpServer.create(ANY_PORT, 0);
        proxy.createContext("/some/path/", (exchange) ->
        {
            final String target = exchange.getRequestURI().toString().substring("/some/path".length());
            final HttpResponse<byte[]> answer = client.sendAsync(HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + http.address().getPort() + target)).build(),
                HttpResponse.BodyHandlers.ofByteArray()).join();
            exchange.getResponseHeaders().set("Content-Type",
                answer.headers().firstValue("Content-Type").orElseThrow());
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
            exchange.getResponseBody().write(answer.body());
            exchange.close();
        });
        proxy.start();
        try
        {
            final String base = "http://127.0.0.1:" + proxy.getAddress().getPort() + "/some/path/";
            final String dom = chromium(folder, "--dump-dom", base);
            assertTrue(Integer.parseInt(text(dom, "data-updates=\"(\\d+)\"")) >= 2, "it updates itself");
            assertEquals(6, count(dom, "<canvas"), "plots");
            assertEquals(200, client.send(HttpRequest.newBuilder(
                URI.create(base).resolve(text(dom, "<a href=\"([^\"]*metrics)\""))).build(),
                HttpResponse.BodyHandlers.discarding()).statusCode());
        }
        finally
        {
            proxy.stop(0);
        }
    }

    @Test
    void shouldFitAPhone(@TempDir final Path folder) throws IOException, InterruptedException
    {
        // No window can be narrower than 500: it is laid out as for a phone all the same.
        final String dom = chromium(folder, "--window-size=390,844", "--dump-dom",
            "http://127.0.0.1:" + http.address().getPort() + "/");
        assertEquals("500 of 500", text(dom, "data-width=\"(.*?)\""), "nothing is wider than the window");
    }

    private static String text(final String dom, final String regex)
    {
        final Matcher matcher = Pattern.compile(regex, Pattern.DOTALL).matcher(dom);
        assertTrue(matcher.find(), () -> regex + " in " + dom);
        return matcher.group(1);
    }

    private static int count(final String text, final String part)
    {
        return text.split(Pattern.quote(part), -1).length - 1;
    }
}
