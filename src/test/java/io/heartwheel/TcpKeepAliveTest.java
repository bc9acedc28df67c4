package io.heartwheel;

import io.heartwheel.config.ConfigurationException;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The options of TCP keepalive, as the kernel reports them.
 */
class TcpKeepAliveTest
{
    private static final Cadence KERNEL = seconds(40, 5, 3);

    private static Cadence seconds(final int idle, final int interval, final int count)
    {
        return new Cadence(TimeUnit.SECONDS.toNanos(idle), TimeUnit.SECONDS.toNanos(interval), count);
    }

    @AfterEach
    void after()
    {
        System.clearProperty("heartwheel.tcp.keepalive");
    }

    private static ServerContext context(final RecordingListener listener)
    {
        return new ServerContext().listener(listener).lingerNs(0);
    }

    @Test
    void shouldSetEveryAcceptedConnectionByTheListeningSocket() throws IOException
    {
        final RecordingListener listener = new RecordingListener();
        try (InvokedServer server = new InvokedServer(context(listener).tcpKeepAlive(KERNEL)))
        {
            assertEquals(KERNEL, server.server.tcpKeepAlive());
            for (int i = 1; i <= 2; i++)
            {
                final int count = i;
                try (TestPeer peer = server.connect())
                {
                    server.awaitTrue(() -> count == listener.opened().size());
                    final Connection connection = listener.opened().get(i - 1);
                    assertEquals(KERNEL, connection.tcpKeepAlive(), "port " + peer.localPort());
                }
                server.awaitTrue(() -> count == listener.closed().size());
            }
        }
    }

    @Test
    void shouldBeOffUnlessAskedForAndSetForOneConnectionAlone() throws IOException
    {
        final RecordingListener listener = new RecordingListener();
        try (InvokedServer server = new InvokedServer(context(listener));
            TestPeer one = server.connect();
            TestPeer other = server.connect())
        {
            server.awaitTrue(() -> 2 == listener.opened().size());
            assertEquals(Cadence.OFF, server.server.tcpKeepAlive());
            listener.opened().get(0).tcpKeepAlive(KERNEL);
            assertEquals(KERNEL, listener.opened().get(0).tcpKeepAlive());
            assertEquals(Cadence.OFF, listener.opened().get(1).tcpKeepAlive());
            listener.opened().get(0).tcpKeepAlive(Cadence.OFF);
            assertEquals(Cadence.OFF, listener.opened().get(0).tcpKeepAlive(),
                () -> one.localPort() + ", " + other.localPort());
        }
    }

    @Test
    void shouldReadTheProperty()
    {
        System.setProperty("heartwheel.tcp.keepalive", "40s, 5s, 3");
        assertEquals(KERNEL, new ServerContext().tcpKeepAlive());
        System.setProperty("heartwheel.tcp.keepalive", "off");
        assertEquals(Cadence.OFF, new ServerContext().tcpKeepAlive());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "on|heartwheel.tcp.keepalive=on: expected off, or idle, interval and count such as 6s,5s,3",
        "6s,5s|heartwheel.tcp.keepalive=6s,5s: expected off, or idle, interval and count such as 6s,5s,3",
        "6,5s,3|heartwheel.tcp.keepalive=6,5s,3: expected a duration with its unit, such as 15s or 1500ms",
        "1500ms,5s,3|heartwheel.tcp.keepalive: idle 1500ms: expected whole seconds from 1s to 32767s",
        "6s,40000s,3|heartwheel.tcp.keepalive: interval 40000s: expected whole seconds from 1s to 32767s",
        "6s,5s,0|heartwheel.tcp.keepalive=0: expected a value from 1 to 127",
        "6s,5s,128|heartwheel.tcp.keepalive=128: expected a value from 1 to 127"})
    void shouldRefuseWhatNoKernelTakes(final String value, final String message)
    {
        System.setProperty("heartwheel.tcp.keepalive", value);
        assertEquals(message, assertThrows(ConfigurationException.class, ServerContext::new).getMessage());
    }

    @Test
    void shouldNotLetTheKernelUndercutTheHeartbeats()
    {
        final ServerContext ctx = context(new RecordingListener())
            .cadence(Cadence.STANDARD).tcpKeepAlive(seconds(6, 5, 3));
        assertEquals("heartwheel.tcp.keepalive gives a peer up after 21s, which undercuts the heartbeats' 35s " +
            "(heartwheel.cadence, heartwheel.idle, heartwheel.interval, heartwheel.count)",
            assertThrows(ConfigurationException.class, ctx::conclude).getMessage());
        context(new RecordingListener()).cadence(Cadence.OFF).tcpKeepAlive(seconds(6, 5, 3)).conclude();
        context(new RecordingListener()).cadence(Cadence.STRICT).tcpKeepAlive(seconds(6, 5, 3)).conclude();
    }

    @Test
    void shouldNotUndercutTheHeartbeatsOfAConnectionByWhicheverIsSetLast() throws IOException
    {
        final RecordingListener listener = new RecordingListener();
        try (InvokedServer server = new InvokedServer(context(listener).cadence(Cadence.STANDARD));
            TestPeer peer = server.connect())
        {
            server.awaitTrue(() -> 1 == listener.opened().size());
            final Connection connection = listener.opened().get(0);
            final String names = " (heartwheel.cadence, heartwheel.idle, heartwheel.interval, heartwheel.count)";

            assertEquals(
                "heartwheel.tcp.keepalive gives a peer up after 34s, which undercuts the heartbeats' 35s" + names,
                assertThrows(ConfigurationException.class,
                    () -> connection.tcpKeepAlive(seconds(19, 5, 3))).getMessage());
            assertEquals(Cadence.OFF, connection.tcpKeepAlive());
            assertEquals(seconds(20, 5, 3), connection.tcpKeepAlive(seconds(20, 5, 3)).tcpKeepAlive());

            assertEquals(
                "heartwheel.tcp.keepalive gives a peer up after 35s, which undercuts the heartbeats' 36s" + names,
                assertThrows(ConfigurationException.class,
                    () -> connection.cadence(Cadence.passive(TimeUnit.SECONDS.toNanos(36)))).getMessage());
            assertEquals(Cadence.STANDARD, connection.cadence());
            assertEquals(Cadence.STRICT, connection.cadence(Cadence.STRICT).cadence());
            assertEquals(Cadence.OFF, connection.cadence(Cadence.OFF).cadence());
            assertTrue(peer.localPort() > 0);
        }
    }

    /** The kernel gives up after 55 s. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 35000, 5000, 4",
        "4, 35000, 5000, 35000, 5000, 4",
        "4, 35001, 5000, 35000, 5000, 4",
        "0, 56000, 0, 55000, 0, 0",
        "9, 600000, 6000, 1000, 6000, 9",
        "9, 600000, 6001, 15000, 5000, 4"})
    void shouldNotUndercutWhatAPeerIsGivenThatAsksForMore(
        final int count,
        final long idleMs,
        final long intervalMs,
        final long givenIdleMs,
        final long givenIntervalMs,
        final int givenCount) throws IOException
    {
        final RecordingListener listener = new RecordingListener();
        try (InvokedServer server =
            new InvokedServer(context(listener).cadence(Cadence.STANDARD).tcpKeepAlive(KERNEL));
            TestPeer peer = server.connect())
        {
            server.awaitTrue(() -> 1 == listener.opened().size());
            assertEquals(Frame.HELLO, peer.read().type());
            final long reads = server.reads();
            peer.send(new Hello(count, idleMs, intervalMs));
            server.awaitRead(reads);
            assertEquals(new Hello(givenCount, givenIdleMs, givenIntervalMs), peer.read(Frame.HELLO).hello());
        }
    }
}
