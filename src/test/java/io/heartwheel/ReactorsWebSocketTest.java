package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Several reactors, each with a listener for WebSocket alone beside its other one.
 */
class ReactorsWebSocketTest extends ReactorsRig
{
    private final List<WebSocketPeer> webSockets = new ArrayList<>();

    @AfterEach
    void closeWebSockets() throws IOException
    {
        for (final WebSocketPeer peer : webSockets)
        {
            peer.close();
        }
    }

    private ServerContext webSocketContext(final int reactors, final AcceptSockets sockets)
    {
        final ServerContext ctx = context(reactors).acceptSockets(sockets);
        ctx.webSocket().bindAddress(new InetSocketAddress("127.0.0.1", 0));
        return ctx;
    }

    /** So many connections by WebSocket, beside those that are open. */
    private void connectWebSockets(final int count) throws IOException
    {
        final int before = listener.opened().size();
        for (int i = 0; i < count; i++)
        {
            final WebSocketPeer peer = new WebSocketPeer(server.webSocketAddress());
            webSockets.add(peer);
            final String head = peer.raw(WebSocketPeer.request("/")).readHead();
            assertTrue(head.startsWith("HTTP/1.1 101 "), head);
        }
        awaitTrue(() -> before + count == listener.opened().size());
    }

    private static Set<Integer> reactorsOf(final List<ConnectionView> views, final String protocol)
    {
        final Set<Integer> reactors = new HashSet<>();
        views.stream().filter((view) -> protocol.equals(view.protocol())).forEach((view) ->
            reactors.add(view.reactor()));
        return reactors;
    }

    @ParameterizedTest
    @EnumSource(value = AcceptSockets.class, names = {"ONE", "EACH"})
    void shouldServeBothPortsByAllReactors(final AcceptSockets sockets) throws Exception
    {
        launch(webSocketContext(2, sockets));
        assertNotEquals(server.localAddress(), server.webSocketAddress());
        connect(60);
        connectWebSockets(60);

        final List<ConnectionView> views = server.connections().get(5, TimeUnit.SECONDS);
        assertEquals(120, views.size());
        assertEquals(60, views.stream().filter((view) -> "websocket".equals(view.protocol())).count());
        // By the hash of the kernel, 60 of a protocol at one reactor are an accident of 1 in 2^59.
        assertEquals(Set.of(0, 1), reactorsOf(views, "websocket"));
        assertEquals(Set.of(0, 1), reactorsOf(views, "heartwheel"));
        for (int i = 0; i < 60; i++)
        {
            webSockets.get(i).sendText("from " + i);
        }
        awaitTrue(() -> 60 == listener.messages().size());
        assertEquals(60, server.metrics().count(Counter.MESSAGES));

        server.close();
        for (final WebSocketPeer peer : webSockets)
        {
            assertEquals(1001, peer.read().code());
            assertNull(peer.read());
        }
    }

    @Test
    void shouldAskAndCondemnAWebSocketOfEachReactor() throws IOException
    {
        final Cadence cadence = new Cadence(300_000_000, 200_000_000, 1);
        launch(webSocketContext(2, AcceptSockets.ONE).cadence(cadence));
        connectWebSockets(4);

        awaitTrue(() -> 4 == listener.closed().size());
        assertEquals(4, server.metrics().closedCount(CloseReason.PEER_SILENT.ordinal()));
        for (int i = 0; i < 2; i++)
        {
            assertEquals(2, server.metrics(i).closedCount(CloseReason.PEER_SILENT.ordinal()));
        }
        for (final WebSocketPeer peer : webSockets)
        {
            WebSocketPeer.Received received = peer.read();
            assertEquals(WebSocketPeer.PING, received.first());
            while (WebSocketPeer.PING == received.first())
            {
                received = peer.read();
            }
            assertEquals(4001, received.code());
        }
    }

    @Test
    void shouldHoldALimitForBothPortsOfAllReactors() throws IOException
    {
        launch(webSocketContext(2, AcceptSockets.EACH).maxConnections(20));
        connect(10);
        connectWebSockets(10);

        final WebSocketPeer peer = new WebSocketPeer(server.webSocketAddress());
        webSockets.add(peer);
        final String answer = peer.readAll();
        assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
        assertEquals(CloseReason.REFUSED, server.refusals().get(0).reason());
    }
}
