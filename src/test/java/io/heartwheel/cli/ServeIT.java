package io.heartwheel.cli;

import io.heartwheel.CloseReason;
import io.heartwheel.config.Configuration;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The packaged program {@code serve}, seen from outside.
 */
class ServeIT
{
    private static final String ANY_PORT = "-Dheartwheel.bind=127.0.0.1:0";

    private static InetSocketAddress addressOf(final Jar server) throws IOException
    {
        return Configuration.parseAddress(server.readLine("listening on ").substring("listening on ".length()));
    }

    @Test
    void shouldTellLossesAndStatusAndSayGoodbyeAtSigterm() throws IOException, InterruptedException
    {
        try (Jar server = Jar.run(ANY_PORT, "-Dheartwheel.rehearsal=1s", "-Dheartwheel.idle=400ms",
            "-Dheartwheel.interval=200ms", "-Dheartwheel.count=1", "serve"))
        {
            final InetSocketAddress address = addressOf(server);
            try (TestPeer silent = new TestPeer(address))
            {
                final String lost = server.readLine("lost  ");
                assertTrue(lost.contains(" 127.0.0.1:" + silent.localPort() + "  PEER_SILENT  silent for 6"), lost);
            }
            final String status = server.readLine("open 0 ");
            assertTrue(status.contains("lost 1 (PEER_SILENT 1)  lateness p50 "), status);

            try (TestPeer peer = new TestPeer(address))
            {
                assertEquals(Frame.HELLO, peer.read().type());
                server.terminate();
                assertEquals(CloseReason.SHUTDOWN.code(), peer.read(Frame.BYE).byeReason());
            }
            server.readLine("closed");
            assertEquals(0, server.exitCode());
        }
    }

    @Test
    void shouldSayInOneLineWhyItDoesNotStart() throws IOException, InterruptedException
    {
        try (ServerSocket taken = new ServerSocket(0);
            Jar server = Jar.run("-Dheartwheel.bind=127.0.0.1:" + taken.getLocalPort(), "serve"))
        {
            assertEquals(List.of("heartwheel serve: cannot listen on 127.0.0.1:" + taken.getLocalPort() +
                ": Address already in use"), server.readRest());
            assertEquals(1, server.exitCode());
        }
        try (Jar server = Jar.run("-Dheartwheel.idel=3s", "serve"))
        {
            assertEquals(
                List.of("heartwheel serve: unknown property heartwheel.idel=3s: did you mean heartwheel.idle?"),
                server.readRest());
            assertEquals(1, server.exitCode());
        }
    }

    @Test
    void shouldShowALiveViewInATerminalAndLeaveItAsItWas() throws IOException, InterruptedException
    {
        try (Jar server = Jar.runInTerminal(ANY_PORT, "serve"))
        {
            assertTrue(server.readLine("listening on ").startsWith("listening on 127.0.0.1:"));
            server.readLine("\033[?1049h\033[?25l\033[Hheartwheel 127.0.0.1:");
            assertTrue(server.readLine("open  ").contains("opened 0, refused 0"));
            server.readLine("\033[J\033[Hheartwheel 127.0.0.1:");
            server.type("\003");
            final List<String> rest = server.readRest();
            assertTrue(rest.get(rest.size() - 1).endsWith("\033[?25h\033[?1049lclosed"), rest::toString);
        }
    }

    @Test
    void shouldShowWhatHappensToTheFleetInALiveView() throws IOException, InterruptedException
    {
        try (Jar server = Jar.runInTerminal(
            ANY_PORT, "-Dheartwheel.fleet=memory", "-Dheartwheel.fleet.node=me", "serve"))
        {
            server.readLine("listening on ");
            server.readLine("open  ");
            assertTrue(server.readLine("fleet  lease HELD").startsWith("fleet  lease HELD"));
            assertTrue(server.readLine("fleet  node me joined").startsWith("fleet  node me joined"));
            server.type("\003");
            server.readRest();
        }
    }

    @Test
    void shouldPrintLinesWhereNothingCanBeDrawn() throws IOException, InterruptedException
    {
        for (final String environment : List.of("TERM=dumb CI=", "TERM=xterm CI=true", "TERM= CI="))
        {
            try (Jar server = Jar.runInTerminalBy(environment + " exec", ANY_PORT, "serve"))
            {
                server.readLine("listening on ");
                server.readLine("open 0 ");
                server.type("\003");
                assertTrue(server.readRest().stream().noneMatch((line) -> line.contains("\033")));
            }
        }
    }

    @Test
    void shouldHelpInColoursOnlyWhereTheyCanBeSeen() throws IOException
    {
        try (Jar colours = Jar.runInTerminal("serve", "--help");
            Jar none = Jar.runInTerminalBy("TERM=dumb CI= exec", "serve", "--help");
            Jar piped = Jar.run("serve", "--help"))
        {
            assertTrue(String.join("", colours.readRest()).contains("\033[1m"));
            final List<String> lines = none.readRest();
            assertEquals(piped.readRest(), lines);
            assertTrue(lines.get(0).startsWith("Usage: heartwheel serve "), lines::toString);
        }
    }

    @Test
    void shouldLeaveTheLossesOfItsTimeOnTheTerminal() throws IOException, InterruptedException
    {
        try (Jar server = Jar.runInTerminal(ANY_PORT, "serve"))
        {
            final InetSocketAddress address = addressOf(server);
            try (TestPeer peer = new TestPeer(address))
            {
                peer.read();
                peer.send(Frame.PING, 0, (byte)1);
                assertEquals(CloseReason.PROTOCOL_ERROR.code(), peer.read(Frame.BYE).byeReason());
            }
            server.type("\003");
            final String rest = String.join("\n", server.readRest());
            assertTrue(rest.matches("(?s).*lost  connection \\d+ \\S+  PROTOCOL_ERROR [^\n]*\nclosed"), rest);
        }
    }

    @Test
    void shouldGoOnAtSighupUnlessItsTerminalIsGone() throws IOException, InterruptedException
    {
        try (Jar server = Jar.run(ANY_PORT, "serve"))
        {
            final InetSocketAddress address = addressOf(server);
            server.signal("HUP");
            server.readLine("nothing to read again without TLS");
            try (TestPeer peer = new TestPeer(address))
            {
                assertEquals(3, peer.send(Frame.PING, 3).read(Frame.PONG).token());
            }
            server.terminate();
            assertEquals(0, server.exitCode());
        }
        try (Jar server = Jar.runInTerminal(ANY_PORT, "serve"))
        {
            final InetSocketAddress address = addressOf(server);
            final long pid = server.pid();
            server.signal("HUP");
            try (TestPeer peer = new TestPeer(address))
            {
                assertEquals(3, peer.send(Frame.PING, 3).read(Frame.PONG).token());
                // The terminal goes with the program that made it.
                server.kill();
                assertEquals(CloseReason.SHUTDOWN.code(), peer.read(Frame.BYE).byeReason());
            }
            Jar.awaitEnd(pid);
        }
    }

    @Test
    void shouldHurryAtTheSecondSignal() throws IOException, InterruptedException
    {
        try (Jar server = Jar.run(ANY_PORT, "-Dheartwheel.drain=60s", "serve"))
        {
            final InetSocketAddress address = addressOf(server);
            try (TestPeer first = new TestPeer(address); TestPeer second = new TestPeer(address))
            {
                first.read();
                second.read();
                server.signal("INT");
                assertEquals(CloseReason.SHUTDOWN.code(), first.read(Frame.BYE).byeReason());
                assertEquals(1, second.send(Frame.PING, 1).read(Frame.PONG).token());
                server.signal("INT");
                assertEquals(CloseReason.SHUTDOWN.code(), second.read(Frame.BYE).byeReason());
            }
            server.readLine("closed");
            assertEquals(0, server.exitCode());
        }
    }

    @Test
    void shouldPauseAcceptingWithoutFileDescriptorsAndResume() throws IOException, InterruptedException
    {
        final List<TestPeer> peers = new ArrayList<>();
        try (Jar server = Jar.runWithFiles(80, ANY_PORT, "serve"))
        {
            final InetSocketAddress address = addressOf(server);
            for (int i = 0; i < 100; i++)
            {
                peers.add(new TestPeer(address));
            }
            final String warning = server.readLine("WARNING: cannot accept with ");
            assertTrue(warning.endsWith(" connections open: Too many open files; trying again each 100 ms"), warning);
            // The connections it has are served all the while.
            assertEquals(5, peers.get(0).send(Frame.PING, 5).read(Frame.PONG).token());
            // Several tries later there is still that one line.
            Thread.sleep(350);

            for (int i = 0; i < 60; i++)
            {
                peers.get(i).close();
            }
            assertEquals(Frame.HELLO, peers.get(99).read().type());
            final List<String> lines = new ArrayList<>();
            String line = server.readLine("");
            while (!line.startsWith("INFO: accepting again after "))
            {
                lines.add(line);
                line = server.readLine("");
            }
            assertEquals(0, lines.stream().filter(l -> l.contains("cannot accept")).count(), lines::toString);
        }
        finally
        {
            for (final TestPeer peer : peers)
            {
                peer.close();
            }
        }
    }

    @Test
    void shouldPassADemo() throws IOException, InterruptedException
    {
        try (Jar demo = Jar.run("demo"))
        {
            final List<String> lines = demo.readRest();
            assertEquals(0, demo.exitCode(), () -> String.join("\n", lines));
            assertEquals(4, lines.stream().filter(l -> l.matches(".*(\\b\\d+) +\\1\\b.*")).count(), lines::toString);
        }
    }
}
