package io.heartwheel.status;

import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Hostile HTTP clients, and honest ones beside them.
 */
class HttpPortTest
{
    private static final int ANSWER_TIMEOUT_MS = 2_000;
    private static final String ASK = "GET /health HTTP/1.1\r\nHost: localhost\r\n";

    /** More than the kernel keeps. */
    private static final byte[] LONG = new byte[8 << 20];

    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private final HttpPort port = new HttpPort(new InetSocketAddress("127.0.0.1", 0), this::answer);
    private final List<Socket> sockets = new ArrayList<>();

    HttpPortTest() throws IOException
    {
    }

    @AfterEach
    void after() throws IOException
    {
        mayAnswer.countDown();
        port.close();
        for (final Socket socket : sockets)
        {
            socket.close();
        }
    }

    private ClassicHttpResponse answer(final ClassicHttpRequest request)
    {
        if ("/slow".equals(request.getPath()))
        {
            try
            {
                mayAnswer.await();
            }
            catch (final InterruptedException ex)
            {
                throw new IllegalStateException(ex);
            }
        }
        final ClassicHttpResponse response = new BasicClassicHttpResponse(200);
        response.setEntity("/long".equals(request.getPath()) ?
            new ByteArrayEntity(LONG, ContentType.DEFAULT_BINARY) :
            new StringEntity(request.getMethod() + " " + request.getPath()));
        return response;
    }

    private Socket connect() throws IOException
    {
        final Socket socket = new Socket();
        socket.connect(port.address(), ANSWER_TIMEOUT_MS);
        socket.setSoTimeout(ANSWER_TIMEOUT_MS);
        sockets.add(socket);
        return socket;
    }

    private static Socket send(final Socket socket, final String text) throws IOException
    {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    /** Up to an end, or empty if there is no more. */
    private static String read(final Socket socket, final String end) throws IOException
    {
        final StringBuilder text = new StringBuilder();
        try
        {
            final InputStream in = socket.getInputStream();
            for (int next = in.read(); next >= 0; next = in.read())
            {
                text.append((char)next);
                if (text.toString().endsWith(end))
                {
                    break;
                }
            }
        }
        catch (final SocketException ex)
        {
            // Reset is as good as closed.
        }
        return text.toString();
    }

    private void assertAnswers() throws IOException
    {
        final String answer = read(send(connect(), ASK + "\r\n"), "GET /health");
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        assertTrue(answer.endsWith("GET /health"), answer);
    }

    @Test
    void shouldAnswerBesideHalfRequests() throws IOException
    {
        for (int i = 0; i < 2 * HttpPort.CONNECTIONS_MAX; i++)
        {
            send(connect(), ASK);
        }
        assertAnswers();
    }

    @Test
    void shouldAnswerBesideIdleConnections() throws IOException
    {
        for (int i = 0; i < 300; i++)
        {
            connect();
        }
        assertAnswers();
    }

    @Test
    void shouldAnswerBesideThoseWhoTakeNoAnswer() throws IOException
    {
        for (int i = 0; i < HttpPort.CONNECTIONS_MAX; i++)
        {
            send(connect(), ASK.replace("/health", "/long") + "\r\n").getInputStream().read();
        }
        assertAnswers();
    }

    @Test
    void shouldLetNobodyGoWhoseAnswerIsUnderWay() throws IOException
    {
        final Socket asking = send(connect(), "GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
        for (int i = 0; i < 10; i++)
        {
            assertAnswers();
        }
        for (int i = 0; i < HttpPort.CONNECTIONS_MAX; i++)
        {
            send(connect(), ASK);
        }
        assertAnswers();
        mayAnswer.countDown();
        assertTrue(read(asking, "GET /slow").endsWith("GET /slow"));
    }

    @Test
    void shouldEndARequestThatIsNotWholeInTime() throws IOException
    {
        final Socket half = send(connect(), ASK);
        assertAnswers();
        port.lookRound(System.nanoTime() + HttpPort.PATIENCE_NS / 2);
        send(half, "X: y\r\n");
        port.lookRound(System.nanoTime() + HttpPort.PATIENCE_NS);
        assertEquals("", read(half, "\r\n"), "however it dribbles");
        assertAnswers();
    }

    @Test
    void shouldAnswerSeveralRequestsOfAConnection() throws IOException
    {
        final Socket socket = connect();
        for (int i = 0; i < 3; i++)
        {
            assertTrue(read(send(socket, ASK + "\r\n"), "GET /health").endsWith("GET /health"));
        }
        final String head = read(send(socket, ASK.replace("GET", "HEAD") + "\r\n" + ASK + "\r\n"), "GET /health");
        assertEquals(3, head.split("HTTP/1.1 200 ", -1).length, head);
    }

    @Test
    void shouldNotTakeABodyForARequest() throws IOException
    {
        final String inner = ASK.replace("/health", "/inner") + "\r\n";
        final String answers = read(
            send(connect(), ASK + "Content-Length: " + inner.length() + "\r\n\r\n" + inner), "GET /inner");
        assertTrue(answers.endsWith("GET /health"), answers);
    }

    @Test
    void shouldBoundWhatARequestMayHold() throws IOException
    {
        for (final String tooMuch : List.of(
            "X: " + "y".repeat(10_000) + "\r\n", "X: y\r\n".repeat(60), "no header\r\n"))
        {
            final String answer = read(send(connect(), ASK + "Connection: close\r\n" + tooMuch + "\r\n"), "never");
            assertTrue(answer.matches("(?s)(HTTP/1.1 [45].*)?"), answer);
        }
        assertAnswers();
    }

    @Test
    void shouldServeOnAfterEveryKindOfNonsense() throws IOException
    {
        for (final String nonsense : List.of("\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n", "GET\r\n\r\n",
            "\u0016\u0003\u0001\u0002\u0000",
            "GET / HTTP/9.9\r\n\r\n", "GET  HTTP/1.1\r\nHost: x\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
        {
            send(connect(), nonsense).shutdownOutput();
        }
        assertAnswers();
    }
}
