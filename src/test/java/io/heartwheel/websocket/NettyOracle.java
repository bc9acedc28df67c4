package io.heartwheel.websocket;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * What Netty makes of the bytes of a client, in the lines of {@link RecordingWebSocketHandler}.
 */
public final class NettyOracle implements AutoCloseable
{
    private static final String ERROR = "ERROR";
    private static final int MORE = 64;
    private static final int FIRST_OF_NOBODY = 5000;

    private final List<String> calls = new ArrayList<>();
    private final EmbeddedChannel channel;
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private boolean isText;

    NettyOracle(final int maxMessageLength)
    {
        channel = new EmbeddedChannel(
            new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
                .expectMaskedFrames(true).allowExtensions(false).maxFramePayloadLength(maxMessageLength).build()),
            new Utf8FrameValidator(),
            new Recorder());
    }

    /**
     * Give the same bytes to our decoder and to Netty's, cut in the same way, and expect the same of both.
     *
     * @param cut     how many bytes to give next, of those that are left; more than there are means all.
     * @param message of a failure.
     * @return our last call, or an empty text.
     */
    public static String compare(
        final byte[] bytes, final int maxMessageLength, final IntUnaryOperator cut, final String message)
    {
        final WebSocketDecoder decoder = WebSocketDecoder.ofServer(maxMessageLength, true);
        final RecordingWebSocketHandler ours = new RecordingWebSocketHandler();
        try (NettyOracle netty = new NettyOracle(maxMessageLength))
        {
            HalfMessage half = null;
            for (int from = 0; from < bytes.length;)
            {
                final int left = bytes.length - from;
                final int length = Math.min(left, cut.applyAsInt(left));
                netty.read(ByteBuffer.wrap(bytes, from, length));
                half = decoder.decode(half, ByteBuffer.allocate(length).put(0, bytes, from, length), ours);
                from += length;
            }
            if (ours.last().startsWith("ERROR "))
            {
                netty.readUntilItSaysMore(maxMessageLength);
            }
            assertEquals(netty.calls, comparable(ours), message);
        }
        return ours.last();
    }

    private static List<String> comparable(final RecordingWebSocketHandler ours)
    {
        final List<String> calls = new ArrayList<>();
        for (final String call : ours.calls)
        {
            if (!call.startsWith("FRAGMENT "))
            {
                calls.add(call.startsWith("ERROR ") ? ERROR :
                    call.startsWith("CLOSE ") ? call.substring(0, "CLOSE 1000".length()) : call);
            }
        }
        return calls;
    }

    /**
     * Netty waits for the end of a frame before it looks at text, and for the second byte before it looks at the first.
     */
    private void readUntilItSaysMore(final int maxMessageLength)
    {
        final int before = calls.size();
        for (int more = 0; more <= maxMessageLength && !isOver() && calls.size() == before; more += MORE)
        {
            read(ByteBuffer.allocate(MORE));
        }
    }

    /**
     * Is nothing of the connection handled any more?
     */
    private boolean isOver()
    {
        final String last = calls.isEmpty() ? "" : calls.get(calls.size() - 1);
        return ERROR.equals(last) || last.startsWith("CLOSE ");
    }

    private void read(final ByteBuffer in)
    {
        if (isOver())
        {
            return;
        }
        channel.writeInbound(Unpooled.copiedBuffer(in));
    }

    @Override
    public void close()
    {
        channel.finishAndReleaseAll();
    }

    /**
     * Notes frames and what is wrong in their order, up to the end.
     */
    private final class Recorder extends ChannelInboundHandlerAdapter
    {
        @Override
        public void channelRead(final ChannelHandlerContext context, final Object frame)
        {
            if (!isOver())
            {
                note((WebSocketFrame)frame);
            }
            ReferenceCountUtil.release(frame);
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause)
        {
            if (!isOver())
            {
                calls.add(ERROR);
            }
        }
    }

    private void note(final WebSocketFrame frame)
    {
        final byte[] payload = ByteBufUtil.getBytes(frame.content());
        if (frame instanceof PingWebSocketFrame)
        {
            calls.add("PING " + RecordingWebSocketHandler.hex(payload));
        }
        else if (frame instanceof PongWebSocketFrame)
        {
            calls.add("PONG " + RecordingWebSocketHandler.hex(payload));
        }
        else if (frame instanceof CloseWebSocketFrame)
        {
            final int code = payload.length > 0 ? ((CloseWebSocketFrame)frame).statusCode() : CloseCode.NONE;
            final byte[] text = Arrays.copyOfRange(payload, Math.min(2, payload.length), payload.length);
            // Netty takes codes from 5000. RFC 6455, section 7.4.2, gives them to nobody. And it takes a text whose
            // last character has no end, which is no UTF-8.
            calls.add(code < FIRST_OF_NOBODY && Arrays.equals(text, ClientFrames.utf8(utf8(text))) ?
                "CLOSE " + code : ERROR);
        }
        else
        {
            if (frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame)
            {
                message.reset();
                isText = frame instanceof TextWebSocketFrame;
            }
            message.writeBytes(payload);
            if (frame.isFinalFragment())
            {
                calls.add(isText ? "TEXT " + utf8(message.toByteArray()) :
                    "BINARY " + RecordingWebSocketHandler.hex(message.toByteArray()));
            }
        }
    }

    private static String utf8(final byte[] text)
    {
        return new String(text, StandardCharsets.UTF_8);
    }
}
