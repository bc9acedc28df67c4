package io.heartwheel.simulation;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Events that never happen on loopback: cuts, losses, late answers, and a lack of descriptors.
 */
class StreamTest
{
    private static final long MS = 1_000_000;
    private static final long LATENCY_NS = 10 * MS;

    private final VirtualTime time = new VirtualTime(0);
    private final SimulatedNetwork network = new SimulatedNetwork(time, 1);
    private ServerSocketChannel listener;
    private SimulatedSocketChannel client;
    private SimulatedSocketChannel server;

    @BeforeEach
    void connect() throws IOException
    {
        listener = network.openServerSocketChannel();
        listener.configureBlocking(false);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        client = open();
        client.connect(listener.getLocalAddress());
        time.advance(100 * MS);
        assertTrue(client.finishConnect());
        server = (SimulatedSocketChannel)listener.accept();
    }

    @Test
    void bytesAreHeldUntilTheirAcknowledgementIsBack() throws IOException
    {
        client.write(ByteBuffer.allocate(1));
        time.advance(LATENCY_NS);
        assertEquals(1, server.in().received.length());
        assertEquals(1, client.out().unacknowledgedLength());
        assertEquals(0, client.out().underwayLength());
        time.advance(LATENCY_NS);
        assertEquals(0, client.out().unacknowledgedLength());
    }

    @Test
    void lostAcknowledgementsKeepTheBufferFullAndNothingArrivesTwice() throws IOException
    {
        client.in().cut();
        client.write(ByteBuffer.wrap(new byte[]{1}));
        time.advance(100 * MS);
        client.write(ByteBuffer.wrap(new byte[]{2}));
        time.advance(1_000 * MS);
        client.write(ByteBuffer.wrap(new byte[]{3}));
        time.advance(60_000 * MS);
        assertEquals(ByteBuffer.wrap(new byte[]{1, 2}), read());
        assertEquals(3, client.out().unacknowledgedLength());
        final long arrivedNs = client.out().lastArrivedNs();

        client.in().restore();
        time.advance(200_000 * MS);
        assertEquals(ByteBuffer.wrap(new byte[]{3}), read());
        assertEquals(0, client.out().unacknowledgedLength());
        assertTrue(client.out().lastArrivedNs() > arrivedNs);
    }

    @Test
    void bytesLostInACutAreSentAgainWhenTheBackedOffTimeComes() throws IOException
    {
        final long sentNs = time.elapsedNs();
        client.out().cut();
        client.write(ByteBuffer.allocate(1));
        time.advance(1_000 * MS);
        client.out().restore();
        // 200 ms and a round trip of 20 ms, doubled twice: sent after 220, 660 and 1,540 ms.
        time.advance(539 * MS);
        assertEquals(0, read().remaining());
        time.advance(100 * MS);
        assertEquals(1, read().remaining());
        assertEquals(sentNs + 1_540 * MS + LATENCY_NS, client.out().lastArrivedNs());
    }

    @Test
    void timeoutsDoubleUpToTwoMinutes()
    {
        final List<Long> triesMs = new ArrayList<>();
        for (long ns = 0; ns < 600_000 * MS; ns += Retransmission.delayNs(ns, 200 * MS))
        {
            triesMs.add(ns / MS);
        }
        assertEquals(List.of(0L, 200L, 600L, 1_400L, 3_000L, 6_200L, 12_600L, 25_400L, 51_000L, 102_200L, 204_600L,
            324_600L, 444_600L, 564_600L), triesMs);
    }

    @Test
    void endThatWasLostIsSentAgain() throws IOException
    {
        client.write(ByteBuffer.allocate(3));
        client.shutdownOutput();
        client.out().cut();
        time.advance(5_000 * MS);
        assertEquals(0, server.read(ByteBuffer.allocate(8)));
        client.out().restore();
        time.advance(10_000 * MS);
        assertEquals(3, read().remaining());
        assertEquals(-1, server.read(ByteBuffer.allocate(8)));
    }

    @Test
    void bytesWaitInTheSendersBufferForAPathThatIsSlow() throws IOException
    {
        client.out().sendCapacity(1 << 20);
        client.out().rate(10_000);
        final long writtenNs = time.elapsedNs();
        client.write(ByteBuffer.allocate(50_000));
        client.write(ByteBuffer.wrap(new byte[]{1}));
        time.advance(2_500 * MS);
        final int passed = read().remaining();
        assertTrue(passed >= 23_000 && passed <= 25_000, passed + " bytes passed");
        assertTrue(client.out().unacknowledgedLength() >= 25_000);
        time.advance(2_600 * MS);
        assertEquals(50_001 - passed, read().remaining());
        assertEquals(5_000 * MS + LATENCY_NS + 100_000, client.out().lastArrivedNs() - writtenNs);
    }

    @Test
    void senderMayAskForASmallerBuffer() throws IOException
    {
        client.out().sendCapacity(1 << 20);
        client.setOption(StandardSocketOptions.SO_SNDBUF, 10_000);
        assertEquals(10_000, client.write(ByteBuffer.allocate(50_000)));
        client.setOption(StandardSocketOptions.SO_SNDBUF, 20_000);
        assertEquals(0, client.write(ByteBuffer.allocate(50_000)));
    }

    @Test
    void writerGoesOnAfterAFullBufferWasCutOffAndRestored() throws IOException
    {
        client.in().cut();
        final byte[] sent = new byte[300_000];
        new SplittableRandom(1).nextBytes(sent);
        final ByteBuffer left = ByteBuffer.wrap(sent);
        client.observer(() -> assertTrue(write(left) >= 0));
        write(left);
        time.advance(5_000 * MS);
        assertEquals(64 << 10, client.out().unacknowledgedLength());
        client.in().restore();
        final ByteBuffer heard = ByteBuffer.allocate(sent.length);
        for (int i = 0; i < 1_000 && heard.hasRemaining(); i++)
        {
            time.advance(100 * MS);
            server.read(heard);
        }
        assertEquals(ByteBuffer.wrap(sent), heard.flip());
    }

    @Test
    void connectionStaysInTheBacklogWhileThereAreNoDescriptors() throws IOException
    {
        final SimulatedSocketChannel late = open();
        late.connect(listener.getLocalAddress());
        final Selector selector = network.openSelector();
        final SelectionKey key = listener.register(selector, SelectionKey.OP_ACCEPT);
        time.advance(100 * MS);
        network.descriptorLimit(network.openSockets());
        assertEquals("Too many open files", assertThrows(IOException.class, listener::accept).getMessage());
        assertThrows(IOException.class, network::openSocketChannel);
        for (int i = 0; i < 2; i++)
        {
            assertEquals(1, selector.selectNow(ready -> assertEquals(key, ready)));
        }
        network.descriptorLimit(Integer.MAX_VALUE);
        assertNotNull(listener.accept());
        assertEquals(0, selector.selectNow(SocketContractTest::ignore));
    }

    @Test
    void requestThatNobodyAnswersTimesOutAfter127Seconds() throws IOException
    {
        network.silent(((InetSocketAddress)listener.getLocalAddress()).getPort());
        final SimulatedSocketChannel late = open();
        late.connect(listener.getLocalAddress());
        time.advance(126_999 * MS);
        assertFalse(late.finishConnect());
        time.advance(MS);
        assertEquals("Connection timed out", assertThrows(ConnectException.class, late::finishConnect).getMessage());
    }

    @Test
    void requestIsAnsweredOnlyAfterTheCut() throws IOException
    {
        final SimulatedSocketChannel late = open();
        late.in().cut();
        late.connect(listener.getLocalAddress());
        time.advance(2_000 * MS);
        late.in().restore();
        time.advance(900 * MS);
        assertFalse(late.finishConnect());
        time.advance(200 * MS);
        assertTrue(late.finishConnect());
        assertNotNull(listener.accept());
    }

    @Test
    void clientThatGaveUpIsNeverAccepted() throws IOException
    {
        final SimulatedSocketChannel late = open();
        late.connect(listener.getLocalAddress());
        time.advance(LATENCY_NS);
        late.close();
        time.advance(100_000 * MS);
        assertEquals(null, listener.accept());
    }

    private SimulatedSocketChannel open() throws IOException
    {
        final SimulatedSocketChannel channel = network.openPeer();
        channel.configureBlocking(false);
        channel.in().latency(LATENCY_NS, LATENCY_NS);
        channel.out().latency(LATENCY_NS, LATENCY_NS);
        return channel;
    }

    private int write(final ByteBuffer left)
    {
        try
        {
            return client.write(left);
        }
        catch (final IOException ex)
        {
            throw new AssertionError(ex);
        }
    }

    private ByteBuffer read() throws IOException
    {
        final ByteBuffer buffer = ByteBuffer.allocate(100_000);
        server.read(buffer);
        return buffer.flip();
    }
}
