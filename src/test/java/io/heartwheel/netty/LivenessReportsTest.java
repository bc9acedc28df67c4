package io.heartwheel.netty;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.micrometer.NettyLivenessMeters;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What happened is in the metrics of the host and in the flight recorder.
 */
class LivenessReportsTest
{
    private static final long IDLE_MS = 1_000;
    private final Liveness liveness =
        new Liveness(new LivenessContext().cadence(Cadence.passive(MILLISECONDS.toNanos(IDLE_MS))));

    /**
     * One peer is lost, after a stall of its loop that another one survives.
     */
    private void happen()
    {
        final EmbeddedPeer living = new EmbeddedPeer(liveness.newHandler());
        final EmbeddedPeer silent = new EmbeddedPeer(liveness.newHandler());
        living.jumpMs(5 * IDLE_MS);
        living.speak();
        silent.passMs(IDLE_MS + 20);
    }

    @Test
    void shouldShowEverythingInTheRegistryOfTheHost()
    {
        final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, new MockClock());
        new NettyLivenessMeters(liveness.metrics(), "server", "gateway").bindTo(registry);
        happen();

        assertEquals(1, registry.get("heartwheel.netty.watched").tag("server", "gateway").gauge().value());
        assertEquals(1, registry.get("heartwheel.netty.spared").functionCounter().count());
        assertEquals(1, registry.get("heartwheel.netty.stalls").functionCounter().count());
        assertEquals(0, registry.get("heartwheel.netty.probes").functionCounter().count());
        assertEquals(0, registry.get("heartwheel.netty.close.calls").functionCounter().count());
        assertEquals(1, registry.get("heartwheel.netty.lost").tag("reason", "SILENT").tag("cause", "UNKNOWN")
            .functionCounter().count());
        assertEquals(0, registry.get("heartwheel.netty.lost").tag("reason", "SILENT").tag("cause", "PATH")
            .functionCounter().count());
        assertTrue(registry.get("heartwheel.netty.longest.stall").gauge().value() > 4);
        assertTrue(registry.get("heartwheel.netty.lag").tag("percentile", "100").gauge().value() > 4);
        assertTrue(registry.get("heartwheel.netty.lateness").tag("percentile", "100").gauge().value() < 0.02);
    }

    @Test
    void shouldRecordLossesAndStallsForTheFlightRecorder(@TempDir final Path folder) throws Exception
    {
        final Path file = folder.resolve("recording.jfr");
        try (Recording recording = new Recording())
        {
            recording.enable("io.heartwheel.PeerLost");
            recording.enable("io.heartwheel.LoopStall");
            recording.start();
            happen();
            recording.stop();
            recording.dump(file);
        }
        final List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        final RecordedEvent lost = only(events, "io.heartwheel.PeerLost");
        assertEquals("SILENT", lost.getString("reason"));
        assertEquals("UNKNOWN", lost.getString("cause"));
        assertTrue(lost.getDuration("silence").toMillis() >= IDLE_MS);
        final RecordedEvent stall = only(events, "io.heartwheel.LoopStall");
        assertTrue(stall.getDuration("length").toMillis() > 4 * IDLE_MS);
        assertEquals(1, stall.getInt("suspects"));
    }

    private static RecordedEvent only(final List<RecordedEvent> events, final String name)
    {
        final List<RecordedEvent> found =
            events.stream().filter((event) -> name.equals(event.getEventType().getName())).toList();
        assertEquals(1, found.size(), found::toString);
        return found.get(0);
    }
}
