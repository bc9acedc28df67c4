package io.heartwheel.cli;

import io.heartwheel.WebSocketEcho;
import io.heartwheel.support.TestProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetSocketAddress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The packaged program {@code connect} by WebSocket and through a proxy, seen from outside.
 */
class ConnectWebSocketIT
{
    @Test
    void shouldSpeakWebSocketThroughAProxy() throws IOException, InterruptedException
    {
        try (WebSocketEcho echo = new WebSocketEcho();
            TestProxy proxy = new TestProxy(
                new InetSocketAddress("127.0.0.1", echo.port()), (request) -> "HTTP/1.1 200 OK\r\n\r\n");
            Jar connect = Jar.run("connect", "ws://gateway.invalid:80/a?b", "--header", "X-A: b",
                "--proxy", "http://me:secret@127.0.0.1:" + proxy.address().getPort()))
        {
            connect.type("hello");
            connect.readLine("open gateway.invalid:80");
            assertEquals("< hello", connect.readLine("<"));
            connect.endInput();
            connect.readLine("closed LOCAL_CLOSE after ");
            assertEquals(0, connect.exitCode());
            final String request = proxy.requests().get(0);
            assertTrue(request.startsWith("CONNECT gateway.invalid:80 HTTP/1.1\r\n"), request);
            assertTrue(request.contains("\r\nProxy-Authorization: Basic "), request);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "ws://127.0.0.1:1/#a | '' | without a fragment", "http://127.0.0.1:1/ | '' | ws://HOST:PORT/PATH",
        "127.0.0.1:1 | --header=A:b | are for WebSocket", "ws://127.0.0.1:1 | --header=Host:b | the field Host",
        "ws://127.0.0.1:1 | --tls | at odds with ws://",
        "127.0.0.1:1 | --proxy=https://p:1 | by http://, not by https://"})
    void shouldSayInOneLineWhatIsWrong(final String server, final String option, final String text)
        throws IOException, InterruptedException
    {
        try (Jar connect = option.isEmpty() ? Jar.run("connect", server) : Jar.run("connect", server, option))
        {
            final String line = connect.readLine("");
            assertTrue(line.contains(text), line);
            assertEquals(2, connect.exitCode());
        }
    }
}
