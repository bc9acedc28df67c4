package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.reactor.Insides;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A peer whose reading this end has paused is judged by what waits in the kernel. The server pauses the reading only of
 * connections that have not joined yet, which are not judged, so the tests pause it.
 */
class PausedReadingTest
{
    private static final Cadence CADENCE = Cadence.passive(TimeUnit.SECONDS.toNanos(3));
    private static final long LATE_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final RecordingListener listener = new RecordingListener();
    private final InvokedServer server =
        new InvokedServer(new ServerContext().cadence(CADENCE).listener(listener).lingerNs(0));

    @AfterEach
    void after()
    {
        server.close();
        assertEquals(List.of(), server.errors);
    }

    private Connection pause() throws IOException
    {
        server.awaitTrue(() -> !listener.opened().isEmpty());
        final Connection connection = listener.opened().get(0);
        Insides.pauseReading(connection, true);
        return connection;
    }

    @Test
    void shouldNotCondemnPeerWhoseBytesWaitWhileItsReadingIsPaused() throws Exception
    {
        try (TestPeer peer = server.connect())
        {
            final Connection connection = pause();
            peer.send(Frame.PING, 7);
            InvokedServer.letBytesArrive();
            final long reads = server.reads();

            server.advance(4 * CADENCE.detectionNs());

            assertEquals(List.of(), listener.closed());
            assertEquals(reads, server.reads(), "what waits is left there");
            Insides.pauseReading(connection, false);
            server.awaitRead(reads);
            assertEquals(7, peer.read(Frame.PONG).token());
            server.advance(CADENCE.detectionNs() + LATE_NS);
            assertEquals(List.of(CloseReason.PEER_SILENT), listener.reasons());
        }
    }

    @Test
    void shouldCondemnPeerOfWhichNothingWaitsWhileItsReadingIsPaused() throws Exception
    {
        try (TestPeer peer = server.connect())
        {
            pause();

            server.advance(CADENCE.detectionNs());
            assertEquals(List.of(), listener.closed());
            server.advance(LATE_NS);

            assertEquals(List.of(CloseReason.PEER_SILENT), listener.reasons());
            assertEquals(CloseReason.PEER_SILENT.code(), peer.read(Frame.BYE).byeReason());
        }
    }
}
