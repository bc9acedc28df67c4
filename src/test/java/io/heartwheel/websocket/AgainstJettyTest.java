package io.heartwheel.websocket;

import io.heartwheel.support.Seed;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.websocket.core.Configuration;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.internal.FrameSequence;
import org.eclipse.jetty.websocket.core.internal.Parser;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Our decoder and Jetty's parser find the same messages and control frames. Jetty's parser leaves it to others to check
 * reserved bits, masks, codes, text and whether a length is minimal: of a stream that we refuse for these, what came
 * before is compared. What Jetty refuses, we refuse.
 */
class AgainstJettyTest
{
    private static final int MAX_LENGTH = 1 << 16;
    private static final int STREAMS = 2_000;

    @Test
    void shouldFindWhatJettyFinds()
    {
        final Seed seed = Seed.next();
        final SplittableRandom random = seed.random();
        final ClientFrames frames = new ClientFrames(random);
        int refusedByBoth = 0;
        for (int run = 0; run < STREAMS; run++)
        {
            frames.clear();
            for (int i = random.nextInt(8); i >= 0; i--)
            {
                frames.putRandom();
            }
            final byte[] bytes = new byte[frames.length()];
            frames.all().get(bytes);
            for (int i = random.nextInt(3); i > 0; i--)
            {
                bytes[random.nextInt(1 + random.nextInt(bytes.length))] ^= (byte)(1 << random.nextInt(8));
            }

            final RecordingWebSocketHandler ours = new RecordingWebSocketHandler();
            final boolean isRefusedByJetty = compare(bytes, random, ours, seed);
            refusedByBoth += isRefusedByJetty ? 1 : 0;
        }
        assertTrue(refusedByBoth > STREAMS / 50, refusedByBoth + " refused by both, " + seed);
    }

    private static boolean compare(
        final byte[] bytes, final SplittableRandom random, final RecordingWebSocketHandler ours, final Seed seed)
    {
        final Jetty theirs = new Jetty();
        final WebSocketDecoder decoder = WebSocketDecoder.ofServer(MAX_LENGTH, true);
        HalfMessage half = null;
        boolean isRefused = false;
        for (int from = 0; from < bytes.length && !isRefused && HalfMessage.CLOSED != half;)
        {
            final int length = Math.min(bytes.length - from, 1 + random.nextInt(1 << random.nextInt(12)));
            isRefused = !theirs.read(ByteBuffer.allocate(length).put(0, bytes, from, length));
            half = decoder.decode(half, ByteBuffer.allocate(length).put(0, bytes, from, length), ours);
            from += length;
        }

        final List<String> before = new ArrayList<>(ours.calls);
        before.removeIf((call) -> call.startsWith("FRAGMENT ") || call.startsWith("ERROR "));
        before.replaceAll((call) -> call.startsWith("CLOSE ") ? "CLOSE" : call);
        final boolean isRefusedByUs = ours.last().startsWith("ERROR ");
        assertTrue(!isRefused || isRefusedByUs, () -> "refused by Jetty alone: " + theirs.calls + ", " + seed);
        assertEquals(
            before, isRefusedByUs ? theirs.calls.subList(0, Math.min(before.size(), theirs.calls.size())) :
            theirs.calls, seed::toString);
        return isRefused;
    }

    /**
     * What Jetty makes of the bytes of a client, in the lines of {@link RecordingWebSocketHandler}.
     */
    private static final class Jetty
    {
        final List<String> calls = new ArrayList<>();

        private final Parser parser = new Parser(ByteBufferPool.NON_POOLING, configuration());
        private final FrameSequence sequence = new FrameSequence();
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();
        private boolean isText;

        private static Configuration configuration()
        {
            final Configuration.ConfigurationCustomizer configuration = new Configuration.ConfigurationCustomizer();
            configuration.setAutoFragment(false);
            configuration.setMaxFrameSize(MAX_LENGTH);
            return configuration;
        }

        /**
         * @return false if it is refused.
         */
        boolean read(final ByteBuffer in)
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
}
