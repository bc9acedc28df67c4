package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.SendResult;
import io.heartwheel.ServerContext;
import io.heartwheel.config.ConfigurationException;
import io.heartwheel.config.Knob;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestKeyStores;
import io.heartwheel.support.TestPeer;
import io.heartwheel.tls.TlsSettings;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The bytes held for all peers together are bounded: beyond the limit the peer that holds most is closed.
 */
@Timeout(30)
class HeldTest
{
    private static final int MAX = 256 * 1024;
    private static final int MESSAGE = 60_000;

    private final RecordingListener listener = new RecordingListener();
    private final List<TestPeer> peers = new ArrayList<>();
    private InvokedServer server;

    @AfterEach
    void after() throws IOException
    {
        for (final TestPeer peer : peers)
        {
            peer.close();
        }
        server.close();
        assertEquals(0, server.server.metrics().count(Counter.HELD_BYTES));
        assertEquals(listener.opened().size(), listener.closed().size());
        assertEquals(List.of(), server.errors);
    }

    private ServerContext context()
    {
        return new ServerContext().listener(listener).cadence(Cadence.OFF).lingerNs(0)
            .maxMessageLength(MESSAGE).maxOutboundLength(1 << 20).maxHeldBytes(MAX);
    }

    private long held()
    {
        return server.server.metrics().count(Counter.HELD_BYTES);
    }

    private TestPeer connect() throws IOException
    {
        final TestPeer peer = server.connect();
        peers.add(peer);
        final int count = peers.size();
        server.awaitTrue(() -> count == listener.opened().size());
        return peer;
    }

    /** A frame that promises so much, and of which so much comes. */
    private void sendHalf(final int type, final int length) throws IOException
    {
        final ByteBuffer half = ByteBuffer.allocate(Frame.HEADER_LENGTH + length);
        Frame.putHeader(half, type, 0, MESSAGE);
        final TestPeer peer = connect();
        peer.sendRaw(half.array());
    }

    private void awaitHeld(final long least)
    {
        server.awaitTrue(() -> held() >= least);
    }

    @Test
    void shouldCloseWhoHoldsMostByHalfFramesAndNobodyElse() throws IOException
    {
        server = new InvokedServer(context());
        sendHalf(Frame.DATA, 10_000);
        awaitHeld(10_000);
        sendHalf(Frame.DATA, 59_000);
        awaitHeld(69_000);
        for (int i = 1; i <= 3; i++)
        {
            sendHalf(Frame.DATA, 50_000);
            awaitHeld(69_000 + 50_000 * i);
        }
        assertEquals(List.of(), listener.closed());
        sendHalf(Frame.DATA, 50_000);
        server.awaitTrue(() -> 1 == listener.closed().size());

        final RecordingListener.Closed closed = listener.closed().get(0);
        assertEquals(CloseReason.FLOODING, closed.reason());
        assertEquals(peers.get(1).localPort(), closed.connection().remoteAddress().getPort());
        assertTrue(closed.detail().matches("\\d+ bytes of what is not whole, the most of \\d+ held for all peers, " +
            "at most 262144 allowed"), closed.detail());
        assertTrue(held() <= MAX, held() + " held");
    }

    @Test
    void shouldHoldNoMoreOfAByeThanIsReadOfIt() throws IOException
    {
        server = new InvokedServer(context());
        final ByteBuffer half = ByteBuffer.allocate(1 << 10);
        Frame.putHeader(half, Frame.BYE, 0, Frame.MAX_PAYLOAD_LENGTH);
        final TestPeer peer = connect();
        peer.sendRaw(Arrays.copyOf(half.array(), 200));
        awaitHeld(200);
        assertTrue(held() <= Frame.HEADER_LENGTH + 1 + Frame.MAX_BYE_TEXT_LENGTH, held() + " held");
        peer.sendRaw(new byte[100]);
        server.awaitTrue(() -> 1 == listener.closed().size());
        assertEquals(List.of(CloseReason.PEER_LEFT), listener.reasons());
    }

    @Test
    void shouldCountWhatIsUnsentAndCloseWhoTakesLeast() throws IOException
    {
        server = new InvokedServer(context());
        sendHalf(Frame.DATA, 10_000);
        awaitHeld(10_000);
        connect();
        final Connection slow = listener.opened().get(1);
        final ByteBuffer message = ByteBuffer.allocate(MESSAGE);
        for (int i = 0; i < 1_000 && slow.isOpen(); i++)
        {
            slow.send(message);
        }
        server.awaitTrue(() -> 1 == listener.closed().size());
        assertEquals(List.of(CloseReason.WRITE_STALLED), listener.reasons());
        assertEquals(slow, listener.closed().get(0).connection());
        assertTrue(held() < MESSAGE, held() + " held");
    }

    @Test
    void shouldBackPressureSendsOfOtherThreadsBeyondIt() throws Exception
    {
        server = new InvokedServer(context());
        connect();
        final Connection connection = listener.opened().get(0);
        final List<SendResult> results = new ArrayList<>();
        final Thread sender = new Thread(() ->
        {
            for (int i = 0; i < 6; i++)
            {
                results.add(connection.send(ByteBuffer.allocate(MESSAGE)));
            }
        });
        sender.start();
        sender.join();
        final int accepted = MAX / MESSAGE;
        assertEquals(accepted, results.stream().filter(SendResult.ACCEPTED::equals).count());
        assertEquals(6 - accepted, results.stream().filter(SendResult.BACK_PRESSURED::equals).count());
        for (int i = 0; i < accepted; i++)
        {
            server.doWork();
            assertEquals(MESSAGE, peers.get(0).read(Frame.DATA).payload().length);
        }
        assertEquals(List.of(), listener.closed());
    }

    @Test
    void shouldCountWhatWaitsBehindACredential() throws IOException
    {
        server = new InvokedServer(context().credentialCheck((request, credential) -> {}));
        final int length = 50_000;
        final ByteBuffer frames = ByteBuffer.allocate(2 * Frame.HEADER_LENGTH + 1 + length);
        Frame.putHeader(frames, Frame.DATA, 0, 1);
        Frame.putHeader(frames.put((byte)'c'), Frame.DATA, 0, length);
        for (int i = 1; i <= MAX / length; i++)
        {
            peers.add(server.connect().sendRaw(frames.array()));
            awaitHeld(length * i);
        }
        peers.add(server.connect().sendRaw(frames.array()));
        server.awaitTrue(() -> 1 == server.server.metrics().closedCount(CloseReason.FLOODING.ordinal()));
        assertTrue(held() <= MAX, held() + " held");
    }

    /** A record header that promises 16 KB, and most of what it promises, of a peer that is not let in yet. */
    @Test
    void shouldCountHalvesOfTlsRecords() throws IOException
    {
        server = new InvokedServer(context().tls(
            new TlsSettings(TestKeyStores.keyStore("server"), TestKeyStores.PASSWORD)));
        final byte[] half = new byte[10_000];
        ByteBuffer.wrap(half).put((byte)22).putShort((short)0x0301).putShort((short)0x4000);
        final int most = MAX / half.length;
        for (int i = 1; i <= most; i++)
        {
            peers.add(server.connect().sendRaw(half));
            awaitHeld((long)half.length * i);
        }
        peers.add(server.connect().sendRaw(half));
        server.awaitTrue(() -> 1 == server.server.metrics().closedCount(CloseReason.FLOODING.ordinal()));
        assertTrue(held() <= MAX, held() + " held");
    }

    @Test
    void shouldKeepNothingOfAConnectionThatHasClosedWhateverTimeItHadToLeave() throws IOException
    {
        server = new InvokedServer(context().lingerNs(TimeUnit.MINUTES.toNanos(1)));
        final TestPeer peer = connect();
        listener.opened().get(0).close();
        assertEquals(CloseReason.LOCAL_CLOSE.code(), peer.read(Frame.BYE).byeReason());
        peer.close();
        server.awaitTrue(() -> 1 == listener.closed().size());
        final Reactor reactor = Insides.reactor(server.server);
        final long noneNs = Long.MIN_VALUE;
        assertEquals(noneNs, reactor.curfew.nextDeadlineNs(noneNs));
        assertEquals(noneNs, reactor.drain.nextDeadlineNs(noneNs));
    }

    @Test
    void shouldTakeBytesOrAPartOfTheHeap()
    {
        server = new InvokedServer(context());
        final long heap = Runtime.getRuntime().maxMemory();
        assertEquals(heap / 100 * 25, maxHeldBytes(Knob.HELD_MAX.defaultValue()));
        assertEquals(heap / 100 * 99, maxHeldBytes("99%"));
        assertEquals(64L << 20, maxHeldBytes("64m"));
        assertEquals(5L << 30, maxHeldBytes("5g"));
        assertEquals(MAX, maxHeldBytes("256k"));
        for (final String wrong : List.of("255k", "0%", "100%", "-1", "25 %", "lots", ""))
        {
            assertThrows(ConfigurationException.class, () -> maxHeldBytes(wrong), wrong);
        }
        assertThrows(ConfigurationException.class, () -> context().maxHeldBytes(MAX - 1));
    }

    private static long maxHeldBytes(final String text)
    {
        System.setProperty(Knob.HELD_MAX.propertyName(), text);
        try
        {
            return new ServerContext().maxHeldBytes();
        }
        finally
        {
            System.clearProperty(Knob.HELD_MAX.propertyName());
        }
    }
}
