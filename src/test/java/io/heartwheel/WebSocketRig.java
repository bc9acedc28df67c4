package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.InvokedServer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A server that speaks WebSocket, with real sockets and virtual time.
 */
abstract class WebSocketRig extends AdmissionRig
{
    /** In so many duty cycles the server handles what lies in its sockets. */
    private static final int CYCLES = 50;

    static final Cadence CADENCE = new Cadence(3 * SECOND_NS, SECOND_NS, 2);

    final List<String> texts = new ArrayList<>();

    final ServerContext webSocketContext()
    {
        final ServerContext ctx = new ServerContext().listener(new EchoListener()).cadence(CADENCE)
            .lingerNs(TimeUnit.SECONDS.toNanos(5));
        ctx.webSocket().bindAddress(new InetSocketAddress("127.0.0.1", 0)).maxQuietNs(0);
        return ctx;
    }

    /**
     * Records, and sends each message back.
     */
    private final class EchoListener implements ConnectionListener
    {
        @Override
        public void onOpen(final Connection connection)
        {
            listener.onOpen(connection);
        }

        @Override
        public void onMessage(final Connection connection, final ByteBuffer payload)
        {
            listener.onMessage(connection, payload.duplicate());
            connection.send(payload);
        }

        @Override
        public void onText(final Connection connection, final ByteBuffer utf8)
        {
            final String text = java.nio.charset.StandardCharsets.UTF_8.decode(utf8.duplicate()).toString();
            texts.add(text);
            if (text.equals("throw"))
            {
                throw new IllegalStateException("told to");
            }
            connection.sendText(utf8);
        }

        @Override
        public void onProbe(final Connection connection)
        {
            listener.onProbe(connection);
        }

        @Override
        public void onClosed(final Connection connection, final CloseReason reason)
        {
            listener.onClosed(connection, reason);
        }
    }

    final WebSocketPeer connectTo(final ServerContext ctx) throws IOException
    {
        server = new InvokedServer(ctx);
        return connect();
    }

    final WebSocketPeer connect() throws IOException
    {
        return new WebSocketPeer(server.server.webSocketAddress());
    }

    /**
     * A peer that was let in.
     */
    final WebSocketPeer openOf(final ServerContext ctx, final String... fields) throws IOException
    {
        return opened(connectTo(ctx).raw(WebSocketPeer.request("/", fields)));
    }

    final WebSocketPeer opened(final WebSocketPeer peer) throws IOException
    {
        final int before = listener.opened().size();
        server.awaitTrue(() -> before < listener.opened().size());
        final String head = peer.readHead();
        assertTrue(head.startsWith("HTTP/1.1 101 Switching Protocols\r\n"), head);
        assertTrue(head.contains("Sec-WebSocket-Accept: " + WebSocketPeer.ACCEPT + "\r\n"), head);
        return peer;
    }

    final void assertRefused(final WebSocketPeer peer, final int status, final CloseReason reason, final String text)
        throws IOException
    {
        final String answer = readAnswer(peer);
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        assertTrue(answer.contains("\r\nConnection: close"), answer);
        assertTrue(answer.endsWith("\r\n\r\n" + text + "\n"), answer);
        assertEquals(reason, server.server.refusals().get(0).reason());
        assertEquals(text, server.server.refusals().get(0).detail());
        assertEquals(List.of(), listener.opened());
    }

    /**
     * All that a peer is told that is not let in.
     */
    final String readAnswer(final WebSocketPeer peer) throws IOException
    {
        for (int i = 0; i < CYCLES; i++)
        {
            server.doWork();
        }
        final String answer = peer.readAll();
        peer.close();
        server.awaitTrue(() -> 1 == server.server.refusals().size());
        return answer;
    }

    /**
     * The server closes with a code, then its end of the connection first, and the peer is gone when it has closed too.
     */
    final void assertClosed(
        final WebSocketPeer peer, final int code, final String text, final CloseReason reason) throws IOException
    {
        WebSocketPeer.Received received = read(peer);
        while (WebSocketPeer.CLOSE != received.first())
        {
            received = read(peer);
        }
        assertEquals(code, received.code());
        assertEquals(text, received.closeText());
        assertNull(peer.read(), "nothing behind a CLOSE");
        peer.close();
        server.awaitTrue(() -> 1 == listener.closed().size());
        assertEquals(List.of(reason), listener.reasons());
    }

    final WebSocketPeer.Received read(final WebSocketPeer peer) throws IOException
    {
        for (int i = 0; i < CYCLES; i++)
        {
            server.doWork();
        }
        return peer.read();
    }
}
