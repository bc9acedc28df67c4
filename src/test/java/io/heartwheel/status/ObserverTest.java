package io.heartwheel.status;

import io.heartwheel.CloseReason;
import io.heartwheel.ConnectionView;
import io.heartwheel.ServerContext;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The status that an observer makes of metrics. The test sets these.
 */
class ObserverTest
{
    private static final long SECOND_NS = 1_000_000_000L;

    private final InvokedServer server =
        new InvokedServer(new ServerContext().listener(new RecordingListener()).lingerNs(0));
    private final Observer observer = new Observer(server.server, SECOND_NS, 0);

    private ReactorMetrics metrics()
    {
        return (ReactorMetrics)server.server.metrics(0);
    }

    @AfterEach
    void after()
    {
        server.close();
    }

    @Test
    void shouldTakeRatesOverTheTimeThatPassed()
    {
        metrics().add(Counter.HEARD, 200);
        metrics().add(Counter.PROBES, 40);
        observer.sample(20_000, 20 * SECOND_NS);
        assertEquals(10, observer.status(20 * SECOND_NS).readsPerS(), "over a pause");
        assertEquals(2, observer.status(20 * SECOND_NS).probesPerS());

        metrics().add(Counter.HEARD, 50);
        observer.sample(21_000, 21 * SECOND_NS);
        assertEquals(50, observer.status(21 * SECOND_NS).readsPerS());
    }

    @Test
    void shouldLookOnceForAllWhoAskMeanwhile()
    {
        final CompletableFuture<List<ConnectionView>> view = observer.view();
        assertSame(view, observer.view());
        server.awaitTrue(view::isDone);
        assertNotSame(view, observer.view());
    }

    @Test
    void shouldTellApartWhoWasLostAndWhoWasNotLetIn()
    {
        metrics().closed(CloseReason.PEER_SILENT.ordinal());
        metrics().turnedAway(CloseReason.PEER_SILENT.ordinal());
        metrics().turnedAway(CloseReason.REFUSED.ordinal());
        metrics().turnedAway(CloseReason.PEER_CLOSED.ordinal());
        // Health checks, and a goodbye.
        metrics().closed(CloseReason.NEVER_SPOKE.ordinal());
        metrics().turnedAway(CloseReason.NEVER_SPOKE.ordinal());
        metrics().closed(CloseReason.PEER_LEFT.ordinal());

        final Status status = observer.status(0);
        assertEquals(Map.of("PEER_SILENT", 1L), status.losses());
        assertEquals(1, status.lost());
        assertEquals(3, status.refused());
        assertEquals(2, status.neverSpoke());
        assertTrue(StatusText.lines(status, List.of(), 0).get(2).endsWith("opened 0, refused 3, never spoke 2"));
    }
}
