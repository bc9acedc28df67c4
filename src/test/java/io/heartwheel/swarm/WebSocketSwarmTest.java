package io.heartwheel.swarm;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ConnectionListener;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.swarm.SwarmPlan.Deaths;
import io.heartwheel.swarm.SwarmPlan.Fate;
import io.heartwheel.swarm.SwarmReport.Counts;
import io.heartwheel.swarm.SwarmReport.Ending;
import io.heartwheel.swarm.SwarmReport.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A swarm that speaks WebSocket, against our server over real loopback sockets.
 */
@Timeout(60)
class WebSocketSwarmTest
{
    private static final Cadence CADENCE = new Cadence(ms(500), ms(250), 2);

    private static long ms(final long durationMs)
    {
        return TimeUnit.MILLISECONDS.toNanos(durationMs);
    }

    private static ServerContext context(final ConnectionListener listener)
    {
        final ServerContext ctx = new ServerContext()
            .bindAddress(new InetSocketAddress("127.0.0.1", 0)).cadence(CADENCE).listener(listener);
        ctx.webSocket().bindAddress(new InetSocketAddress("127.0.0.1", 0));
        return ctx;
    }

    private static SwarmPlan plan(
        final HeartbeatServer server, final int connections, final long pingMs, final Deaths deaths, final long runMs)
    {
        return new SwarmPlan(server.webSocketAddress(), connections, ms(pingMs), deaths, ms(runMs), ms(10_000),
            SwarmProtocol.WEBSOCKET, CADENCE.detectionNs());
    }

    /** Greets each client by a message of text, which may come with the answer to its request. */
    private static class Greeter implements ConnectionListener
    {
        @Override
        public void onOpen(final Connection connection)
        {
            connection.sendText(ByteBuffer.wrap("welcome".getBytes(StandardCharsets.US_ASCII)));
        }

        @Override
        public void onMessage(final Connection connection, final ByteBuffer payload)
        {
        }

        @Override
        public void onClosed(final Connection connection, final CloseReason reason)
        {
        }
    }

    @Test
    void shouldSeeEveryFate() throws IOException
    {
        try (HeartbeatServer server = HeartbeatServer.launch(context(new Greeter())))
        {
            final SwarmReport report =
                new Swarm(plan(server, 300, 100, new Deaths(30, 20, 10, ms(200), ms(100), 7), 3_000))
                    .run(Swarm.Progress.NONE);

            final String text = ReportText.of(report);
            assertEquals(List.of(), report.faults(), text);
            assertEquals(new Counts(240, 0, 30, 30, 0, 0, 0, 20, 0, 10), report.counts(), text);
            assertEquals(30, report.latenessUs().getTotalCount());
            assertTrue(report.traffic().pingsSent() >= 240 * 10, text);
            assertTrue(report.traffic().roundTripUs().getTotalCount() >= 240 * 5, text);
            assertTrue(text.contains("by WebSocket"), text);
            assertTrue(text.contains("gone after 1s of silence, as the plan says"), text);
            for (final Outcome outcome : report.outcomes())
            {
                if (Fate.SILENT == outcome.fate())
                {
                    assertEquals(Ending.SERVER_RESET, outcome.ending());
                    assertEquals(4_000 + CloseReason.PEER_SILENT.code(), outcome.byeReason());
                }
            }
        }
    }

    @Test
    void shouldAnswerTheServerThatAsks() throws IOException
    {
        try (HeartbeatServer server = HeartbeatServer.launch(context(new Greeter())))
        {
            final SwarmReport report = new Swarm(plan(server, 100, 0, Deaths.NONE, 2_000)).run(Swarm.Progress.NONE);

            assertEquals(List.of(), report.faults());
            assertTrue(report.traffic().pingsHeard() >= 100, () -> ReportText.of(report));
            assertEquals(report.traffic().pingsHeard(), report.traffic().pongsSent());
        }
    }

    @Test
    void shouldReportLivingClientsThatTheServerCloses() throws IOException
    {
        try (HeartbeatServer server = HeartbeatServer.launch(context(new Greeter())))
        {
            final Swarm swarm = new Swarm(plan(server, 20, 0, Deaths.NONE, 10_000));
            final SwarmReport report = swarm.run((connected, total) ->
            {
                if (connected == total)
                {
                    new Thread(server::close).start();
                }
            });

            assertEquals(20, report.counts().unasked());
            assertEquals(1001, report.unasked(1).get(0).byeReason());
            final String text = ReportText.of(report);
            assertTrue(text.contains("FIN after CLOSE 1001"), text);
        }
    }

    @Test
    void shouldReportSilentOnesThatTheServerKeeps() throws IOException
    {
        try (HeartbeatServer server = HeartbeatServer.launch(context(new Greeter()).cadence(Cadence.STANDARD)))
        {
            final SwarmReport report =
                new Swarm(plan(server, 20, 0, Deaths.ofSilence(5, 0), 2_500)).run(Swarm.Progress.NONE);

            assertEquals(List.of("5 silent not closed"), report.faults());
        }
    }

    @Test
    void shouldSayWhyItIsNotLetIn() throws IOException
    {
        final ServerContext ctx = context(new Greeter());
        ctx.webSocket().openingCheck((request, opening) -> request.refuse("no swarm"));
        try (HeartbeatServer server = HeartbeatServer.launch(ctx))
        {
            final SwarmPlan plan = new SwarmPlan(server.webSocketAddress(), 3, 0, Deaths.NONE, ms(100), ms(300),
                SwarmProtocol.WEBSOCKET, 0);
            final IOException ex = assertThrows(IOException.class, () -> new Swarm(plan).run(Swarm.Progress.NONE));
            assertTrue(ex.getMessage().contains("HTTP/1.1 403 Forbidden"), ex.getMessage());
            assertTrue(ex.getMessage().contains("0 of 3 connected"), ex.getMessage());
        }
    }

    @Test
    void shouldSayThatAServerSpeaksNoWebSocket() throws IOException
    {
        try (PlainServer server = new PlainServer(5_000, 0, 0).withoutHello())
        {
            final SwarmPlan plan = new SwarmPlan(server.address(), 3, 0, Deaths.NONE, ms(100), ms(300),
                SwarmProtocol.WEBSOCKET, 0);
            final IOException ex = assertThrows(IOException.class, () -> new Swarm(plan).run(Swarm.Progress.NONE));
            assertTrue(ex.getMessage().contains("0 of 3 connected"), ex.getMessage());
        }
    }
}
