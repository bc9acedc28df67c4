package io.heartwheel;

import java.nio.ByteBuffer;
import java.util.function.BiConsumer;

/**
 * A protocol whose decoder does what a test says.
 */
class ScriptedProtocol implements Protocol
{
    private final BiConsumer<ByteBuffer, Protocol.Messages> decoder;
    Object state;
    Greeting greeting = Greeting.MINE;

    ScriptedProtocol(final BiConsumer<ByteBuffer, Protocol.Messages> decoder)
    {
        this.decoder = decoder;
    }

    @Override
    public String name()
    {
        return "scripted";
    }

    @Override
    public Object decode(final Connection connection, final Object before, final ByteBuffer in, final Messages out)
    {
        decoder.accept(in, out);
        return state;
    }

    @Override
    public void frame(final Connection connection, final ByteBuffer payload, final ByteBuffer out)
    {
        out.put(payload);
    }

    @Override
    public void goodbye(final Connection connection, final CloseReason reason, final ByteBuffer out)
    {
        out.put((byte)'!');
    }

    @Override
    public Greeting greet(final ByteBuffer first)
    {
        return greeting;
    }
}
