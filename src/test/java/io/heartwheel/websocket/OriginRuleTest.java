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

class OriginRuleTest
{
    @ParameterizedTest
    @CsvSource({
        "http://example.com, example.com, false, true",
        "http://example.com:80, example.com, false, true",
        "http://example.com, example.com:80, false, true",
        "https://example.com, example.com:443, true, true",
        "https://EXAMPLE.com, example.COM, true, true",
        "https://[::1]:9000, [::1]:9000, true, true",
        "https://example.com, example.com, false, true",
        "http://example.com, example.com, true, false",
        "http://example.com, example.com:8080, false, false",
        "http://example.com:8080, example.com, false, false",
        "http://example.com.evil.test, example.com, false, false",
        "http://evilexample.com, example.com, false, false",
        "http://sub.example.com, example.com, false, false",
        "http://example.com/, example.com, false, false",
        "http://example.com@evil.test, example.com, false, false",
        "http://example.com http://evil.test, example.com, false, false",
        "ftp://example.com, example.com, false, false",
        "chrome-extension://example.com, example.com, false, false",
        "example.com, example.com, false, false",
        "//example.com, example.com, false, false",
        "null, null, false, false"})
    void shouldAllowPagesOfTheSameHostAlone(
        final String origin, final String host, final boolean isTls, final boolean isAllowed) throws OpeningException
    {
        final OriginRule rule = OriginRule.of("same-host", true);

        assertEquals(isAllowed, isAllowed(rule, request(host, origin), isTls));
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.example, true",
        "https://APP.example:443, true",
        "http://app.example, false",
        "https://app.example:8443, false",
        "https://xapp.example, false",
        "https://app.example.evil.test, false",
        "http://localhost:8080, true",
        "http://localhost, false",
        "chrome-extension://abcdef, true",
        "http://h, false",
        "null, false"})
    void shouldAllowThePagesOfAListAlone(final String origin, final boolean isAllowed) throws OpeningException
    {
        final OriginRule rule =
            OriginRule.of("https://app.example, http://localhost:8080,chrome-extension://abcdef", true);

        assertEquals(isAllowed, isAllowed(rule, request("h", origin), false));
    }

    @Test
    void shouldAllowTheSameHostBesideAList() throws OpeningException
    {
        final OriginRule rule = OriginRule.of("https://app.example,same-host", true);

        assertTrue(isAllowed(rule, request("h", "http://h"), false));
        assertTrue(isAllowed(rule, request("h", "https://app.example"), false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://anything.test", "null", "%%%"})
    void shouldAllowAnyPage(final String origin) throws OpeningException
    {
        assertTrue(isAllowed(OriginRule.of("any", false), request("h", origin), true));
    }

    @Test
    void shouldAllowNoOriginOnlyIfToldSo() throws OpeningException
    {
        assertDoesNotThrow(() -> OriginRule.of("same-host", true).check(request("h", null), false));
        final OpeningException refused = assertThrows(
            OpeningException.class, () -> OriginRule.of("same-host", false).check(request("h", null), false));
        assertEquals(403, refused.status());
    }

    @Test
    void shouldNameTheOriginThatItRefuses()
    {
        final OpeningException refused = assertThrows(OpeningException.class,
            () -> OriginRule.of("same-host", true).check(request("h", "http://\u00E9vil.test"), false));

        assertEquals(403, refused.status());
        assertEquals("request with Origin http://?vil.test, which is not allowed", refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "app.example", "https://app.example/", "https://*.example", "https://a,", "Any",
        "https://a:99999", "https://u@a", "https://", "null"})
    void shouldRefuseARuleThatIsNoListOfOrigins(final String text)
    {
        assertThrows(IllegalArgumentException.class, () -> OriginRule.of(text, true));
    }

    private static boolean isAllowed(final OriginRule rule, final OpeningRequest request, final boolean isTls)
    {
        try
        {
            rule.check(request, isTls);
            return true;
        }
        catch (final OpeningException ex)
        {
            return false;
        }
    }

    private static OpeningRequest request(final String host, final String origin) throws OpeningException
    {
        final HttpHead head = HttpHead.ofRequest();
        final String request = "GET / HTTP/1.1\r\nHost: " + host + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
            (null == origin ? "" : "Origin: " + origin + "\r\n") + "\r\n";
        assertTrue(head.read(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1))));
        return OpeningRequest.of(head);
    }
}
