package io.heartwheel.swarm;

import io.heartwheel.CloseReason;
import io.heartwheel.swarm.SwarmPlan.Deaths;
import io.heartwheel.swarm.SwarmPlan.Fate;
import io.heartwheel.swarm.SwarmReport.Counts;
import io.heartwheel.swarm.SwarmReport.Ending;
import io.heartwheel.swarm.SwarmReport.Outcome;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The swarm against a server over real loopback sockets, one that judges well or has a fault.
 */
@Timeout(30)
class SwarmTest
{
    private static final long LATENESS_MAX_US = TimeUnit.SECONDS.toMicros(1);

    private static long ms(final long durationMs)
    {
        return TimeUnit.MILLISECONDS.toNanos(durationMs);
    }

    private static SwarmReport run(
        final PlainServer server, final int connections, final long pingMs, final Deaths deaths, final long runMs)
        throws IOException
    {
        return new Swarm(new SwarmPlan(server.address(), connections, ms(pingMs), deaths, ms(runMs)))
            .run(Swarm.Progress.NONE);
    }

    private static Deaths silence(final int count)
    {
        return Deaths.ofSilence(count, 0);
    }

    private static InetSocketAddress addressWithoutServer() throws IOException
    {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()))
        {
            return (InetSocketAddress)socket.getLocalSocketAddress();
        }
    }

    @Test
    void shouldSeeEveryFate() throws IOException
    {
        try (PlainServer server = new PlainServer(400, 200, 2))
        {
            final SwarmReport report = run(server, 300, 0, new Deaths(30, 20, 10, ms(100), ms(100), 7), 1_900);

            assertEquals(List.of(), report.faults());
            assertEquals(new Counts(240, 0, 30, 30, 0, 0, 0, 20, 0, 10), report.counts());
            assertEquals(800, report.hellos().get(0).idleMs() + 2 * report.hellos().get(0).intervalMs());
            assertEquals(30, report.latenessUs().getTotalCount());
            assertTrue(report.latenessUs().getMaxValue() < LATENESS_MAX_US, () -> ReportText.of(report));
            assertTrue(report.traffic().pongsSent() >= 240, () -> ReportText.of(report));
            assertTrue(report.traffic().pingsHeard() > report.traffic().pongsSent(), () -> ReportText.of(report));
            assertTrue(report.timing().longestGapNs() > 0);

            final Set<Integer> ports = new HashSet<>();
            for (final Outcome outcome : report.outcomes())
            {
                ports.add(outcome.localPort());
                assertEquals(Fate.LIVE != outcome.fate(), outcome.hasDied());
                switch (outcome.fate())
                {
                    case LIVE -> assertEquals(Ending.OPEN, outcome.ending());
                    case CLOSE -> assertEquals(Ending.SERVER_CLOSED, outcome.ending());
                    case RESET -> assertEquals(Ending.LEFT, outcome.ending());
                    default ->
                    {
                        assertEquals(Ending.SERVER_RESET, outcome.ending());
                        assertEquals(CloseReason.PEER_SILENT.code(), outcome.byeReason());
                        assertEquals("no answer", outcome.byeText());
                    }
                }
            }
            assertEquals(300, ports.size());
        }
    }

    @Test
    void shouldBeHeardByServerThatNeverAsks() throws IOException
    {
        try (PlainServer server = new PlainServer(600, 0, 0))
        {
            final SwarmReport report = run(server, 200, 50, silence(20), 1_200);

            assertEquals(List.of(), report.faults());
            assertEquals(20, report.counts().silentClosed());
            assertEquals(0, report.traffic().pingsHeard());
            assertTrue(report.traffic().pingsSent() >= 180 * 10, () -> ReportText.of(report));
            assertTrue(report.traffic().roundTripUs().getTotalCount() >= 180 * 5, () -> ReportText.of(report));
        }
    }

    @Test
    void shouldReportLivingClientsThatTheServerCloses() throws IOException
    {
        try (PlainServer server = new PlainServer(50, 5_000, 1).killingLiving(15))
        {
            final SwarmReport report = run(server, 100, 0, Deaths.NONE, 500);

            assertEquals(15, report.counts().unasked());
            assertEquals(List.of("15 living closed by the server"), report.faults());
            assertEquals(10, report.unasked(10).size());
            for (final Outcome outcome : report.unasked(10))
            {
                assertEquals(CloseReason.FLOODING.code(), outcome.byeReason());
                assertEquals(Ending.SERVER_RESET, outcome.ending());
            }
            final String text = ReportText.of(report);
            assertTrue(text.contains("RST after BYE FLOODING \"not you\""), text);
        }
    }

    @Test
    void shouldReportClosesThatNeverCome() throws IOException
    {
        try (PlainServer server = new PlainServer(100, 100, 1).sparingSilent().sparingClosed())
        {
            final SwarmReport report = run(server, 50, 0, new Deaths(10, 5, 0, 0, 0, 0), 1_600);

            assertEquals(10, report.counts().missing());
            assertEquals(5, report.counts().closingUnanswered());
            assertEquals(List.of("10 silent not closed", "5 closed, and the server kept its end open"),
                report.faults());
        }
    }

    @Test
    void shouldNotMissWhatIsNotDue() throws IOException
    {
        try (PlainServer server = new PlainServer(5_000, 5_000, 1))
        {
            final SwarmReport report = run(server, 50, 0, silence(10), 200);

            assertEquals(List.of(), report.faults());
            assertEquals(10, report.counts().notDue());
        }
    }

    @Test
    void shouldReportClosesThatComeEarly() throws IOException
    {
        try (PlainServer server = new PlainServer(1_000, 0, 0).hurriedBy(500))
        {
            final SwarmReport report = run(server, 50, 50, silence(10), 900);

            assertEquals(10, report.counts().early());
            assertEquals(0, report.latenessUs().getTotalCount());
            assertEquals(List.of("10 silent closed before the detection time was over"), report.faults());
        }
    }

    @Test
    void shouldDoWithoutHello() throws IOException
    {
        try (PlainServer server = new PlainServer(200, 0, 0).withoutHello())
        {
            final SwarmReport report = run(server, 10, 0, silence(10), 2_000);

            assertEquals(10, report.counts().silentClosed());
            assertEquals(0, report.latenessUs().getTotalCount());
            assertTrue(report.timing().ranNs() < ms(2_000), "ends when no connection is left");
        }
    }

    @Test
    void shouldReportServerThatBreaksTheProtocol() throws IOException
    {
        final byte[] pingWithPayload = {Frame.PING, 0, 0, 9};
        try (PlainServer server = new PlainServer(5_000, 0, 0).greetingWith(pingWithPayload))
        {
            final SwarmReport report = run(server, 5, 0, Deaths.NONE, 100);

            assertEquals(1, report.faults().size());
            assertTrue(report.faults().get(0).contains("PING with a payload of 9 bytes"), report.faults().get(0));
        }
    }

    @Test
    void shouldEndEarlyWhenStopped() throws IOException
    {
        try (PlainServer server = new PlainServer(5_000, 0, 0))
        {
            final Swarm swarm = new Swarm(
                new SwarmPlan(server.address(), 20, 0, Deaths.NONE, TimeUnit.HOURS.toNanos(1)));

            final SwarmReport report = swarm.run((connected, total) ->
            {
                if (connected == total)
                {
                    new Thread(swarm::stop).start();
                }
            });

            assertTrue(report.timing().isStopped());
            assertEquals(20, report.counts().living());
            assertEquals(List.of(), report.faults());
        }
    }

    @Test
    void shouldEndEarlyWhenTheServerDoes() throws IOException
    {
        try (PlainServer server = new PlainServer(5_000, 0, 0))
        {
            final SwarmPlan plan =
                new SwarmPlan(server.address(), 20, 0, Deaths.NONE, TimeUnit.HOURS.toNanos(1));

            final SwarmReport report = new Swarm(plan).run((connected, total) ->
            {
                if (connected == total)
                {
                    new Thread(server::close).start();
                }
            });

            assertFalse(report.timing().isStopped());
            assertEquals(20, report.counts().unasked());
        }
    }

    @Test
    void shouldSayWhyItCannotConnect() throws IOException
    {
        final InetSocketAddress nobody = addressWithoutServer();
        final SwarmPlan plan = new SwarmPlan(nobody, 20, 0, Deaths.NONE, ms(100), ms(200), SwarmProtocol.HEARTWHEEL, 0);

        final IOException ex =
            assertThrows(IOException.class, () -> new Swarm(plan).run(Swarm.Progress.NONE));

        assertTrue(ex.getMessage().contains("Connection refused"), ex.getMessage());
        assertTrue(ex.getMessage().contains("0 of 20 connected"), ex.getMessage());
        assertTrue(ex.getMessage().contains(":" + nobody.getPort()), ex.getMessage());
    }
}
