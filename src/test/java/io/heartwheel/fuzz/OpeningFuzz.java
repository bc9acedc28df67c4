package io.heartwheel.fuzz;

import io.heartwheel.websocket.ClientOpening;
import io.heartwheel.websocket.HttpHead;
import io.heartwheel.websocket.OpeningAnswer;
import io.heartwheel.websocket.OpeningException;
import io.heartwheel.websocket.OpeningRequest;
import io.heartwheel.websocket.OriginRule;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A request, or in another mode an answer, is understood in the same way however the network cuts it. What follows the
 * head is left. What is refused is refused in one line that can be printed, and answered. A request that is taken is
 * the same one for Netty, of the same length: no proxy can take it for another.
 */
public final class OpeningFuzz
{
    private static final int OF_ANSWER = 0;
    private static final String MORE = "more";
    private static final String UNDERSTOOD = "request ";
    private static final List<String> NAMES = List.of("Host", "Upgrade", "Connection", "Sec-WebSocket-Key",
        "Sec-WebSocket-Version", "Sec-WebSocket-Protocol", "Origin", "Cookie", "X-Forwarded-For");
    private static final OriginRule RULE = OriginRule.of("same-host,https://app.example", true);
    private static final ClientOpening CLIENT = new ClientOpening(
        "h", "/", "the sample nonce".getBytes(StandardCharsets.US_ASCII), List.of("one", "two"), Map.of());

    private OpeningFuzz()
    {
    }

    /**
     * Jazzer calls it.
     */
    public static void fuzzerTestOneInput(final byte[] input)
    {
        final Chunks chunks = new Chunks(input);
        final boolean isAnswer = chunks.option(OF_ANSWER);
        final HttpHead wholeHead = isAnswer ? HttpHead.ofAnswer() : HttpHead.ofRequest();
        final ByteBuffer all = chunks.whole();
        final String whole = read(wholeHead, isAnswer, all);
        if (!isAnswer && whole.startsWith(UNDERSTOOD))
        {
            assertSameForNetty(wholeHead, Arrays.copyOf(input, all.position()));
        }

        final HttpHead head = isAnswer ? HttpHead.ofAnswer() : HttpHead.ofRequest();
        String cut = MORE;
        for (ByteBuffer in = chunks.next(); null != in && MORE.equals(cut); in = chunks.next())
        {
            cut = read(head, isAnswer, in);
            assertTrue(head.capacity() <= HttpHead.MAX_LENGTH);
        }
        assertEquals(whole, cut);
    }

    private static void assertSameForNetty(final HttpHead head, final byte[] bytes)
    {
        final EmbeddedChannel channel = new EmbeddedChannel(
            new HttpRequestDecoder(HttpHead.MAX_LENGTH, HttpHead.MAX_LENGTH, HttpHead.MAX_LENGTH));
        channel.writeInbound(Unpooled.wrappedBuffer(bytes));
        final HttpRequest theirs = channel.readInbound();
        assertTrue(theirs.decoderResult().isSuccess(), () -> theirs.decoderResult().toString());
        assertEquals(head.firstLine(), theirs.method() + " " + theirs.uri() + " " + theirs.protocolVersion());
        NAMES.forEach((name) -> assertEquals(head.values(name), theirs.headers().getAll(name)));
        assertEquals(LastHttpContent.EMPTY_LAST_CONTENT, channel.readInbound());
        assertNull(channel.readInbound());
        channel.finishAndReleaseAll();
    }

    private static String read(final HttpHead head, final boolean isAnswer, final ByteBuffer in)
    {
        try
        {
            if (!head.read(in))
            {
                assertFalse(in.hasRemaining());
                return MORE;
            }
            return isAnswer ? "subprotocol " + CLIENT.check(head) : understood(OpeningRequest.of(head));
        }
        catch (final OpeningException ex)
        {
            final String message = ex.getMessage();
            assertTrue(message.length() < 300, message);
            assertTrue(message.chars().allMatch((each) -> each >= ' ' && each <= '~'), message);
            assertTrue(isAnswer || OpeningAnswer.refuse(ex.status(), message).length > message.length());
            return ex.status() + " " + message;
        }
    }

    private static String understood(final OpeningRequest request) throws OpeningException
    {
        RULE.check(request, false);
        assertTrue(request.path().startsWith("/"));
        assertNotNull(request.host());
        final String chosen = request.choose(List.of("one", "two"));
        assertTrue(OpeningAnswer.accept(request, chosen).length > 100);
        return UNDERSTOOD + request.host() + " " + request.path() + " " + request.query() + " " + request.origin() +
            " " + request.subprotocols() + " " + request.cookie("a") + " " + request.values("Cookie");
    }
}
