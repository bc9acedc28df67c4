package io.heartwheel.cli;

import io.heartwheel.CloseReason;
import io.heartwheel.config.Configuration;
import io.heartwheel.support.TestPeer;
import io.heartwheel.support.Tool;
import io.heartwheel.wire.Frame;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The packaged program when a resource runs out, or the clock of the system is set back.
 */
class ServeResourcesIT
{
    private static final String ANY_PORT = "-Dheartwheel.bind=127.0.0.1:0";
    private static final String STATUS_AT = "status at ";
    private static final String LISTENING = "listening on ";
    private static final Path FAKETIME = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1");

    /** The small heap has room for ten thousand peers. Some of them die, and no living one is blamed. */
    @Test
    void shouldHoldTenThousandConnectionsInAHeapOf64Megabytes() throws IOException, InterruptedException
    {
        try (Jar server = Jar.runWithFlags(List.of("-Xmx64m", "-XX:+ExitOnOutOfMemoryError"), ANY_PORT,
            "-Dheartwheel.idle=2s", "-Dheartwheel.interval=2s", "-Dheartwheel.count=1", "serve"))
        {
            final String address = server.readLine(LISTENING).substring(LISTENING.length());
            try (Jar swarm = Jar.run("swarm", "--server=" + address, "-n10000", "--ping=1s", "--silent=100",
                "--reset=100", "--close=100", "--at=1s", "--run=8s"))
            {
                final List<String> lines = swarm.readRest();
                assertEquals(0, swarm.exitCode(), () -> String.join("\n", lines));
            }
            server.terminate();
            final List<String> rest = server.readRest();
            assertTrue(rest.stream().noneMatch((line) -> line.contains("OutOfMemory")), rest::toString);
            assertEquals(0, server.exitCode());
        }
    }

    @Test
    @Tag("slow")
    void shouldShowAPauseOfTheProcessAsAGap() throws IOException, InterruptedException
    {
        try (Jar server = Jar.run(ANY_PORT, "-Dheartwheel.http=127.0.0.1:0", "serve"))
        {
            final String status = server.readLine(STATUS_AT).substring(STATUS_AT.length());
            server.readLine("open ");
            server.signal("STOP");
            Thread.sleep(5_500);
            server.signal("CONT");
            final String ask = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            ask(status, "GET /health" + ask, "\"healthy\":true").close();
            server.readLine("open ");
            Thread.sleep(1_200);
            final StringBuilder history = new StringBuilder();
            ask(status, "GET /history" + ask, "}}", history).close();
            final List<Long> epochS = new ArrayList<>();
            final Matcher number = Pattern.compile("1[0-9]{9}").matcher(history);
            while (number.find())
            {
                epochS.add(Long.parseLong(number.group()));
            }
            assertEquals(epochS.stream().distinct().sorted().toList(), epochS, history::toString);
            assertTrue(history.toString().matches("(?s).*\"open\":\\[[0,]*0,null,0[0,]*].*"), history::toString);
        }
    }

    /** A supervisor must not kill a server that serves all it can hold; and nothing may spin meanwhile. */
    @Test
    void shouldTellItsHealthWithoutFileDescriptors() throws IOException, InterruptedException
    {
        final List<AutoCloseable> peers = new ArrayList<>();
        try (Jar server = Jar.runWithFiles(80, ANY_PORT, "-Dheartwheel.http=127.0.0.1:0", "serve"))
        {
            final String status = server.readLine(STATUS_AT).substring(STATUS_AT.length());
            final String listening = server.readLine(LISTENING).substring(LISTENING.length());
            final InetSocketAddress address = Configuration.parseAddress(listening);
            for (int i = 0; i < 100; i++)
            {
                peers.add(new TestPeer(address));
            }
            server.readLine("WARNING: cannot accept with ");
            for (int i = 0; i < 10; i++)
            {
                // Some ask and stay, the others only stay.
                peers.add(ask(status, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", "\"healthy\":true"));
                final Socket idle = new Socket();
                idle.connect(((Socket)peers.get(peers.size() - 1)).getRemoteSocketAddress());
                peers.add(idle);
            }
            peers.add(ask(status, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "heartwheel_accept_failures_total"));

            final long before = server.cpu().toMillis();
            Thread.sleep(1_000);
            final long usedMs = server.cpu().toMillis() - before;
            assertTrue(usedMs < 500, usedMs + " ms of CPU in 1 s of rest");
        }
        finally
        {
            CloseHelper.quietCloseAll(peers);
        }
    }

    private static Socket ask(final String at, final String request, final String expected) throws IOException
    {
        return ask(at, request, expected, new StringBuilder());
    }

    private static Socket ask(
        final String at, final String request, final String expected, final StringBuilder answer) throws IOException
    {
        final URI uri = URI.create(at);
        final Socket socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(3_000);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        for (int next = 0; next >= 0 && answer.indexOf(expected) < 0; next = socket.getInputStream().read())
        {
            answer.append((char)next);
        }
        assertTrue(answer.indexOf(expected) > 0, answer::toString);
        return socket;
    }

    /**
     * As many peers as would fill the heap twice over begin frames and do not end them. The peer that holds most is
     * closed; the others are served, and so is a new one.
     */
    @ParameterizedTest
    @ValueSource(ints = {Frame.DATA, Frame.BYE})
    void shouldServeOnWhenPeersSendHalvesOfWhatTheHeapCannotHold(final int type)
        throws IOException, InterruptedException
    {
        final int half = 65_000;
        final ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER_LENGTH + half);
        Frame.putHeader(frame, type, 0, half + 1);
        final List<TestPeer> peers = new ArrayList<>();
        try (Jar server = Jar.runWithFlags(List.of("-Xmx24m", "-XX:+ExitOnOutOfMemoryError"), ANY_PORT,
            "-Dheartwheel.message.max=65535", "-Dheartwheel.control.rate=0", "serve"))
        {
            final InetSocketAddress address =
                Configuration.parseAddress(server.readLine(LISTENING).substring(LISTENING.length()));
            final TestPeer living = new TestPeer(address);
            peers.add(living);
            for (int i = 0; i < 700; i++)
            {
                final TestPeer peer = new TestPeer(address);
                peers.add(peer);
                sendAll(peer, frame.array());
                assertEquals(i & 0x7F, living.send(Frame.PING, i & 0x7F).read(Frame.PONG).token());
            }
            final TestPeer next = new TestPeer(address);
            peers.add(next);
            assertEquals(1, next.send(Frame.PING, 1).read(Frame.PONG).token());
            server.terminate();
            assertEquals(0, server.exitCode());
        }
        finally
        {
            CloseHelper.quietCloseAll(peers);
        }
    }

    private static void sendAll(final TestPeer peer, final byte[] bytes)
    {
        try
        {
            peer.sendRaw(bytes);
        }
        catch (final IOException ex)
        {
            // It has gone already, as it may.
            assertTrue(ex instanceof SocketException, ex::toString);
        }
    }

    /** A runtime that jlink made may lack the flight recorder, logging and TCP options. */
    @Test
    void shouldServeWithoutWhatAJvmMayLack() throws IOException, InterruptedException
    {
        try (Jar server = Jar.runWithFlags(List.of("--limit-modules", "java.base"), ANY_PORT,
            "-Dheartwheel.idle=500ms", "-Dheartwheel.interval=500ms", "-Dheartwheel.count=1", "serve"))
        {
            final InetSocketAddress address =
                Configuration.parseAddress(server.readLine(LISTENING).substring(LISTENING.length()));
            try (TestPeer living = new TestPeer(address); TestPeer silent = new TestPeer(address))
            {
                assertEquals(1, living.send(Frame.PING, 1).read(Frame.PONG).token());
                assertEquals(CloseReason.PEER_SILENT.code(), silent.read(Frame.BYE).byeReason());
            }
            server.terminate();
            assertEquals(0, server.exitCode());
        }
    }

    @Test
    void shouldServeOnWithAFullDiskUnderItsOutputAndLog() throws IOException, InterruptedException
    {
        final int port = freePort();
        try (Jar server = Jar.runBy("exec \"$@\" > /dev/full 2> /dev/full", "-Dheartwheel.bind=127.0.0.1:" + port,
            "-Dheartwheel.idle=300ms", "-Dheartwheel.interval=300ms", "-Dheartwheel.count=1", "serve"))
        {
            final InetSocketAddress address = new InetSocketAddress("127.0.0.1", port);
            for (int i = 0; i < 5; i++)
            {
                try (TestPeer silent = connect(address))
                {
                    assertEquals(CloseReason.PEER_SILENT.code(), silent.read(Frame.BYE).byeReason());
                }
                try (TestPeer living = connect(address))
                {
                    assertEquals(i, living.send(Frame.PING, i).read(Frame.PONG).token());
                }
            }
            server.terminate();
            assertEquals(0, server.exitCode());
        }
    }

    /** The wall clock jumps by days, as when it is set; the monotonic one goes on. */
    @Test
    @Tag("tools")
    void shouldNotMindTheClockBeingSet(@TempDir final Path folder) throws IOException, InterruptedException
    {
        Tool.require("faketime");
        final Path clock = folder.resolve("clock");
        Files.writeString(clock, "+0");
        try (Jar server = Jar.runBy("LD_PRELOAD=" + FAKETIME + " FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_NO_CACHE=1 " +
            "FAKETIME_TIMESTAMP_FILE=" + clock + " exec \"$@\"", ANY_PORT, "-Dheartwheel.idle=500ms",
            "-Dheartwheel.interval=500ms", "-Dheartwheel.count=2", "serve"))
        {
            final InetSocketAddress address =
                Configuration.parseAddress(server.readLine(LISTENING).substring(LISTENING.length()));
            try (TestPeer living = new TestPeer(address); TestPeer silent = new TestPeer(address))
            {
                for (int i = 0; i < 12; i++)
                {
                    Files.writeString(clock, new String[]{"+3d", "-5d", "+0"}[i % 3]);
                    assertEquals(i, living.send(Frame.PING, i).read(Frame.PONG).token());
                    Thread.sleep(250);
                }
                final String lost = server.readLine("lost  ");
                assertTrue(lost.contains(" 127.0.0.1:" + silent.localPort() + "  PEER_SILENT"), lost);
                assertTrue(lost.matches(".*silent for 1[56]\\d\\d ms.*"), lost);
            }
            server.terminate();
            final List<String> rest = server.readRest();
            assertEquals(0, rest.stream().filter((line) -> line.contains("PEER_SILENT") && line.startsWith("lost"))
                .count(), rest::toString);
            assertEquals(0, server.exitCode());
        }
    }

    private static int freePort() throws IOException
    {
        try (ServerSocket socket = new ServerSocket(0))
        {
            return socket.getLocalPort();
        }
    }

    /**
     * It prints nowhere when it listens.
     */
    private static TestPeer connect(final InetSocketAddress address) throws IOException, InterruptedException
    {
        for (int tries = 0; tries < 100; tries++)
        {
            try
            {
                return new TestPeer(address);
            }
            catch (final SocketException ex)
            {
                Thread.sleep(100);
            }
        }
        return new TestPeer(address);
    }
}
