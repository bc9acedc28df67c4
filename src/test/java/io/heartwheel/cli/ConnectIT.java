package io.heartwheel.cli;

import io.heartwheel.CloseReason;
import io.heartwheel.support.TestPeer;
import io.heartwheel.support.TestPeer.Received;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;
import io.heartwheel.wire.Identity;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The packaged program {@code connect}, seen from outside.
 */
class ConnectIT
{
    private static final long WARM_UP_MS = 3_000;
    private static final long OBSERVED_MS = 5_000;
    /** A spin takes all of a core; a JVM so young compiles what it has just run, which was seen to take 2 %. */
    private static final double CPU_SHARE_MAX = 0.3;

    @FunctionalInterface
    private interface Behaviour
    {
        void serve(Socket socket) throws IOException;
    }

    private static ServerSocket serve(final Behaviour behaviour) throws IOException
    {
        final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        final Thread thread = new Thread(() ->
        {
            try
            {
                while (true)
                {
                    behaviour.serve(server.accept());
                }
            }
            catch (final IOException ex)
            {
                assertTrue(server.isClosed(), ex::toString);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    private static String address(final ServerSocket server)
    {
        return "127.0.0.1:" + server.getLocalPort();
    }

    @Test
    void shouldSendLinesPrintMessagesAndEndWithItsInput() throws IOException, InterruptedException
    {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Jar connect = Jar.run("connect", address(server)))
        {
            connect.type("one\ntwo");
            try (TestPeer peer = new TestPeer(server.accept()))
            {
                connect.readLine("open " + address(server));
                assertEquals("one", peer.read(Frame.DATA).text());
                assertEquals("two", peer.read(Frame.DATA).text());
                peer.send(Frame.DATA, 0, (byte)'h', (byte)27, (byte)'i');
                assertEquals("< h?i", connect.readLine("<"));
                connect.endInput();
                final Received bye = peer.read(Frame.BYE);
                assertEquals(CloseReason.LOCAL_CLOSE.code(), bye.byeReason());
            }
            connect.readLine("closed LOCAL_CLOSE after ");
            assertEquals(0, connect.exitCode());
        }
    }

    @Test
    void shouldSayWhoItIsAndStayAwayWhenItsPlaceIsTakenOver() throws IOException, InterruptedException
    {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Jar connect = Jar.run("connect", "--identity", "alice/phone", address(server)))
        {
            try (TestPeer peer = new TestPeer(server.accept()))
            {
                peer.send(new Hello(Hello.VERSION, Hello.IDENTITY, 4, 15_000, 5_000));
                assertArrayEquals(Identity.helloPayload("alice/phone"), peer.read(Frame.HELLO).payload());
                peer.send(Frame.BYE, 0, (byte)CloseReason.TAKEN_OVER.code());
            }
            assertTrue(connect.readLine("closed PEER_LEFT").endsWith(" (TAKEN_OVER)"));
            connect.readLine("reconnecting in 60s (attempt 1)");
        }
    }

    @Test
    void shouldNotTakeWhatIsNoIdentity() throws IOException, InterruptedException
    {
        try (Jar connect = Jar.run("connect", "--identity", "a/b/c", "127.0.0.1:1"))
        {
            assertEquals(2, connect.exitCode());
        }
    }

    @Test
    void shouldComeBackAndKeepTheLinesTypedMeanwhile() throws IOException, InterruptedException
    {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Jar connect = Jar.run("-Dheartwheel.reconnect.min=200ms", "connect", address(server)))
        {
            try (TestPeer peer = new TestPeer(server.accept()))
            {
                connect.type("before");
                assertEquals("before", peer.read(Frame.DATA).text());
                peer.reset();
            }
            connect.readLine("closed PEER_RESET after ");
            connect.type("while\nthere was none");
            final String reconnecting = connect.readLine("reconnecting in ");
            assertTrue(reconnecting.endsWith(" (attempt 1)"), reconnecting);
            try (TestPeer peer = new TestPeer(server.accept()))
            {
                assertEquals("while", peer.read(Frame.DATA).text());
                assertEquals("there was none", peer.read(Frame.DATA).text());
            }
        }
    }

    /** Many times what a kernel holds, and then the end of the input, while the server is busy with something else. */
    @Test
    void shouldNotEndBeforeTheServerHasTakenAllOfTheInput() throws IOException, InterruptedException
    {
        final int lines = 800;
        final String line = "x".repeat(15_000);
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Jar connect = Jar.runBy("for i in $(seq " + lines + "); do echo " + line + "; done | \"$@\"",
                "connect", address(server)))
        {
            server.setReceiveBufferSize(4_096);
            try (TestPeer peer = new TestPeer(server.accept()))
            {
                int messages = 0;
                for (Received read = peer.read(); Frame.BYE != read.type(); read = peer.read())
                {
                    messages += Frame.DATA == read.type() ? 1 : 0;
                    if (lines / 2 == messages)
                    {
                        // Longer than the linger of the end.
                        Thread.sleep(1_500);
                    }
                }
                assertEquals(lines, messages);
            }
            assertEquals(0, connect.exitCode());
        }
    }

    /** What the kernel has is not what the server has: one that reads late and speaks meanwhile must lose nothing. */
    @Test
    void shouldNotEndBeforeTheServerHasReadWhatTheKernelHolds() throws IOException, InterruptedException
    {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress()))
        {
            server.setReceiveBufferSize(4_096);
            try (Jar connect = Jar.runBy("for i in $(seq 10); do echo " + "x".repeat(15_000) + "; done | \"$@\"",
                "-Dheartwheel.linger=100ms", "connect", address(server)); TestPeer peer = new TestPeer(server.accept()))
            {
                Thread.sleep(1_500);
                peer.send(Frame.PING, 1);
                Thread.sleep(100);
                for (int i = 0; i < 10; i++)
                {
                    assertEquals(15_000, peer.read(Frame.DATA).payload().length);
                }
                assertEquals(CloseReason.LOCAL_CLOSE.code(), peer.read(Frame.BYE).byeReason());
                peer.shutdownOutput();
                assertEquals(0, connect.exitCode());
            }
        }
    }

    @Test
    void shouldSayWhenTheServerDoesNotTakeTheEndOfTheInput() throws IOException, InterruptedException
    {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Jar connect = Jar.runBy("echo one | \"$@\"", "-Dheartwheel.idle=400ms", "-Dheartwheel.interval=200ms",
                "-Dheartwheel.count=1", "connect", address(server));
            Socket reader = server.accept())
        {
            assertTrue(reader.isConnected());
            connect.readLine("the server has not closed its end within 600ms: what was sent last may be lost");
            assertEquals(1, connect.exitCode());
        }
    }

    @Test
    void shouldTellWhatTheServerDidNotTake() throws IOException, InterruptedException
    {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Jar connect = Jar.runBy("for i in $(seq 200); do echo " + "x".repeat(15_000) + "; done | \"$@\"",
                "-Dheartwheel.idle=400ms", "-Dheartwheel.interval=200ms", "-Dheartwheel.count=1",
                "-Dheartwheel.reconnect.min=10ms", "connect", address(server));
            Socket reader = server.accept())
        {
            assertTrue(reader.isConnected());
            assertTrue(connect.readLine("lost ").matches("lost [1-9]\\d+ bytes that had not left yet"));
            assertEquals(1, connect.exitCode());
        }
    }

    @Test
    void shouldSendAndShowUtf8InAContainerWithoutALocale() throws IOException, InterruptedException
    {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Jar connect = Jar.runBy("unset LANG LC_CTYPE; LC_ALL=C exec \"$@\"", "connect", address(server)))
        {
            connect.type("é 你好");
            try (TestPeer peer = new TestPeer(server.accept()))
            {
                assertEquals("é 你好", peer.read(Frame.DATA).text());
                peer.send(Frame.DATA, 0, "für 你".getBytes(StandardCharsets.UTF_8));
                assertEquals("< für 你", connect.readLine("<"));
            }
        }
    }

    @Test
    void shouldHoldTheLinkBeyondAnEmptyInputIfAsked() throws IOException, InterruptedException
    {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress()))
        {
            try (Jar connect = Jar.runBy("\"$@\" < /dev/null", "connect", address(server)))
            {
                connect.readLine("heartwheel connect: the input is empty, and the link ends with it: --hold holds it");
                assertEquals(0, connect.exitCode());
            }
            try (Jar connect = Jar.runBy("exec \"$@\" < /dev/null", "connect", "--hold", address(server)))
            {
                connect.readLine("open " + address(server));
                try (TestPeer peer = new TestPeer(accepted(server)))
                {
                    assertEquals(1, peer.send(Frame.PING, 1).read(Frame.PONG).token());
                    connect.terminate();
                    assertEquals(CloseReason.SHUTDOWN.code(), peer.read(Frame.BYE).byeReason());
                }
            }
        }
    }

    /** The last connection: one that ended at once may have come before it. */
    private static Socket accepted(final ServerSocket server) throws IOException
    {
        Socket last = server.accept();
        server.setSoTimeout(200);
        try
        {
            while (true)
            {
                last = server.accept();
            }
        }
        catch (final SocketTimeoutException ex)
        {
            return last;
        }
    }

    @Test
    void shouldSayThatALineIsTooLong() throws IOException, InterruptedException
    {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Jar connect = Jar.run("-Dheartwheel.message.max=10", "connect", address(server)))
        {
            connect.type("12345678901\n1234567890");
            try (TestPeer peer = new TestPeer(server.accept()))
            {
                assertEquals("1234567890", peer.read(Frame.DATA).text());
                connect.readLine("not sent: a line of more than 10 bytes");
                connect.endInput();
                assertEquals(CloseReason.LOCAL_CLOSE.code(), peer.read(Frame.BYE).byeReason());
            }
            assertEquals(1, connect.exitCode());
        }
    }

    @Test
    void shouldTellEachTroubleAndNotSpin() throws IOException, InterruptedException
    {
        final byte[] garbage = new byte[10_000];
        new Random(1).nextBytes(garbage);
        // Begins as a PING with a payload, which there is not.
        garbage[0] = Frame.PING;
        final List<Socket> silent = new ArrayList<>();
        try (ServerSocket answersNever = serve(silent::add);
            ServerSocket resets = serve(socket ->
            {
                socket.setSoLinger(true, 0);
                socket.close();
            });
            ServerSocket sendsGarbage = serve(socket ->
            {
                socket.getOutputStream().write(garbage);
                socket.close();
            });
            Jar toSilence = Jar.run("-Dheartwheel.idle=2s", "-Dheartwheel.interval=500ms", "-Dheartwheel.count=2",
                "connect", address(answersNever));
            Jar toReset = Jar.run("connect", address(resets));
            Jar toGarbage = Jar.run("connect", address(sendsGarbage));
            Jar toNobody = Jar.run("connect", "no-such-host.invalid:7400"))
        {
            final List<Jar> all = List.of(toSilence, toReset, toGarbage, toNobody);
            Thread.sleep(WARM_UP_MS);
            final List<Duration> before = all.stream().map(Jar::cpu).toList();
            Thread.sleep(OBSERVED_MS);
            for (int i = 0; i < all.size(); i++)
            {
                final long usedMs = all.get(i).cpu().minus(before.get(i)).toMillis();
                assertTrue(usedMs < OBSERVED_MS * CPU_SHARE_MAX, usedMs + " ms of CPU, command " + i);
            }

            toSilence.readLine("closed PEER_SILENT after 3");
            toReset.readLine("closed PEER_RESET after ");
            final String garbled = toGarbage.readLine("closed PROTOCOL_ERROR after ");
            assertTrue(garbled.contains("(PING with a payload of "), garbled);
            final String unknown = toNobody.readLine("reconnecting in ");
            assertTrue(unknown.endsWith(": no-such-host.invalid:7400: unknown host"), unknown);
        }
    }

    @Test
    void shouldSayWhatAnAddressIs() throws IOException, InterruptedException
    {
        try (Jar connect = Jar.run("connect", "somewhere"))
        {
            assertEquals(List.of("heartwheel connect: HOST:PORT expected, such as 127.0.0.1:7400 or [::1]:7400, not " +
                "'somewhere' (see heartwheel connect --help)"), connect.readRest());
            assertEquals(2, connect.exitCode());
        }
    }
}
