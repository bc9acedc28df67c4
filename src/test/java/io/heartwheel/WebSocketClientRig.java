package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.reactor.Insides;
import io.heartwheel.support.InvokedClient;
import io.heartwheel.support.RecordingLinkListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A client by WebSocket with real sockets and virtual time, and the server's end of its connections.
 */
abstract class WebSocketClientRig
{
    static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    static final Cadence CADENCE = new Cadence(3 * SECOND_NS, SECOND_NS, 2);

    final List<String> texts = new ArrayList<>();
    final RecordingLinkListener listener = new RecordingLinkListener()
    {
        @Override
        public synchronized void onText(final Connection connection, final ByteBuffer utf8)
        {
            texts.add(StandardCharsets.UTF_8.decode(utf8).toString());
        }
    };
    ServerSocket serverSocket;
    InvokedClient client;

    @BeforeEach
    void before() throws IOException
    {
        serverSocket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void after() throws IOException
    {
        if (null != client)
        {
            client.close();
            assertEquals(List.of(), client.errors);
            assertEquals(0, Insides.slots(client.client));
        }
        serverSocket.close();
        assertEquals(listener.opened().size(), listener.closed().size(), "each is closed exactly once");
    }

    ClientContext context()
    {
        return new ClientContext().cadence(CADENCE).listener(listener).lingerNs(2 * SECOND_NS)
            .minReconnectNs(SECOND_NS).maxWebSocketQuietNs(0);
    }

    URI uri(final String rest)
    {
        return URI.create("ws://127.0.0.1:" + serverSocket.getLocalPort() + rest);
    }

    WebSocketServerEnd connect(final ClientContext ctx, final WebSocketRequest request) throws IOException
    {
        client = new InvokedClient(ctx);
        client.client.connect(request);
        return accept();
    }

    WebSocketServerEnd accept() throws IOException
    {
        // It has asked as soon as it is connected.
        client.awaitTrue(() -> 1 == Insides.slots(client.client));
        return new WebSocketServerEnd(serverSocket.accept());
    }

    /**
     * A server that has let the client in.
     */
    WebSocketServerEnd open() throws IOException
    {
        return open(context());
    }

    WebSocketServerEnd open(final ClientContext ctx) throws IOException
    {
        final WebSocketServerEnd end = connect(ctx, new WebSocketRequest(uri("/")));
        end.raw(end.answer());
        client.awaitTrue(() -> 1 == listener.opened().size());
        return end;
    }

    Connection connection()
    {
        return listener.opened().get(listener.opened().size() - 1);
    }
}
