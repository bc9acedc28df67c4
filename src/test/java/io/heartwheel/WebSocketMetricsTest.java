package io.heartwheel;

import io.heartwheel.metrics.Metrics;
import io.heartwheel.metrics.Split;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Connections are counted by protocol, refused openings by status, and ends by the code of a CLOSE.
 */
@SuppressWarnings("try")
class WebSocketMetricsTest extends WebSocketRig
{
    private Map<String, Long> counts(final Split split)
    {
        final Metrics metrics = server.server.metrics();
        final Map<String, Long> counts = new TreeMap<>();
        final List<String> labels = metrics.labels(split);
        for (int i = 0; i < labels.size(); i++)
        {
            if (metrics.count(split, i) > 0)
            {
                counts.put(labels.get(i), metrics.count(split, i));
            }
        }
        return counts;
    }

    private WebSocketPeer openAnother() throws IOException
    {
        return opened(connect().raw(WebSocketPeer.request("/")));
    }

    @Test
    void shouldCountConnectionsByProtocol() throws IOException
    {
        try (WebSocketPeer one = openOf(webSocketContext()); WebSocketPeer other = openAnother();
            TestPeer own = server.connect())
        {
            server.awaitTrue(() -> 3 == listener.opened().size());
            final long reads = server.reads();
            own.send(Frame.PING, 1);
            server.awaitRead(reads);
            assertEquals(List.of("heartwheel", "websocket", "unknown"), server.server.metrics().labels(Split.OPENED));
            assertEquals(Map.of("heartwheel", 1L, "websocket", 2L), counts(Split.OPENED));
            assertEquals(2, server.server.metrics().openCount(1));
            other.sendClose(1000);
            server.awaitTrue(() -> counts(Split.CLOSES_HEARD).containsKey("1000"));
            other.close();
            own.close();
            server.awaitTrue(() -> 2 == listener.closed().size());
            assertEquals(Map.of("heartwheel", 1L, "websocket", 1L), counts(Split.CLOSED));
            // The other has said goodbye.
            assertEquals(Map.of("heartwheel", 1L), counts(Split.LOST));
            assertEquals(Map.of(), counts(Split.CLOSES_SENT));
            one.sendText("throw");
            server.awaitTrue(() -> counts(Split.CLOSES_SENT).containsKey("1011"));
            assertEquals(Map.of("1011", 1L), counts(Split.CLOSES_SENT));
        }
    }

    @Test
    void shouldCountClosesByCodesThatAreKnown() throws IOException
    {
        try (WebSocketPeer one = openOf(webSocketContext()); WebSocketPeer other = openAnother())
        {
            one.sendClose(4242);
            other.send(WebSocketPeer.CLOSE);
            server.awaitTrue(() -> 2 == counts(Split.CLOSES_HEARD).size());
            assertEquals(Map.of("other", 1L, "1005", 1L), counts(Split.CLOSES_HEARD));
        }
        try (WebSocketPeer silent = openAnother())
        {
            for (int i = 0; i < 10 && !counts(Split.CLOSES_SENT).containsKey("4001"); i++)
            {
                server.advance(SECOND_NS);
            }
            assertEquals(Map.of("4001", 1L), counts(Split.CLOSES_SENT));
        }
    }

    @Test
    void shouldCountRefusedOpeningsByStatus() throws IOException
    {
        final ServerContext ctx = webSocketContext().handshakeTimeoutNs(2 * SECOND_NS).maxConnections(5);
        ctx.webSocket().openingCheck((request, opening) -> request.refuse("no"));
        final List<WebSocketPeer> peers = new ArrayList<>();
        peers.add(connectTo(ctx).raw("POST / HTTP/1.1\r\n"));
        peers.add(connect().raw(WebSocketPeer.request("/")));
        peers.add(connect().raw(WebSocketPeer.request("/", "Origin: https://evil.example")));
        peers.add(connect().raw("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
        peers.add(connect().raw("GET / HTTP/1.1\r\n"));
        server.awaitTrue(() -> 3 == counts(Split.OPENINGS_REFUSED).size());
        assertEquals(Map.of("400", 1L, "403", 2L, "426", 1L), counts(Split.OPENINGS_REFUSED));
        server.advance(3 * SECOND_NS);
        assertEquals(Map.of("400", 1L, "403", 2L, "426", 1L, "408", 1L), counts(Split.OPENINGS_REFUSED));
        for (final WebSocketPeer peer : peers)
        {
            peer.close();
        }
    }
}
