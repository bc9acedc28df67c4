package io.heartwheel.swarm;

import io.heartwheel.wire.Frame;
import io.heartwheel.wire.FrameDecoder;
import io.heartwheel.wire.FrameHandler;
import io.heartwheel.wire.HalfFrame;
import io.heartwheel.wire.Hello;
import io.heartwheel.wire.Identity;

import java.nio.ByteBuffer;

/**
 * A conversation in our own frames.
 */
final class FrameConversation extends Conversation implements FrameHandler
{
    private final FrameDecoder decoder = new FrameDecoder(Frame.MAX_PAYLOAD_LENGTH);

    /** The last HELLO. It is usually the same for all clients, which then share one object. */
    private Hello hello;

    @Override
    void decode(final ByteBuffer bytes)
    {
        client.kept = decoder.decode((HalfFrame)client.kept, bytes, this);
        sendAnswers(Frame.HEADER_LENGTH);
    }

    @Override
    void putPing(final byte token)
    {
        Frame.putHeader(out, Frame.PING, token, 0);
    }

    @Override
    public boolean onPing(final byte token)
    {
        if (onPingHeard())
        {
            if (!out.hasRemaining())
            {
                sendAnswers(Frame.HEADER_LENGTH);
            }
            Frame.putHeader(out, Frame.PONG, token, 0);
        }
        return true;
    }

    @Override
    public boolean onPong(final byte token)
    {
        onPongHeard(token);
        return true;
    }

    @Override
    public boolean onData(final ByteBuffer payload)
    {
        return true;
    }

    @Override
    public boolean onHello(final Hello heard)
    {
        if (!heard.equals(hello))
        {
            hello = heard;
        }
        client.hello = hello;
        if (null != client.identity && hello.has(Hello.IDENTITY) && !client.hasDied && null == client.unsent)
        {
            sayIdentity();
        }
        return true;
    }

    /**
     * The HELLO of a server is the first that it says, so there is room in the kernel for all of the answer.
     */
    private void sayIdentity()
    {
        final byte[] payload = Identity.helloPayload(client.identity);
        client.identity = null;
        final ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER_LENGTH + payload.length);
        Frame.putHeader(frame, Frame.HELLO, 0, payload.length);
        sendOnce(frame.put(payload).flip());
    }

    @Override
    public void onBye(final int reason, final String text)
    {
        onGoodbye(reason, text);
    }

    @Override
    public void onProtocolError(final String what)
    {
        onWrong(what);
    }
}
