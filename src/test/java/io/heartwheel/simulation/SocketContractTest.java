package io.heartwheel.simulation;

import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

import static java.nio.channels.SelectionKey.OP_ACCEPT;
import static java.nio.channels.SelectionKey.OP_CONNECT;
import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The simulated network and the kernel both behave as the reactor relies on.
 */
class SocketContractTest
{
    private Sockets sockets;

    @AfterEach
    void closeAll() throws IOException
    {
        sockets.close();
    }

    @ParameterizedTest
    @EnumSource
    void bytesArriveInOrderAndReadinessStaysUntilTheyAreRead(final Sockets.Kind kind) throws IOException
    {
        connect(kind);
        final SelectionKey key = sockets.register(sockets.server, OP_READ);
        assertEquals(0, sockets.readyOps(key));
        assertEquals(0, sockets.server.read(ByteBuffer.allocate(8)));

        sockets.client.write(ByteBuffer.wrap(new byte[]{1, 2, 3}));
        sockets.await(() -> OP_READ == sockets.readyOps(key));
        assertEquals(OP_READ, sockets.readyOps(key));
        assertArrives(3);
        assertEquals(0, sockets.readyOps(key));
        assertEquals(0, sockets.server.read(ByteBuffer.allocate(0)));
    }

    @ParameterizedTest
    @EnumSource
    void finIsReadAsTheEndAfterTheBytesAndStaysReady(final Sockets.Kind kind) throws IOException
    {
        connect(kind);
        final SelectionKey key = sockets.register(sockets.server, OP_READ);
        sockets.client.write(ByteBuffer.allocate(3));
        sockets.client.shutdownOutput();
        assertArrives(3);
        sockets.await(() -> OP_READ == sockets.readyOps(key));
        assertEquals(-1, sockets.server.read(ByteBuffer.allocate(8)));
        assertEquals(OP_READ, sockets.readyOps(key));
        assertEquals(-1, sockets.server.read(ByteBuffer.allocate(8)));
    }

    @ParameterizedTest
    @EnumSource
    void halfClosedConnectionCarriesBytesTheOtherWay(final Sockets.Kind kind) throws IOException
    {
        connect(kind);
        sockets.client.shutdownOutput();
        assertThrows(ClosedChannelException.class, () -> sockets.client.write(ByteBuffer.allocate(1)));
        sockets.awaitRead(sockets.server, -1);
        assertEquals(5, sockets.server.write(ByteBuffer.allocate(5)));
        sockets.awaitRead(sockets.client, 5);
    }

    @ParameterizedTest
    @EnumSource
    void resetIsReadAsAnExceptionAndStaysSo(final Sockets.Kind kind) throws IOException
    {
        connect(kind);
        final SelectionKey key = sockets.register(sockets.server, OP_READ);
        sockets.resetClient();
        sockets.await(() -> OP_READ == sockets.readyOps(key));
        assertFails("Connection reset", () -> sockets.server.read(ByteBuffer.allocate(8)));
        assertFails("Connection reset", () -> sockets.server.read(ByteBuffer.allocate(8)));
        assertEquals(OP_READ, sockets.readyOps(key));
        assertFails("Broken pipe", () -> sockets.server.write(ByteBuffer.allocate(1)));
    }

    @ParameterizedTest
    @EnumSource
    void resetIsToldByAWriteTooAndOptionsCanStillBeSet(final Sockets.Kind kind) throws IOException
    {
        connect(kind);
        final SelectionKey key = sockets.register(sockets.server, OP_WRITE | OP_READ);
        sockets.resetClient();
        sockets.await(() -> (OP_READ | OP_WRITE) == sockets.readyOps(key));
        sockets.server.setOption(StandardSocketOptions.TCP_NODELAY, true);
        assertFails("Connection reset by peer", () -> sockets.server.write(ByteBuffer.allocate(1)));
        assertFails("Broken pipe", () -> sockets.server.write(ByteBuffer.allocate(1)));
        assertNotEquals(null, sockets.server.getRemoteAddress());
    }

    @ParameterizedTest
    @EnumSource
    void bytesBeforeAResetCanStillBeRead(final Sockets.Kind kind) throws IOException
    {
        connect(kind);
        sockets.client.write(ByteBuffer.allocate(3));
        sockets.pass(5);
        sockets.resetClient();
        sockets.pass(5);
        assertArrives(3);
        assertFails("Connection reset", () -> sockets.server.read(ByteBuffer.allocate(8)));
    }

    @ParameterizedTest
    @EnumSource
    void closingWithBytesUnreadResets(final Sockets.Kind kind) throws IOException
    {
        connect(kind);
        sockets.server.write(ByteBuffer.allocate(3));
        sockets.pass(5);
        sockets.client.close();
        sockets.pass(5);
        assertFails("Connection reset", () -> sockets.server.read(ByteBuffer.allocate(8)));
    }

    @ParameterizedTest
    @EnumSource
    void bytesForAClosedSocketAreAnsweredByAReset(final Sockets.Kind kind) throws IOException
    {
        connect(kind);
        sockets.client.close();
        sockets.awaitRead(sockets.server, -1);
        assertEquals(1, sockets.server.write(ByteBuffer.allocate(1)));
        sockets.pass(5);
        assertFails("Broken pipe", () -> sockets.server.write(ByteBuffer.allocate(1)));
        assertEquals(-1, sockets.server.read(ByteBuffer.allocate(8)));
    }

    @ParameterizedTest
    @EnumSource
    void writerIsCutOffByAPeerThatDoesNotReadAndGoesOnWhenItDoes(final Sockets.Kind kind) throws IOException
    {
        connect(kind);
        final SelectionKey key = sockets.register(sockets.server, OP_WRITE);
        assertEquals(OP_WRITE, sockets.readyOps(key));
        final ByteBuffer bytes = ByteBuffer.allocate(64 << 20);
        for (int i = 0; i < 50; i++)
        {
            sockets.server.write(bytes);
            sockets.pass(1);
        }
        assertTrue(bytes.hasRemaining());
        assertEquals(0, sockets.server.write(bytes));
        assertEquals(0, sockets.readyOps(key));

        final ByteBuffer read = ByteBuffer.allocate(64 << 20);
        sockets.await(() ->
        {
            sockets.client.read(read);
            return OP_WRITE == sockets.readyOps(key);
        });
        assertNotEquals(0, sockets.server.write(bytes));
    }

    @ParameterizedTest
    @EnumSource
    void connectionIsRefusedWhereNobodyListens(final Sockets.Kind kind) throws IOException
    {
        connect(kind);
        final InetSocketAddress address = (InetSocketAddress)sockets.listener.getLocalAddress();
        sockets.listener.close();
        final SocketChannel channel = sockets.open();
        final SelectionKey key = sockets.register(channel, OP_CONNECT);
        assertFalse(channel.connect(address));
        sockets.await(() -> OP_CONNECT == sockets.readyOps(key));
        assertEquals("Connection refused", assertThrows(ConnectException.class, channel::finishConnect).getMessage());
        assertFalse(channel.isOpen());
    }

    @ParameterizedTest
    @EnumSource
    void listenerIsReadyWhileAConnectionWaits(final Sockets.Kind kind) throws IOException
    {
        connect(kind);
        final SelectionKey key = sockets.register(sockets.listener, OP_ACCEPT);
        assertEquals(0, sockets.readyOps(key));
        assertNull(sockets.listener.accept());
        final SocketChannel channel = sockets.open();
        channel.connect(sockets.listener.getLocalAddress());
        sockets.await(() -> OP_ACCEPT == sockets.readyOps(key));
        key.interestOps(0);
        assertEquals(0, sockets.readyOps(key));
        key.interestOps(OP_ACCEPT);
        assertEquals(OP_ACCEPT, sockets.readyOps(key));
        sockets.keep(sockets.listener.accept());
        assertEquals(0, sockets.readyOps(key));
    }

    @ParameterizedTest
    @EnumSource
    void connectionThatWasResetIsStillAccepted(final Sockets.Kind kind) throws IOException
    {
        connect(kind);
        final SocketChannel channel = sockets.open();
        channel.connect(sockets.listener.getLocalAddress());
        sockets.await(channel::finishConnect);
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
        sockets.pass(5);
        final SocketChannel accepted = sockets.keep(sockets.listener.accept());
        accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
        assertNotEquals(null, accepted.getRemoteAddress());
        assertFails("Connection reset", () -> accepted.read(ByteBuffer.allocate(8)));
    }

    @ParameterizedTest
    @EnumSource
    void closedChannelResetsOnlyWithTheNextSelect(final Sockets.Kind kind) throws IOException
    {
        connect(kind);
        final SelectionKey key = sockets.register(sockets.client, OP_READ);
        sockets.client.setOption(StandardSocketOptions.SO_LINGER, 0);
        sockets.client.close();
        assertFalse(key.isValid());
        sockets.pass(5);
        assertEquals(0, sockets.server.read(ByteBuffer.allocate(8)));
        sockets.selector.selectNow(SocketContractTest::ignore);
        sockets.pass(5);
        assertFails("Connection reset", () -> sockets.server.read(ByteBuffer.allocate(8)));
    }

    @ParameterizedTest
    @EnumSource
    void keyCancelledByTheOneBeforeIsStillTold(final Sockets.Kind kind) throws IOException
    {
        connect(kind);
        final SelectionKey[] keys = {sockets.register(sockets.client, OP_WRITE),
            sockets.register(sockets.server, OP_WRITE)};
        final int[] told = new int[1];
        sockets.selector.selectNow(key ->
        {
            ++told[0];
            keys[0].cancel();
            keys[1].cancel();
        });
        assertEquals(2, told[0]);
        assertEquals(0, sockets.selector.selectNow(key -> ++told[0]));
    }

    @ParameterizedTest
    @EnumSource
    void wakeupEndsTheNextSelectOnly(final Sockets.Kind kind) throws IOException
    {
        connect(kind);
        sockets.selector.wakeup();
        assertEquals(0, sockets.selector.select(SocketContractTest::ignore, 60_000));
        assertEquals(0, sockets.selector.select(SocketContractTest::ignore, 1));
    }

    @ParameterizedTest
    @EnumSource
    void optionsAreReadBackAndInherited(final Sockets.Kind kind) throws IOException
    {
        connect(kind);
        sockets.server.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        assertTrue(sockets.server.getOption(StandardSocketOptions.SO_KEEPALIVE));
        sockets.server.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 7);
        assertEquals(7, sockets.server.getOption(ExtendedSocketOptions.TCP_KEEPIDLE));
        sockets.listener.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 3);
        final SocketChannel channel = sockets.open();
        channel.connect(sockets.listener.getLocalAddress());
        sockets.await(channel::finishConnect);
        final SocketChannel accepted = sockets.keep(sockets.listener.accept());
        assertEquals(3, accepted.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT));
        assertEquals(channel.getLocalAddress(), accepted.getRemoteAddress());
    }

    static void ignore(final SelectionKey key)
    {
        // Nothing to be done: only time is to pass, or keys are to be flushed.
    }

    private void connect(final Sockets.Kind kind) throws IOException
    {
        sockets = new Sockets(kind);
        sockets.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        sockets.connect();
    }

    private void assertArrives(final int count) throws IOException
    {
        sockets.awaitRead(sockets.server, count);
    }

    private static void assertFails(final String message, final Executable executable)
    {
        assertEquals(message, assertThrows(IOException.class, executable).getMessage());
    }
}
