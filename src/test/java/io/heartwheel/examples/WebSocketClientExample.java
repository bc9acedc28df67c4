package io.heartwheel.examples;

import io.heartwheel.HeartbeatClient;
import io.heartwheel.Link;
import io.heartwheel.WebSocketRequest;

import java.net.URI;
import java.util.function.Supplier;

/**
 * A link by WebSocket that says more than its URI does.
 */
final class WebSocketClientExample
{
    private WebSocketClientExample()
    {
    }

    static Link connect(final HeartbeatClient client, final URI uri, final Supplier<String> tokens)
    {
        return client.connect(new WebSocketRequest(uri)
            .subprotocols("chat.v2", "chat")
            .header("Cookie", "session=42")
            .authorization(() -> "Bearer " + tokens.get()));
    }
}
