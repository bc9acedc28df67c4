package io.heartwheel.support;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;

/**
 * A client of the JDK: URL NAME. Says its name, prints each message, and why it was closed; comes back unless the
 * server ends.
 */
final class JdkWebSocketClient implements WebSocket.Listener
{
    private static final int SERVER_ENDS = 1001;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final CountDownLatch END = new CountDownLatch(1);

    private final String url;
    private final String name;

    private JdkWebSocketClient(final String url, final String name)
    {
        this.url = url;
        this.name = name;
    }

    public static void main(final String[] args) throws InterruptedException
    {
        new JdkWebSocketClient(args[0], args[1]).connect();
        END.await();
    }

    private void connect()
    {
        CLIENT.newWebSocketBuilder().buildAsync(URI.create(url), this)
            .thenCompose((socket) -> socket.sendText(name, true))
            .whenComplete((socket, failure) ->
            {
                if (null != failure)
                {
                    System.out.println("error " + failure);
                    END.countDown();
                }
            });
    }

    @Override
    public CompletionStage<?> onText(final WebSocket webSocket, final CharSequence data, final boolean last)
    {
        System.out.println("text " + data);
        webSocket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onBinary(final WebSocket webSocket, final ByteBuffer data, final boolean last)
    {
        System.out.println("binary " + StandardCharsets.UTF_8.decode(data));
        webSocket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(final WebSocket webSocket, final int statusCode, final String reason)
    {
        System.out.println("closed " + statusCode + " " + reason);
        if (SERVER_ENDS == statusCode)
        {
            END.countDown();
        }
        else
        {
            connect();
        }
        return null;
    }

    @Override
    public void onError(final WebSocket webSocket, final Throwable error)
    {
        System.out.println("closed " + error);
        connect();
    }
}
