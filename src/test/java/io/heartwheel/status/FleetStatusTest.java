package io.heartwheel.status;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.fleet.Fleet;
import io.heartwheel.fleet.FleetContext;
import io.heartwheel.fleet.FleetCounter;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.support.Tool;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Identity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What a server says by HTTP of its fleet. The test runs the fleet.
 */
class FleetStatusTest
{
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);
    private static final long SECOND_NS = 1_000_000_000L;

    private final HttpClient client = HttpClient.newHttpClient();
    private final RecordingListener listener = new RecordingListener();
    private final Fleet fleet = new Fleet(new FleetContext().node("gateway-1"));
    private final HeartbeatServer server = HeartbeatServer.launch(fleet.attach(new ServerContext()
        .bindAddress(ANY_PORT).helloIdentity(true).listener(listener).lingerNs(0)));
    private StatusServer http;

    private void serve(final boolean isRequired) throws IOException
    {
        final Observer observer =
            new Observer(server, new FleetObserver(fleet, isRequired, 0), SECOND_NS, 0);
        http = new StatusServer(ANY_PORT, Set.of(), observer, List::of, () -> SECOND_NS);
    }

    @AfterEach
    void after()
    {
        http.close();
        server.close();
        fleet.close();
    }

    private HttpResponse<String> get(final String path) throws IOException, InterruptedException
    {
        return client.send(HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + http.address().getPort() + path)).build(), BodyHandlers.ofString());
    }

    private void run()
    {
        for (int i = 0; i < 20; i++)
        {
            fleet.doWork();
        }
    }

    @Test
    void shouldTellHowTheServerStandsToItsFleet() throws IOException, InterruptedException
    {
        serve(false);
        try (TestPeer peer = new TestPeer(server.localAddress()))
        {
            peer.send(Frame.HELLO, 0, Identity.helloPayload("alice")).send(Frame.PING, 1).read(Frame.PONG);
            run();
            final Status status = new StatusClient("127.0.0.1:" + http.address().getPort()).status();
            assertEquals("gateway-1", status.fleet().node());
            assertEquals("HELD", status.fleet().state());
            assertEquals(List.of("gateway-1"), status.fleet().nodes());
            assertEquals(1, status.fleet().sessions());
            assertEquals(0, status.fleet().waiting());
            assertEquals("", status.fleet().trouble());
            assertTrue(status.fleet().exchanges() > 2, status.fleet()::toString);
            assertTrue(status.fleet().roundTripMs().count() > 2, status.fleet()::toString);

            final List<String> lines = StatusText.lines(status, List.of(), 0);
            assertTrue(lines.contains("fleet               1   of gateway-1 have an identity, lease HELD, 1 nodes, " +
                "0 wait for the registry"), lines::toString);
            assertTrue(lines.stream().anyMatch((line) -> line.startsWith("registry ms")), lines::toString);
            assertTrue(StatusText.line(status).endsWith("  fleet HELD 1 nodes"), StatusText.line(status));
        }
    }

    @Test
    void shouldBeHealthyWithoutTheLeaseUnlessItIsRequired() throws IOException, InterruptedException
    {
        serve(false);
        HttpResponse<String> health = get("/health");
        assertEquals(200, health.statusCode(), health.body());
        assertEquals("JOINING", new Gson().fromJson(health.body(), JsonObject.class).get("lease").getAsString());
        http.close();

        serve(true);
        health = get("/health");
        assertEquals(503, health.statusCode(), health.body());
        assertTrue(health.body().contains("its lease in the fleet is JOINING"), health.body());
        run();
        health = get("/health");
        assertEquals(200, health.statusCode(), health.body());
        assertTrue(health.body().contains("the duty cycle turns"), health.body());
    }

    @Test
    void shouldShowEveryMetricToPrometheus() throws IOException, InterruptedException
    {
        serve(false);
        run();
        final String metrics = get("/metrics").body();
        for (final FleetCounter counter : FleetCounter.values())
        {
            final String name = "heartwheel_fleet_" + counter.label().replace('.', '_') + "_total ";
            assertTrue(metrics.contains("\n" + name), name);
        }
        for (final String line : List.of("heartwheel_fleet_held 1.0", "heartwheel_fleet_nodes 1.0",
            "heartwheel_fleet_sessions 0.0", "heartwheel_fleet_waiting 0.0", "heartwheel_fleet_joins_total 1.0"))
        {
            assertTrue(metrics.contains("\n" + line + "\n"), line);
        }
        assertTrue(metrics.contains("heartwheel_fleet_round_trip_seconds_bucket{le=\"1.0\"}"), metrics);
    }

    @Test
    @Tag("tools")
    void shouldPassTheCheckOfPromtool() throws IOException, InterruptedException
    {
        serve(false);
        run();
        assertEquals("", Tool.run(0, get("/metrics").body(), Tool.require("promtool"), "check", "metrics"));
    }

    @Test
    void shouldSayNothingOfAFleetThatIsNotThere() throws IOException, InterruptedException
    {
        http = new StatusServer(ANY_PORT, Set.of(), new Observer(server, SECOND_NS, 0), List::of, () -> SECOND_NS);
        assertFalse(get("/metrics").body().contains("fleet"));
        assertFalse(get("/status").body().contains("fleet"));
        assertFalse(get("/health").body().contains("lease"));
        assertNull(new StatusClient("127.0.0.1:" + http.address().getPort()).status().fleet());
    }
}
