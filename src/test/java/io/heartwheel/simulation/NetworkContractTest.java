package io.heartwheel.simulation;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The simulated network and the kernel both behave as the reactor relies on when much happens at once.
 */
class NetworkContractTest
{
    private static final int MAX_EVENTS = 1_024;
    private static final int BACKLOG = 16;

    private Sockets sockets;

    @AfterEach
    void closeAll() throws IOException
    {
        sockets.close();
    }

    @ParameterizedTest
    @EnumSource
    void moreThanOneSelectCanTellOfAllGetTheirTurn(final Sockets.Kind kind) throws IOException
    {
        listen(kind);
        final int pairs = MAX_EVENTS / 2 + 40;
        for (int i = 0; i < pairs; i++)
        {
            sockets.connect();
            sockets.register(sockets.client, OP_WRITE);
            sockets.register(sockets.server, OP_WRITE);
        }
        final Set<SelectionKey> told = new HashSet<>();
        assertEquals(MAX_EVENTS, sockets.selector.selectNow(told::add));
        assertEquals(MAX_EVENTS, told.size());
        assertEquals(MAX_EVENTS, sockets.selector.selectNow(told::add));
        assertEquals(2 * pairs, told.size());
    }

    @ParameterizedTest
    @EnumSource
    void whatStaysReadyQueuesUpAgain(final Sockets.Kind kind) throws IOException
    {
        listen(kind);
        final List<SelectionKey> keys = new ArrayList<>();
        for (int i = 0; i < 5; i++)
        {
            sockets.connect();
            keys.add(sockets.register(sockets.server, OP_READ));
            sockets.selector.selectNow(SocketContractTest::ignore);
            sockets.client.write(ByteBuffer.allocate(2));
            sockets.pass(2);
        }
        final List<SelectionKey> told = new ArrayList<>();
        sockets.selector.selectNow(told::add);
        sockets.selector.selectNow(told::add);
        keys.addAll(List.copyOf(keys));
        assertEquals(keys, told);
    }

    @ParameterizedTest
    @EnumSource
    void keyThatIsNoLongerInterestedIsToldAgainOnceItIs(final Sockets.Kind kind) throws IOException
    {
        listen(kind);
        sockets.connect();
        final SelectionKey key = sockets.register(sockets.server, OP_READ);
        sockets.client.write(ByteBuffer.allocate(3));
        sockets.await(() -> OP_READ == sockets.readyOps(key));
        key.interestOps(0);
        assertEquals(0, sockets.readyOps(key));
        key.interestOps(OP_READ | OP_WRITE);
        assertEquals(OP_READ | OP_WRITE, sockets.readyOps(key));
    }

    @ParameterizedTest
    @EnumSource
    void channelWithTwoSelectorsIsToldByBoth(final Sockets.Kind kind) throws IOException
    {
        listen(kind);
        sockets.connect();
        final SelectionKey key = sockets.register(sockets.server, OP_READ);
        final SelectionKey other = sockets.server.register(sockets.nobody, OP_READ);
        sockets.client.write(ByteBuffer.allocate(3));
        sockets.await(() -> OP_READ == sockets.readyOps(key));
        assertEquals(1, sockets.nobody.selectNow(SocketContractTest::ignore));
        other.cancel();
        assertEquals(0, sockets.nobody.selectNow(SocketContractTest::ignore));
        assertEquals(OP_READ, sockets.readyOps(key));
    }

    @ParameterizedTest
    @EnumSource
    void cancelledChannelCanBeRegisteredAgainAfterTheNextSelect(final Sockets.Kind kind) throws IOException
    {
        listen(kind);
        sockets.connect();
        final SelectionKey key = sockets.register(sockets.server, OP_WRITE);
        assertEquals(OP_WRITE, sockets.readyOps(key));
        key.cancel();
        assertTrue(sockets.selector.keys().contains(key));
        sockets.selector.selectNow(SocketContractTest::ignore);
        assertFalse(sockets.selector.keys().contains(key));
        assertNull(sockets.server.keyFor(sockets.selector));
        assertEquals(OP_WRITE, sockets.readyOps(sockets.register(sockets.server, OP_WRITE)));
    }

    @ParameterizedTest
    @EnumSource
    void wakeupBeforeASelectDoesNotHideWhatIsReady(final Sockets.Kind kind) throws IOException
    {
        listen(kind);
        sockets.connect();
        sockets.register(sockets.server, OP_WRITE);
        sockets.selector.wakeup();
        assertEquals(1, sockets.selector.select(SocketContractTest::ignore, 60_000));
    }

    @ParameterizedTest
    @EnumSource
    void littleRoomDoesNotMakeASocketWritable(final Sockets.Kind kind) throws IOException
    {
        listen(kind);
        sockets.connect();
        final SelectionKey key = sockets.register(sockets.server, OP_WRITE);
        final ByteBuffer bytes = ByteBuffer.allocate(64 << 20);
        for (int i = 0; i < 50; i++)
        {
            sockets.server.write(bytes);
            sockets.pass(1);
        }
        assertEquals(0, sockets.readyOps(key));
        final ByteBuffer read = ByteBuffer.allocate(4 << 10);
        sockets.awaitRead(sockets.client, 4 << 10);
        sockets.pass(5);
        assertEquals(0, sockets.readyOps(key));
        sockets.await(() -> sockets.client.read(read.clear()) >= 0 && OP_WRITE == sockets.readyOps(key));
        assertNotEquals(0, sockets.server.write(bytes));
    }

    @ParameterizedTest
    @EnumSource
    void bytesInFrontOfAFinAreReadAfterTheSenderIsClosed(final Sockets.Kind kind) throws IOException
    {
        listen(kind);
        sockets.connect();
        sockets.client.write(ByteBuffer.allocate(5_000));
        sockets.client.close();
        sockets.pass(5);
        sockets.awaitRead(sockets.server, 5_000);
        assertEquals(-1, sockets.server.read(ByteBuffer.allocate(8)));
    }

    @ParameterizedTest
    @EnumSource
    void nobodyAnswersWhenTooManyWaitToBeAccepted(final Sockets.Kind kind) throws IOException
    {
        listen(kind);
        final List<SocketChannel> clients = new ArrayList<>();
        for (int i = 0; i < BACKLOG + 1; i++)
        {
            final SocketChannel client = sockets.open();
            client.connect(sockets.listener.getLocalAddress());
            sockets.await(client::finishConnect);
            clients.add(client);
        }
        final SocketChannel late = sockets.open();
        late.connect(sockets.listener.getLocalAddress());
        sockets.pass(50);
        assertFalse(late.finishConnect());
        sockets.keep(sockets.listener.accept());
        sockets.pass(50);
        assertFalse(late.finishConnect());
        sockets.await(late::finishConnect);
        assertTrue(late.isConnected());
    }

    @ParameterizedTest
    @EnumSource
    void connectionsThatWaitAreResetWhenTheListenerCloses(final Sockets.Kind kind) throws IOException
    {
        listen(kind);
        final SocketChannel client = sockets.open();
        client.connect(sockets.listener.getLocalAddress());
        sockets.await(client::finishConnect);
        sockets.pass(5);
        sockets.listener.close();
        sockets.pass(5);
        assertThrows(IOException.class, () -> client.read(ByteBuffer.allocate(8)));
        final SocketChannel other = sockets.open();
        assertThrows(ConnectException.class, () ->
        {
            other.connect(sockets.listenerAddress);
            sockets.await(other::finishConnect);
        });
    }

    @ParameterizedTest
    @EnumSource
    void acceptedConnectionIsReadyAtOnceIfItWasReset(final Sockets.Kind kind) throws IOException
    {
        listen(kind);
        sockets.connect();
        sockets.resetClient();
        sockets.pass(5);
        final SelectionKey key = sockets.register(sockets.server, OP_READ);
        assertEquals(OP_READ, sockets.readyOps(key));
        assertThrows(IOException.class, () -> sockets.server.read(ByteBuffer.allocate(8)));
    }

    private void listen(final Sockets.Kind kind) throws IOException
    {
        sockets = new Sockets(kind);
        sockets.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    }
}
