package io.heartwheel.fuzz;

import io.heartwheel.Protocol;
import io.heartwheel.RecordingMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The messages that a protocol, or a decoder of Netty, finds in bytes that come in pieces, up to the first that it
 * refuses.
 */
final class FoundMessages
{
    private static final int MORE = 16;

    /** In hexadecimal digits. */
    final List<String> messages = new ArrayList<>();
    boolean isRefused;

    private FoundMessages()
    {
    }

    /**
     * As the reactor asks it: what is not taken comes again, with more.
     *
     * @param maxKept that may be left without being refused.
     */
    static FoundMessages of(final Protocol protocol, final Chunks chunks, final int maxKept)
    {
        final FoundMessages found = new FoundMessages();
        final RecordingMessages out = new RecordingMessages();
        Object state = null;
        ByteBuffer kept = ByteBuffer.allocate(0);
        for (ByteBuffer next = chunks.next(); null != next && !found.isRefused; next = chunks.next())
        {
            final ByteBuffer in =
                ByteBuffer.allocate(kept.remaining() + next.remaining()).put(kept).put(next).flip();
            for (int before = -1; in.hasRemaining() && in.position() > before && !found.isRefused;)
            {
                before = in.position();
                out.begin(in);
                state = protocol.decode(null, state, in, out);
                found.isRefused = null != out.refused;
                if (null != out.message)
                {
                    assertTrue(in.position() > before && !found.isRefused);
                    found.messages.add(HexFormat.of().formatHex(out.message));
                }
            }
            assertTrue(found.isRefused || in.remaining() <= maxKept, () -> in + " is kept");
            kept = in;
        }
        return found;
    }

    /**
     * @param maxMore number of bytes that it is given besides if it has refused nothing.
     */
    static FoundMessages of(final ChannelHandler netty, final Chunks chunks, final int maxMore)
    {
        final FoundMessages found = new FoundMessages();
        final EmbeddedChannel channel = new EmbeddedChannel(netty);
        for (ByteBuffer next = chunks.next(); null != next && !found.isRefused; next = chunks.next())
        {
            found.read(channel, Unpooled.copiedBuffer(next));
        }
        for (int more = 0; more < maxMore && !found.isRefused; more += MORE)
        {
            found.read(channel, Unpooled.wrappedBuffer(new byte[MORE]));
        }
        found.finish(channel);
        return found;
    }

    private void read(final EmbeddedChannel channel, final ByteBuf in)
    {
        try
        {
            channel.writeInbound(in);
        }
        catch (final DecoderException ex)
        {
            isRefused = true;
        }
        for (ByteBuf message = channel.readInbound(); null != message; message = channel.readInbound())
        {
            messages.add(ByteBufUtil.hexDump(message));
            message.release();
        }
    }

    /**
     * What is left may be refused once more.
     */
    private void finish(final EmbeddedChannel channel)
    {
        try
        {
            channel.finishAndReleaseAll();
        }
        catch (final DecoderException ex)
        {
            assertTrue(isRefused);
        }
    }

    /**
     * What is found is found again, once it is written as the protocol writes it.
     */
    static void assertSameAfterWriting(final Protocol protocol, final String message, final int maxFraming)
    {
        final byte[] payload = HexFormat.of().parseHex(message);
        final ByteBuffer written = ByteBuffer.allocate(payload.length + maxFraming);
        protocol.frame(null, ByteBuffer.wrap(payload), written);
        final RecordingMessages again = new RecordingMessages();
        again.begin(written.flip());
        protocol.decode(null, null, written, again);
        assertEquals(message, null == again.message ? again.refused : HexFormat.of().formatHex(again.message));
        assertEquals(0, written.remaining());
    }
}
