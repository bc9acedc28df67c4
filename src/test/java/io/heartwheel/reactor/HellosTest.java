package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.ServerContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * The cadence in force after a peer asked for one by HELLO.
 */
class HellosTest
{
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private static Cadence ofMs(final long idleMs, final long intervalMs, final int count)
    {
        return new Cadence(idleMs * 1_000_000, intervalMs * 1_000_000, count);
    }

    /** By default from 1 s, 500 ms to 600 s, 60 s, 10. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 600000, 5000, 4",
        "3, 0, 2000, 600000, 5000, 4",
        "65535, 0, 4294967295, 600000, 5000, 4",
        "3, 2000, 0, 2000, 60000, 3",
        "0, 2000, 0, 2000, 0, 0",
        "0, 2000, 7000, 2000, 0, 0",
        "1, 1, 1, 1000, 500, 1",
        "10, 600000, 60000, 600000, 60000, 10",
        "11, 600001, 60001, 600000, 60000, 10",
        "65535, 4294967295, 4294967295, 600000, 60000, 10"})
    void shouldComeNearestToWhatIsAskedForAndTakeZeroForTheLongest(
        final int count,
        final long idleMs,
        final long intervalMs,
        final long givenIdleMs,
        final long givenIntervalMs,
        final int givenCount)
    {
        final CadenceBounds bounds = CadenceBounds.of(new ServerContext().cadence(Cadence.STANDARD));

        assertEquals(ofMs(givenIdleMs, givenIntervalMs, givenCount),
            Hellos.clamped(new Hello(count, idleMs, intervalMs), bounds));
    }

    @Test
    void shouldNotProbeForWhoAsksForTheLongestOfAServerThatOnlyListens()
    {
        final CadenceBounds bounds = CadenceBounds.of(new ServerContext().cadence(Cadence.passive(SECOND_NS)));

        assertEquals(Cadence.passive(600 * SECOND_NS), Hellos.clamped(new Hello(0, 0, 0), bounds));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 0, 0, 0",
        "9, 0, 50, 0, 0, 0",
        "0, 1, 0, 1, 0, 0",
        "0, 1, 50, 1, 0, 0",
        "4, 50, 60, 50, 60, 4",
        "4, 50, 0, 50, 86400000, 4",
        "65535, 4294967295, 4294967295, 86400000, 86400000, 1000"})
    void shouldUnderstandWhateverAServerTells(
        final int count,
        final long idleMs,
        final long intervalMs,
        final long toldIdleMs,
        final long toldIntervalMs,
        final int toldCount)
    {
        assertEquals(ofMs(toldIdleMs, toldIntervalMs, toldCount),
            Hellos.told(new Hello(count, idleMs, intervalMs)));
    }

    @Test
    void shouldWatchWhoAsksForNoWatchAsLateAsItMay() throws IOException
    {
        final RecordingListener listener = new RecordingListener();
        try (InvokedServer server = new InvokedServer(new ServerContext().cadence(Cadence.STRICT)
            .listener(listener).lingerNs(0).maxIdleNs(20 * SECOND_NS));
            TestPeer peer = server.connect())
        {
            server.awaitTrue(() -> 1 == listener.opened().size());
            assertEquals(new Hello(3, 3_000, 1_500), peer.read().hello());
            final long reads = server.reads();
            peer.send(new Hello(0, 0, 0));
            server.awaitRead(reads);
            assertEquals(new Hello(3, 20_000, 1_500), peer.read(Frame.HELLO).hello());
            final int probes = listener.probes();
            server.advance(24_400_000_000L);
            assertEquals(List.of(), listener.closed());
            assertEquals(probes + 3, listener.probes());
            server.advance(SECOND_NS / 5);
            assertEquals(List.of(CloseReason.PEER_SILENT), listener.reasons());
        }
    }

    @Test
    void shouldLeaveToTheApplicationHowItWatchesWhereHeartbeatsAreOff() throws IOException
    {
        final RecordingListener listener = new RecordingListener();
        try (InvokedServer server = new InvokedServer(new ServerContext().cadence(Cadence.OFF)
            .listener(listener).lingerNs(0));
            TestPeer peer = server.connect())
        {
            server.awaitTrue(() -> 1 == listener.opened().size());
            listener.opened().get(0).cadence(Cadence.STRICT);
            final long reads = server.reads();
            peer.send(new Hello(0, 0, 0));
            server.awaitRead(reads);
            assertEquals(Cadence.STRICT, listener.opened().get(0).cadence());
        }
    }
}
