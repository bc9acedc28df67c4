package io.heartwheel;

import io.heartwheel.admission.CidrList;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.Tool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Behind a real nginx and a real HAProxy, which speak HTTP and cut connections that are quiet for a second.
 */
@Tag("tools")
class WebSocketProxyTest
{
    private static final int TRIES = 400;
    private static final int TRY_MS = 25;

    private final RecordingListener listener = new RecordingListener()
    {
        @Override
        public void onText(final Connection connection, final java.nio.ByteBuffer utf8)
        {
            connection.sendText(utf8);
        }
    };
    private HeartbeatServer server;
    private Process proxy;
    private InetSocketAddress address;

    @AfterEach
    void after() throws InterruptedException
    {
        if (null != proxy)
        {
            proxy.destroy();
            assertTrue(proxy.waitFor(10, TimeUnit.SECONDS));
        }
        if (null != server)
        {
            server.close();
        }
    }

    private void start(final String name, final long maxQuietMs, final Path folder)
        throws IOException, InterruptedException
    {
        final ServerContext ctx = new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .denied(CidrList.parse("127.0.0.66"))
            .listener(listener);
        ctx.webSocket().shared(true).maxQuietNs(TimeUnit.MILLISECONDS.toNanos(maxQuietMs))
            .forwarders(CidrList.parse("127.0.0.1"));
        server = HeartbeatServer.launch(ctx);
        try (ServerSocket free = new ServerSocket(0))
        {
            address = new InetSocketAddress(InetAddress.getLoopbackAddress(), free.getLocalPort());
        }
        final Path config = folder.resolve("proxy.conf");
        final int to = server.localAddress().getPort();
        Files.writeString(config, "nginx".equals(name) ? nginx(to, folder) : haproxy(to));
        final ProcessBuilder builder = "nginx".equals(name) ?
            new ProcessBuilder(Tool.require("nginx"), "-p", folder.toString(), "-e", "stderr", "-c",
            config.toString(), "-g", "daemon off;") :
            new ProcessBuilder(Tool.require("haproxy"), "-db", "-f", config.toString());
        proxy = builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
        int tries = TRIES;
        while (tries-- > 0 && !isListening())
        {
            Thread.sleep(TRY_MS);
        }
        assertTrue(tries > 0, Files.readString(folder.resolve("log")));
    }

    private String nginx(final int to, final Path folder)
    {
        return """
            pid %1$s/pid;
            master_process off;
            events { worker_connections 64; }
            http {
              access_log off;
              client_body_temp_path %1$s/a; proxy_temp_path %1$s/b; fastcgi_temp_path %1$s/c;
              uwsgi_temp_path %1$s/d; scgi_temp_path %1$s/e;
              server {
                listen 127.0.0.1:%2$d;
                location / {
                  proxy_pass http://127.0.0.1:%3$d;
                  proxy_http_version 1.1;
                  proxy_set_header Upgrade $http_upgrade;
                  proxy_set_header Connection "upgrade";
                  proxy_set_header Host $http_host;
                  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                  proxy_read_timeout 1s;
                  proxy_send_timeout 1s;
                }
              }
            }
            """.formatted(folder, address.getPort(), to);
    }

    private String haproxy(final int to)
    {
        return """
            defaults
              mode http
              option forwardfor
              timeout connect 5s
              timeout client 1s
              timeout server 1s
              timeout tunnel 1s
            frontend in
              bind 127.0.0.1:%d
              default_backend out
            backend out
              server heartwheel 127.0.0.1:%d
            """.formatted(address.getPort(), to);
    }

    private boolean isListening()
    {
        try (Socket socket = new Socket(address.getAddress(), address.getPort()))
        {
            return socket.isConnected();
        }
        catch (final IOException ex)
        {
            return false;
        }
    }

    private WebSocketPeer open(final String from) throws IOException
    {
        final WebSocketPeer peer = new WebSocketPeer(address, from).raw(WebSocketPeer.request("/"));
        final String head = peer.readHead();
        assertTrue(head.startsWith("HTTP/1.1 101 "), head);
        return peer;
    }

    @ParameterizedTest
    @CsvSource({"nginx, 0", "nginx, 100", "haproxy, 0", "haproxy, 100"})
    void shouldKeepAConnectionThatIsQuietInEitherDirection(
        final String name, final long speakMs, @TempDir final Path folder) throws IOException, InterruptedException
    {
        start(name, 700, folder);
        try (WebSocketPeer peer = open("127.0.0.1"))
        {
            assertTrue(peer.staysFor(3_000, speakMs));
            assertEquals("still", peer.sendText("still").read().text());
            assertEquals(List.of(), listener.closed());
        }
    }

    /** Else the test above proves nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"nginx", "haproxy"})
    void shouldBeCutByTheProxyWhereNothingIsSent(final String name, @TempDir final Path folder)
        throws IOException, InterruptedException
    {
        start(name, 0, folder);
        try (WebSocketPeer peer = open("127.0.0.1"))
        {
            assertFalse(peer.staysFor(3_000, 0));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx", "haproxy"})
    void shouldSeeTheClientBehindTheProxyAndRefuseByIt(final String name, @TempDir final Path folder)
        throws IOException, InterruptedException
    {
        start(name, 700, folder);
        try (WebSocketPeer peer = open("127.0.0.5");
            WebSocketPeer denied = new WebSocketPeer(address, "127.0.0.66"))
        {
            assertEquals("a", peer.sendText("a").read().text());
            assertEquals("127.0.0.5", listener.opened().get(0).remoteAddress().getAddress().getHostAddress());
            final String answer = denied.raw(WebSocketPeer.request("/")).readHead();
            assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx", "haproxy"})
    void shouldPassOnTheCodeOfAClose(final String name, @TempDir final Path folder)
        throws IOException, InterruptedException
    {
        start(name, 700, folder);
        try (WebSocketPeer peer = open("127.0.0.1"))
        {
            assertEquals("a", peer.sendText("a").read().text());
            server.close();
            WebSocketPeer.Received received = peer.read();
            while (WebSocketPeer.PING == received.first())
            {
                received = peer.read();
            }
            assertEquals(1001, received.code());
        }
    }
}
