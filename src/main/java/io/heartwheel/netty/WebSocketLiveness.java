package io.heartwheel.netty;

import io.heartwheel.liveness.Cadence;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;

/**
 * Starts the watch of a channel when its WebSocket handshake is complete, and lets the {@link Liveness} ask by PING
 * frames. It belongs behind the {@code WebSocketServerProtocolHandler} or {@code WebSocketClientProtocolHandler}, which
 * answers a PING and by default keeps PONGs to itself: that does not matter, since the {@link LivenessHandler} hears
 * them as bytes.
 * <pre>{@code
 * Liveness liveness = new Liveness(new LivenessContext()
 *     .probe(WebSocketLiveness.PING)
 *     .startTimeoutNs(10_000_000_000L));
 * WebSocketLiveness webSocketLiveness = new WebSocketLiveness(liveness);
 * ...
 * pipeline.addFirst(liveness.newHandler());
 * pipeline.addLast(httpCodec, aggregator, new WebSocketServerProtocolHandler("/"), webSocketLiveness, yours);
 * }</pre>
 * Without a start timeout of the {@link Liveness} a channel would be asked by PING frames before it speaks WebSocket.
 * After a CLOSE frame was written no PING follows, as the protocol demands: the peer has the detection time to end the
 * connection.
 * <p>
 * Threadsafe and sharable: one for all channels.
 */
@Sharable
public final class WebSocketLiveness extends ChannelDuplexHandler
{
    /** Asks by a PING frame without payload. */
    public static final Probe PING = (channel) -> new PingWebSocketFrame();

    private final Liveness liveness;
    private final Cadence cadence;

    /**
     * Construct for channels that are watched by the cadence of the {@link Liveness}.
     *
     * @param liveness whose handler is first in the pipeline.
     * @throws IllegalArgumentException if it has no start timeout.
     */
    public WebSocketLiveness(final Liveness liveness)
    {
        this(liveness, null);
    }

    /**
     * Construct for channels that are watched by this cadence.
     *
     * @param liveness whose handler is first in the pipeline.
     * @param cadence  to watch them by, null for that of the {@link Liveness}.
     * @throws IllegalArgumentException if the {@link Liveness} has no start timeout.
     */
    public WebSocketLiveness(final Liveness liveness, final Cadence cadence)
    {
        if (0 == liveness.startTimeoutNs())
        {
            throw new IllegalArgumentException("startTimeoutNs=0: channels would be asked before their handshake");
        }
        this.liveness = liveness;
        this.cadence = cadence;
    }

    @Override
    public void userEventTriggered(final ChannelHandlerContext ctx, final Object event) throws Exception
    {
        if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete ||
            WebSocketClientProtocolHandler.ClientHandshakeStateEvent.HANDSHAKE_COMPLETE == event)
        {
            liveness.start(ctx.channel(), cadence);
        }
        super.userEventTriggered(ctx, event);
    }

    @Override
    public void write(final ChannelHandlerContext ctx, final Object message, final ChannelPromise promise)
        throws Exception
    {
        if (message instanceof CloseWebSocketFrame)
        {
            liveness.listen(ctx.channel());
        }
        super.write(ctx, message, promise);
    }
}
