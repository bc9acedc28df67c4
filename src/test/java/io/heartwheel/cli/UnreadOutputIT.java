package io.heartwheel.cli;

import io.heartwheel.CloseReason;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * The packaged program when its output is not read: a log that hangs, a pager that waits, a terminal that was stopped
 * by Ctrl-S.
 */
@Timeout(60)
class UnreadOutputIT
{
    private final int port = freePort();
    private final String bind = "-Dheartwheel.bind=127.0.0.1:" + port;

    private static int freePort()
    {
        try (ServerSocket socket = new ServerSocket(0))
        {
            return socket.getLocalPort();
        }
        catch (final IOException ex)
        {
            throw new AssertionError(ex);
        }
    }

    /**
     * It cannot say when it listens.
     */
    private TestPeer connect() throws IOException, InterruptedException
    {
        for (int tries = 0; tries < 200; tries++)
        {
            try
            {
                return new TestPeer(new InetSocketAddress("127.0.0.1", port));
            }
            catch (final SocketException ex)
            {
                Thread.sleep(50);
            }
        }
        throw new AssertionError("it does not listen");
    }

    @Test
    void shouldServeAndEndInGoodOrderOnAPipe() throws Exception
    {
        try (Jar server = Jar.runUnread(bind, "serve"); TestPeer peer = connect())
        {
            // A stall is worth a line in the log, which goes into the same pipe.
            server.signal("STOP");
            Thread.sleep(300);
            server.signal("CONT");
            assertEquals(1, peer.send(Frame.PING, 1).read(Frame.PONG).token());
            server.terminate();
            assertEquals(CloseReason.SHUTDOWN.code(), peer.read(Frame.BYE).byeReason());
            peer.shutdownOutput();
            assertEquals(0, server.exitCode());
        }
    }

    @Test
    void shouldServeAndEndInGoodOrderOnATerminal() throws Exception
    {
        try (Jar server = Jar.runInTerminalBy("head -c 200000 /dev/zero & TERM=xterm CI= exec", bind, "serve");
            TestPeer peer = connect())
        {
            // The live view has been shown, or rather not.
            Thread.sleep(1_500);
            assertEquals(1, peer.send(Frame.PING, 1).read(Frame.PONG).token());
            final long pid = server.pid();
            server.signal("TERM");
            assertEquals(CloseReason.SHUTDOWN.code(), peer.read(Frame.BYE).byeReason());
            peer.shutdownOutput();
            Jar.awaitEnd(pid);
        }
    }

    @Test
    void shouldHoldALinkAndEndWithItsInput() throws Exception
    {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Jar connect = Jar.runUnread("connect", "127.0.0.1:" + server.getLocalPort());
            TestPeer peer = new TestPeer(server.accept()))
        {
            for (int i = 0; i < 64; i++)
            {
                peer.send(Frame.DATA, 0, new byte[1_024]);
            }
            assertEquals(7, peer.send(Frame.PING, 7).read(Frame.PONG).token());
            connect.type("one");
            assertEquals("one", peer.read(Frame.DATA).text());
            connect.endInput();
            assertEquals(CloseReason.LOCAL_CLOSE.code(), peer.read(Frame.BYE).byeReason());
            peer.shutdownOutput();
            assertEquals(0, connect.exitCode());
        }
    }

    @Test
    void shouldEndALinkAtSigterm() throws Exception
    {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Jar connect = Jar.runUnread("connect", "127.0.0.1:" + server.getLocalPort());
            TestPeer peer = new TestPeer(server.accept()))
        {
            assertEquals(7, peer.send(Frame.PING, 7).read(Frame.PONG).token());
            connect.terminate();
            assertEquals(CloseReason.SHUTDOWN.code(), peer.read(Frame.BYE).byeReason());
            peer.shutdownOutput();
            assertEquals(143, connect.exitCode());
        }
    }

    @Test
    void shouldPlayASwarm() throws Exception
    {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Jar swarm = Jar.runUnread("swarm", "--server=127.0.0.1:" + server.getLocalPort(), "-n1");
            TestPeer peer = new TestPeer(server.accept()))
        {
            assertEquals(7, peer.send(Frame.PING, 7).read(Frame.PONG).token());
            Thread.sleep(200);
            assertEquals(8, peer.send(Frame.PING, 8).read(Frame.PONG).token());
            swarm.terminate();
            swarm.exitCode();
        }
    }
}
