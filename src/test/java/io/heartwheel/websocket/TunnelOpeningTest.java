package io.heartwheel.websocket;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TunnelOpeningTest
{
    private static HttpHead head(final String firstLine) throws OpeningException
    {
        final HttpHead head = HttpHead.ofAnswer();
        assertTrue(head.read(ByteBuffer.wrap(
            (firstLine + "\r\nProxy-Authenticate: Basic\r\n\r\n").getBytes(StandardCharsets.US_ASCII))));
        return head;
    }

    @Test
    void shouldAskForATunnel()
    {
        assertEquals("CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n",
            new String(TunnelOpening.request("[::1]:443", null), StandardCharsets.US_ASCII));
        assertEquals("CONNECT a_b:1 HTTP/1.1\r\nHost: a_b:1\r\nProxy-Authorization: Basic dTo=\r\n\r\n",
            new String(TunnelOpening.request("a_b:1", TunnelOpening.basic("u", "")), StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @ValueSource(strings = {"h", "h:1\r\nX: y", "h:70000", " h:1", "u@h:1", ""})
    void shouldRefuseATargetThatIsNone(final String target)
    {
        assertThrows(IllegalArgumentException.class, () -> TunnelOpening.request(target, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK", "HTTP/1.0 200 Connection established", "HTTP/1.1 299", "HTTP/1.1 204 "})
    void shouldTakeAnySuccess(final String firstLine) throws OpeningException
    {
        final HttpHead answer = head(firstLine);
        assertDoesNotThrow(() -> TunnelOpening.check(answer));
    }

    @ParameterizedTest
    @CsvSource({"HTTP/1.1 407 No, 407", "HTTP/1.0 503 , 503", "HTTP/1.1 101 S, 101", "HTTP/1.1 302 F, 302",
        "HTTP/1.1 20 O, 0", "HTTP/1.1 2000, 0"})
    void shouldTellWhyThereIsNone(final String firstLine, final int status) throws OpeningException
    {
        final HttpHead answer = head(firstLine);
        final OpeningException refused = assertThrows(OpeningException.class, () -> TunnelOpening.check(answer));
        assertEquals(status, refused.status());
        assertEquals(status > 0, refused.getMessage().endsWith(", Proxy-Authenticate Basic"), refused::getMessage);
    }

    @Test
    void shouldRefuseAUserWithAColon()
    {
        assertThrows(IllegalArgumentException.class, () -> TunnelOpening.basic("a:b", "c"));
    }
}
