package io.heartwheel.websocket;

import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.websocket.core.Configuration;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.internal.FrameSequence;
import org.eclipse.jetty.websocket.core.internal.Parser;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What Jetty makes of the bytes of a client, in the lines of {@link RecordingWebSocketHandler}. Its parser leaves it to
 * others to check reserved bits, masks, codes, text and whether a length is minimal: of a stream that we refuse for
 * these, what came before is compared. What Jetty refuses, we refuse.
 */
public final class JettyOracle
{
    private final List<String> calls = new ArrayList<>();
    private final Parser parser;
    private final FrameSequence sequence = new FrameSequence();
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private boolean isText;

    private JettyOracle(final int maxLength)
    {
        final Configuration.ConfigurationCustomizer configuration = new Configuration.ConfigurationCustomizer();
        configuration.setAutoFragment(false);
        configuration.setMaxFrameSize(maxLength);
        parser = new Parser(ByteBufferPool.NON_POOLING, configuration);
    }

    /**
     * Give the same bytes to our decoder and to Jetty's parser, cut in the same way, and expect the same of both.
     *
     * @param cut     how many bytes to give next, of those that are left; more than there are means all.
     * @param message of a failure.
     * @return true if Jetty refuses them.
     */
    public static boolean isRefused(
        final byte[] bytes, final int maxLength, final IntUnaryOperator cut, final String message)
    {
        final JettyOracle theirs = new JettyOracle(maxLength);
        final RecordingWebSocketHandler ours = new RecordingWebSocketHandler();
        final WebSocketDecoder decoder = WebSocketDecoder.ofServer(maxLength, true);
        HalfMessage half = null;
        boolean isRefused = false;
        for (int from = 0; from < bytes.length && !isRefused && HalfMessage.CLOSED != half;)
        {
            final int left = bytes.length - from;
            final int length = Math.min(left, cut.applyAsInt(left));
            isRefused = !theirs.read(ByteBuffer.allocate(length).put(0, bytes, from, length));
            half = decoder.decode(half, ByteBuffer.allocate(length).put(0, bytes, from, length), ours);
            from += length;
        }

        if (isRefused && HalfMessage.CLOSED != half)
        {
            // Jetty looks at the first byte of a length before the last has come.
            decoder.decode(half, ByteBuffer.allocate(WebSocketFrame.MAX_HEADER_LENGTH), ours);
        }
        final List<String> before = new ArrayList<>(ours.calls);
        before.removeIf((call) -> call.startsWith("FRAGMENT ") || call.startsWith("ERROR "));
        before.replaceAll((call) -> call.startsWith("CLOSE ") ? "CLOSE" : call);
        final boolean isRefusedByUs = ours.last().startsWith("ERROR ");
        assertTrue(!isRefused || isRefusedByUs, () -> "refused by Jetty alone: " + theirs.calls + ", " + message);
        assertEquals(
            before, isRefusedByUs ? theirs.calls.subList(0, Math.min(before.size(), theirs.calls.size())) :
            theirs.calls, message);
        return isRefused;
    }

    /**
     * @return false if it is refused.
     */
    private boolean read(final ByteBuffer in)
    {
        try
        {
            while (in.hasRemaining() && !calls.contains("CLOSE"))
            {
                final Frame.Parsed frame = parser.parse(in);
                if (null == frame)
                {
                    return true;
                }
                sequence.check(frame.getOpCode(), frame.isFin());
                frame.demask();
                note(frame);
            }
            return true;
        }
        catch (final RuntimeException ex)
        {
            return false;
        }
    }

    private void note(final Frame frame)
    {
        final byte[] payload = new byte[frame.getPayloadLength()];
        if (frame.hasPayload())
        {
            frame.getPayload().get(payload);
        }
        switch (frame.getOpCode())
        {
            case WebSocketFrame.CLOSE -> calls.add("CLOSE");
            case WebSocketFrame.PING -> calls.add("PING " + RecordingWebSocketHandler.hex(payload));
            case WebSocketFrame.PONG -> calls.add("PONG " + RecordingWebSocketHandler.hex(payload));
            default ->
            {
                if (WebSocketFrame.CONTINUATION != frame.getOpCode())
                {
                    message.reset();
                    isText = WebSocketFrame.TEXT == frame.getOpCode();
                }
                message.writeBytes(payload);
                if (frame.isFin())
                {
                    calls.add(isText ? "TEXT " + message.toString(StandardCharsets.UTF_8) :
                        "BINARY " + RecordingWebSocketHandler.hex(message.toByteArray()));
                }
            }
        }
    }
}
