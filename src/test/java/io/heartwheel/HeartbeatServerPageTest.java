package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A page that asks for it is spoken to, as it sees no PING.
 */
class HeartbeatServerPageTest extends WebSocketRig
{
    private static final String SYN = "\u0016";
    private static final int BIG = 16 * 1024;

    private ServerContext speaking(final long speakNs)
    {
        final ServerContext ctx = webSocketContext().cadence(Cadence.passive(60 * SECOND_NS));
        ctx.webSocket().speakNs(speakNs);
        return ctx;
    }

    private WebSocketPeer openPage(final ServerContext ctx, final String target) throws IOException
    {
        return opened(connectTo(ctx).raw(WebSocketPeer.request(target)));
    }

    private long framesOut()
    {
        return server.server.metrics().count(Counter.FRAMES_OUT);
    }

    @Test
    void shouldSpeakToAPageThatAsksForItAfterItsOwnSilence() throws IOException
    {
        try (WebSocketPeer page = openPage(speaking(4 * SECOND_NS), "/chat?room=1&heartwheel=a_B-7"))
        {
            final WebSocketPeer.Received greeting = read(page);
            assertEquals(WebSocketPeer.TEXT, greeting.first());
            assertEquals("heartwheel a_B-7 4000", greeting.text());
            final long before = framesOut();
            server.advance(2 * SECOND_NS - 1);
            assertEquals(before, framesOut(), "one before the first look");
            server.advance(2 * SECOND_NS);
            page.sendText("x");
            assertEquals(SYN, read(page).text());
            assertEquals("x", read(page).text());
            // The look at 4 s comes with the next tick, and finds the echo. So does not that at 6 s.
            server.advance(SECOND_NS);
            final long echoed = framesOut();
            server.advance(2 * SECOND_NS);
            assertEquals(echoed + 1, framesOut());
            assertEquals(SYN, read(page).text());
            assertEquals(List.of("x"), texts, "what is said to pages is nothing to the listener");
            assertEquals(0, listener.opened().get(0).unsentBytes());
        }
    }

    @Test
    void shouldNeverBeSilentForLongerThanTold() throws IOException
    {
        try (WebSocketPeer page = openPage(speaking(SECOND_NS), "/?heartwheel=1"))
        {
            assertEquals("heartwheel 1 1000", read(page).text());
            for (int i = 0; i < 30; i++)
            {
                final long before = framesOut();
                if (0 == i % 3)
                {
                    listener.opened().get(0).sendText(ByteBuffer.wrap(new byte[]{'y'}));
                }
                server.advance(SECOND_NS + 2_000_000);
                assertTrue(framesOut() > before, "second " + i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/?room=1", "/heartwheel=1", "/?xheartwheel=1", "/?x=heartwheel=1"})
    void shouldSayNothingToAPeerThatDoesNotAsk(final String target) throws IOException
    {
        try (WebSocketPeer peer = openPage(speaking(SECOND_NS), target))
        {
            final long before = framesOut();
            server.advance(10 * SECOND_NS);
            assertEquals(before, framesOut());
            assertEquals("x", read(peer.sendText("x")).text());
        }
    }

    @Test
    void shouldSayNothingWithoutTheSetting() throws IOException
    {
        try (WebSocketPeer page = openPage(webSocketContext(), "/?heartwheel=%"))
        {
            assertEquals("x", read(page.sendText("x")).text());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a%20b", "a.b", "\"<>"})
    void shouldRefuseWhatIsNoToken(final String token) throws IOException
    {
        assertRefused(connectTo(speaking(SECOND_NS)).raw(WebSocketPeer.request("/?a&heartwheel=" + token + "&b")), 400,
            CloseReason.PROTOCOL_ERROR,
            "request with heartwheel=" + token + ", expected 1 to 64 letters, digits, '-' or '_'");
    }

    @Test
    void shouldGreetAPageWhoseFirstMessageIsItsCredential() throws IOException
    {
        final ServerContext ctx = speaking(SECOND_NS).credentialCheck((request, payload) -> request.admit("you"));
        try (WebSocketPeer page = connectTo(ctx).raw(WebSocketPeer.request("/?heartwheel=t")))
        {
            server.awaitTrue(() -> framesOut() >= 2);
            assertTrue(page.readHead().startsWith("HTTP/1.1 101 "));
            assertEquals("heartwheel t 1000", page.read().text());
            assertEquals(List.of(), listener.opened());
            server.advance(SECOND_NS + 2_000_000);
            assertEquals(SYN, read(page).text(), "its silence counts from then on");
        }
    }

    @Test
    void shouldNotAddToWhatAPageDoesNotTake() throws IOException
    {
        try (WebSocketPeer page = openPage(speaking(SECOND_NS), "/?heartwheel=t"))
        {
            assertEquals("heartwheel t 1000", read(page).text());
            final Connection connection = listener.opened().get(0);
            while (SendResult.ACCEPTED == connection.send(ByteBuffer.allocate(BIG)))
            {
                server.doWork();
            }
            server.advance(2 * SECOND_NS);
            final long before = framesOut();
            final int unsent = connection.unsentBytes();
            assertTrue(unsent > 0);
            server.advance(20 * SECOND_NS);
            assertEquals(before, framesOut());
            assertEquals(unsent, connection.unsentBytes());
        }
    }
}
