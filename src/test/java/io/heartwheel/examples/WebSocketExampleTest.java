package io.heartwheel.examples;

import io.heartwheel.ClientContext;
import io.heartwheel.HeartbeatClient;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.Link;
import io.heartwheel.support.RecordingLinkListener;
import io.heartwheel.support.RecordingListener;
import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class WebSocketExampleTest
{
    private final RecordingListener listener = new RecordingListener();

    @Test
    void shouldLetInWhoHasASession()
    {
        try (HeartbeatServer server = WebSocketExample.launch(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), listener))
        {
            final WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder().subprotocols("chat");
            final CompletableFuture<WebSocket> refused = connect(builder, server);
            final CompletionException failure = assertThrows(CompletionException.class, refused::join);
            assertEquals(403, ((WebSocketHandshakeException)failure.getCause()).getResponse().statusCode());

            final WebSocket webSocket = connect(builder.header("Cookie", "session=42"), server).join();
            assertEquals("chat", webSocket.getSubprotocol());
            assertEquals("42", listener.opened().get(0).attachment());
        }
    }

    @Test
    void shouldLetInOurOwnClient() throws InterruptedException
    {
        final RecordingLinkListener clientListener = new RecordingLinkListener();
        try (HeartbeatServer server = WebSocketExample.launch(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), listener);
            HeartbeatClient client = HeartbeatClient.launch(new ClientContext().listener(clientListener)))
        {
            final Link link = WebSocketClientExample.connect(
                client, URI.create("ws://localhost:" + server.localAddress().getPort() + "/"), () -> "t");
            for (int tries = 0; tries < 400 && clientListener.opened().isEmpty(); tries++)
            {
                Thread.sleep(25);
            }
            assertEquals(1, clientListener.opened().size(), link::failure);
            assertEquals("chat.v2", link.subprotocol());
            assertEquals("42", listener.opened().get(0).attachment());
        }
    }

    private static CompletableFuture<WebSocket> connect(final WebSocket.Builder builder, final HeartbeatServer server)
    {
        return builder.buildAsync(URI.create("ws://localhost:" + server.localAddress().getPort() + "/"),
            new WebSocket.Listener()
            {
            });
    }
}
