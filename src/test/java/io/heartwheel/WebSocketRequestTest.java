package io.heartwheel;

import io.heartwheel.config.Configuration;
import io.heartwheel.config.WebSocketTarget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What can be asked for by WebSocket.
 */
class WebSocketRequestTest
{
    private static WebSocketTarget target(final String uri)
    {
        return new WebSocketRequest(URI.create(uri)).targets().get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://h/", "ws:///x", "ws://h/#a", "wss:opaque", "ws://h:70000/", "h:7400", "ws://a b/"})
    void shouldRefuseAUriThatIsNone(final String uri)
    {
        assertThrows(IllegalArgumentException.class, () -> new WebSocketRequest(URI.create(uri)));
    }

    @ParameterizedTest
    @CsvSource({"Host, h", "sec-websocket-key, k", "Content-Length, 3", "A:, v", "A, '\u00E9'"})
    void shouldRefuseAFieldThatIsNotForTheApplication(final String name, final String value)
    {
        final WebSocketRequest request = new WebSocketRequest(URI.create("ws://h/"));
        assertThrows(IllegalArgumentException.class, () -> request.header(name, value));
        assertThrows(IllegalArgumentException.class, () -> request.header("A", "v\r\nX: y"));
    }

    @Test
    void shouldTakePortUserAndQueryFromAUriAndShowNeitherUserNorQuery()
    {
        final WebSocketTarget target = target("WSS://me:s%40crET@[::1]/a?t=s");
        assertEquals("[::1]:443", Configuration.addressText(target.address()));
        assertEquals(443, target.address().getPort());
        assertEquals("/a?t=s", target.resource());
        assertEquals("[::1]", target.host());
        assertEquals("wss://[::1]/a", target.text());
        assertEquals("Basic bWU6c0BjckVU", target.authorization());
        assertEquals(80, target("ws://a_b").address().getPort());
        assertTrue(target("ws://a_b").address().isUnresolved());
        assertEquals("/?x=%20", target("ws://a_b?x=%20").resource());
    }
}
