package io.heartwheel;

import io.heartwheel.wire.Frame;

import java.nio.ByteBuffer;

/**
 * Stands for Heartwheel's own protocol among others. The reactor speaks it by itself.
 */
final class OwnProtocol implements Protocol
{
    @Override
    public String name()
    {
        return Frame.PROTOCOL_NAME;
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

    /**
     * A client begins with a frame of some known type. A frame of another type would be skipped, and is taken for
     * another protocol.
     */
    @Override
    public Greeting greet(final ByteBuffer first)
    {
        final byte type = first.get(first.position());
        return type >= Frame.PING && type <= Frame.BYE ? Greeting.MINE : Greeting.NOT_MINE;
    }
}
