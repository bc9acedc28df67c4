package io.heartwheel;

import io.heartwheel.wire.Foreign;

import java.nio.ByteBuffer;

/**
 * Stands for WebSocket among other protocols. The reactor speaks it by itself. Every request of HTTP is for it, as it
 * has an answer to each.
 */
final class HttpProtocol implements Protocol
{
    @Override
    public String name()
    {
        return "websocket";
    }

    @Override
    public Object decode(final Connection connection, final Object state, final ByteBuffer in, final Messages out)
    {
        throw new UnsupportedOperationException("the reactor decodes frames by itself");
    }

    @Override
    public void frame(final Connection connection, final ByteBuffer payload, final ByteBuffer out)
    {
        throw new UnsupportedOperationException("the reactor writes frames by itself");
    }

    @Override
    public Greeting greet(final ByteBuffer first)
    {
        if (!Foreign.HTTP_REQUEST.mayBeginWith(first))
        {
            return Greeting.NOT_MINE;
        }
        return first.remaining() < Integer.BYTES ? Greeting.MORE : Greeting.MINE;
    }
}
