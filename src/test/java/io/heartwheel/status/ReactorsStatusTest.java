package io.heartwheel.status;

import io.heartwheel.AcceptSockets;
import io.heartwheel.Connection;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.metrics.Counter;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The status of a server with several reactors: totals, and a row for each. The test sets the time of its observer.
 */
@Timeout(30)
class ReactorsStatusTest
{
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int PEERS = 6;

    private final CountDownLatch blocked = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final RecordingListener listener = new RecordingListener()
    {
        @Override
        public void onMessage(final Connection connection, final ByteBuffer payload)
        {
            blocked.countDown();
            try
            {
                released.await(20, TimeUnit.SECONDS);
            }
            catch (final InterruptedException ex)
            {
                Thread.currentThread().interrupt();
            }
        }
    };
    private final HeartbeatServer server = HeartbeatServer.launch(new ServerContext().bindAddress(ANY_PORT)
        .reactors(2).acceptSockets(AcceptSockets.ONE).listener(listener).lingerNs(0).maxParkNs(SECOND_NS / 100));
    private final Observer observer = new Observer(server, SECOND_NS, 0);
    private final List<TestPeer> peers = new ArrayList<>();

    @AfterEach
    void after() throws IOException
    {
        released.countDown();
        for (final TestPeer peer : peers)
        {
            peer.close();
        }
        server.close();
    }

    private void connect() throws IOException
    {
        for (int i = 0; i < PEERS; i++)
        {
            peers.add(new TestPeer(server.localAddress()));
            assertEquals(1, peers.get(i).send(Frame.PING, 1).read(Frame.PONG).token());
        }
    }

    /** Both reactors turn, or all but one. */
    private void sample(final long nowNs, final int reactors) throws InterruptedException
    {
        for (int i = 0; i < reactors; i++)
        {
            final long before = server.metrics(i).count(Counter.CYCLES);
            while (before == server.metrics(i).count(Counter.CYCLES))
            {
                Thread.sleep(1);
            }
        }
        observer.sample(0, nowNs);
    }

    private HttpResponse<String> get(final long nowNs, final String path) throws IOException, InterruptedException
    {
        try (StatusServer http = new StatusServer(ANY_PORT, Set.of(), observer, List::of, () -> nowNs))
        {
            return HttpClient.newHttpClient().send(HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + http.address().getPort() + path)).build(), BodyHandlers.ofString());
        }
    }

    @Test
    void shouldTellTotalsAndARowForEachReactor() throws IOException, InterruptedException
    {
        connect();
        sample(SECOND_NS, 2);
        final Status status = observer.status(SECOND_NS);

        assertEquals(PEERS, status.open());
        assertEquals(2, status.reactors().size());
        for (int i = 0; i < 2; i++)
        {
            final ReactorStatus row = status.reactors().get(i);
            assertEquals(i, row.reactor());
            assertEquals(PEERS / 2, row.open());
            assertEquals(PEERS / 2, row.readsPerS());
            assertTrue(row.cycleMs().count() > 0);
        }
        final List<String> lines = StatusText.lines(status, List.of(), 0);
        assertTrue(lines.stream().anyMatch((line) -> line.matches("reactor +open +reads/s +stalls .*")),
            lines::toString);
        for (int i = 0; i < 2; i++)
        {
            final String row = i + " +3 +3 +0 +0 +[0-9.]+";
            assertTrue(lines.stream().anyMatch((line) -> line.matches(row)), lines::toString);
        }
    }

    @Test
    void shouldTellPrometheusOfEachReactor() throws IOException, InterruptedException
    {
        connect();
        final String text = get(0, "/metrics").body();

        assertTrue(text.contains("\nheartwheel_connections 6.0\n"), text);
        for (int i = 0; i < 2; i++)
        {
            final String label = "{reactor=\"" + i + "\"} ";
            assertTrue(text.contains("\nheartwheel_reactor_connections" + label + "3.0\n"), text);
            assertTrue(text.contains("\nheartwheel_reactor_reads_total" + label + "3.0\n"), text);
            assertTrue(text.contains("\nheartwheel_reactor_stalls_total" + label + "0.0\n"), text);
            assertTrue(text.matches("(?s).*\nheartwheel_reactor_cycle_seconds_count\\{reactor=\"" + i +
                "\"} [1-9].*"), text);
        }
    }

    @Test
    void shouldSayWhichReactorHangs() throws IOException, InterruptedException
    {
        connect();
        sample(SECOND_NS, 2);
        assertEquals(200, get(SECOND_NS, "/health").statusCode());
        final Connection victim =
            listener.opened().stream().filter((each) -> 1 == each.reactor()).findFirst().orElseThrow();
        peers.stream().filter((peer) -> peer.localPort() == victim.remoteAddress().getPort()).findFirst().orElseThrow()
            .send(Frame.DATA, 0, (byte)1);
        assertTrue(blocked.await(10, TimeUnit.SECONDS));
        sample(2 * SECOND_NS, 1);
        for (int i = 3; i < 7; i++)
        {
            sample(i * SECOND_NS, 1);
        }
        final HttpResponse<String> response = get(6 * SECOND_NS, "/health");
        assertEquals(503, response.statusCode());
        assertTrue(response.body().matches(".*reactor 1: the duty cycle has not turned for [45]\\.0 s.*"),
            response.body());
    }

    @Test
    void shouldHaveNoRowsForTheOnlyReactor()
    {
        try (HeartbeatServer alone = HeartbeatServer.launch(
            new ServerContext().bindAddress(ANY_PORT).listener(listener).lingerNs(0)))
        {
            final Observer one = new Observer(alone, SECOND_NS, 0);
            assertNull(one.status(0).reactors());
            assertTrue(one.metricsByReactor().isEmpty());
            assertTrue(StatusText.lines(one.status(0), List.of(), 0).stream()
                .noneMatch((line) -> line.startsWith("reactor")));
        }
    }
}
