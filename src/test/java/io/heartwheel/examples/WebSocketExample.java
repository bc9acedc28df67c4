package io.heartwheel.examples;

import io.heartwheel.ConnectionListener;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.websocket.OriginRule;

import java.net.InetSocketAddress;

/**
 * A server that speaks WebSocket beside our own frames, and lets in who has a session.
 */
final class WebSocketExample
{
    private WebSocketExample()
    {
    }

    static HeartbeatServer launch(final InetSocketAddress address, final ConnectionListener listener)
    {
        final ServerContext ctx = new ServerContext()
            .bindAddress(address)
            .listener(listener);
        ctx.webSocket()
            .shared(true)
            .origins(OriginRule.of("same-host,https://app.example", true))
            .subprotocols("chat.v2", "chat")
            .openingCheck((request, opening) ->
            {
                final String session = opening.cookie("session");
                if (null == session) request.refuse("no session"); else request.admit(session);
            });
        return HeartbeatServer.launch(ctx);
    }
}
