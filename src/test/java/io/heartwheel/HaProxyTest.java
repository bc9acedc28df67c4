package io.heartwheel;

import io.heartwheel.admission.CidrList;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.support.Tool;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Behind a real HAProxy, the server sees, limits and refuses the address of the client.
 */
@Tag("tools")
class HaProxyTest
{
    private static final int TRIES = 400;
    private static final int TRY_MS = 25;

    private final RecordingListener listener = new RecordingListener();
    private HeartbeatServer server;
    private Process proxy;
    private int port;

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

    private void start(final Path folder, final String option) throws IOException, InterruptedException
    {
        server = HeartbeatServer.launch(new ServerContext()
            .bindAddress(new InetSocketAddress("127.0.0.1", 0))
            .listener(listener)
            .proxies(CidrList.parse("127.0.0.1"))
            .denied(CidrList.parse("127.0.0.66"))
            .maxPerAddress(2));
        try (ServerSocket free = new ServerSocket(0))
        {
            port = free.getLocalPort();
        }
        final Path config = folder.resolve("haproxy.cfg");
        Files.writeString(config, String.join("\n",
            "defaults",
            "  mode tcp",
            "  timeout connect 5s",
            "  timeout client 1m",
            "  timeout server 1m",
            "frontend in",
            "  bind 127.0.0.1:" + port,
            "  default_backend out",
            "backend out",
            "  server heartwheel 127.0.0.1:" + server.localAddress().getPort() + " " + option,
            ""));
        proxy = new ProcessBuilder(Tool.require("haproxy"), "-db", "-f", config.toString())
            .redirectErrorStream(true).redirectOutput(folder.resolve("haproxy.log").toFile()).start();
        await(() -> isListening());
    }

    private boolean isListening()
    {
        try (Socket socket = connect("127.0.0.1"))
        {
            return socket.isConnected();
        }
        catch (final IOException ex)
        {
            return false;
        }
    }

    private Socket connect(final String from) throws IOException
    {
        return new Socket(InetAddress.getByName("127.0.0.1"), port, InetAddress.getByName(from), 0);
    }

    private static void await(final BooleanSupplier condition) throws InterruptedException
    {
        for (int i = 0; i < TRIES && !condition.getAsBoolean(); i++)
        {
            Thread.sleep(TRY_MS);
        }
        assertTrue(condition.getAsBoolean());
    }

    @ParameterizedTest
    @ValueSource(strings = {"send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c,unique-id"})
    void shouldSeeTheClientBehindTheProxy(final String option, @TempDir final Path folder)
        throws IOException, InterruptedException
    {
        start(folder, option);
        try (Socket socket = connect("127.0.0.5"); TestPeer peer = new TestPeer(socket))
        {
            peer.send(Frame.DATA, 0, (byte)'h', (byte)'i');
            await(() -> 1 == listener.messages().size());

            final InetSocketAddress client = new InetSocketAddress("127.0.0.5", socket.getLocalPort());
            assertTrue(listener.opened().stream().anyMatch((each) -> client.equals(each.remoteAddress())));
            assertEquals(Frame.HELLO, peer.read().type());
            assertEquals(9, peer.send(Frame.PING, 9).read(Frame.PONG).token());
        }
        await(() -> listener.closed().stream().anyMatch((each) ->
            "127.0.0.5".equals(each.connection().remoteAddress().getHostString()) &&
            CloseReason.PEER_CLOSED == each.reason()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"send-proxy", "send-proxy-v2"})
    void shouldRefuseByTheAddressOfTheClient(final String option, @TempDir final Path folder)
        throws IOException, InterruptedException
    {
        start(folder, option);
        try (TestPeer denied = new TestPeer(connect("127.0.0.66"));
            TestPeer first = new TestPeer(connect("127.0.0.7"));
            TestPeer second = new TestPeer(connect("127.0.0.7")))
        {
            assertEquals("address denied", denied.read().byeText());
            assertNull(denied.read());
            assertEquals(Frame.HELLO, first.read().type());
            assertEquals(Frame.HELLO, second.read().type());
            try (TestPeer third = new TestPeer(connect("127.0.0.7"));
                TestPeer other = new TestPeer(connect("127.0.0.8")))
            {
                assertEquals("there are 2 connections of this address already", third.read().byeText());
                assertEquals(Frame.HELLO, other.read().type());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"send-proxy-v2 check-send-proxy check inter 100ms"})
    void shouldLetTheHealthChecksOfTheProxyIn(final String option, @TempDir final Path folder)
        throws IOException, InterruptedException
    {
        start(folder, option);
        await(() -> listener.closed().size() >= 3);
        assertEquals(List.of(), listener.reasons().stream()
            .filter((reason) -> CloseReason.NEVER_SPOKE != reason).toList());
        assertEquals(0, server.metrics().closedCount(CloseReason.PROTOCOL_ERROR.ordinal()));
    }
}
