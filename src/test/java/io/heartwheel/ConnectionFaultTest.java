package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.reactor.Insides;
import io.heartwheel.support.InvokedClient;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingLinkListener;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.tls.TlsBuffers;
import io.heartwheel.tls.TlsChannel;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;

/**
 * An exception or error that is thrown while one connection is handled ends that connection only.
 */
@Timeout(20)
class ConnectionFaultTest
{
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int LAST_TOKEN = 99;
    private static final Cadence CADENCE = new Cadence(SECOND_NS, SECOND_NS, 1);

    private final List<TestPeer> peers = new ArrayList<>();
    private Consumer<Connection> onMessage = (connection) -> {};
    private final RecordingListener listener = new RecordingListener()
    {
        @Override
        public void onMessage(final Connection connection, final ByteBuffer payload)
        {
            super.onMessage(connection, payload);
            onMessage.accept(connection);
        }
    };
    private InvokedServer server;

    /** What a fault of ours, of the JVM and of what surrounds it looks like. */
    enum Kind
    {
        OURS(new IllegalStateException("on purpose")),
        MEMORY(new OutOfMemoryError("on purpose")),
        STACK(new StackOverflowError("on purpose")),
        CLASS(new NoClassDefFoundError("on purpose"));

        private final Throwable thrown;

        Kind(final Throwable thrown)
        {
            this.thrown = thrown;
        }
    }

    @AfterEach
    void after() throws IOException
    {
        for (final TestPeer peer : peers)
        {
            peer.close();
        }
    }

    private Connection connect() throws IOException
    {
        if (null == server)
        {
            server = new InvokedServer(new ServerContext().listener(listener).cadence(CADENCE).lingerNs(0));
        }
        peers.add(server.connect());
        final int count = peers.size();
        server.awaitTrue(() -> count == listener.opened().size());
        return listener.opened().get(count - 1);
    }

    /** The connection is as it was, but that whatever is read of it or written to it throws. */
    private static void breakIt(final Connection connection, final Throwable thrown)
    {
        final ByteChannel broken = (ByteChannel)Proxy.newProxyInstance(
            ConnectionFaultTest.class.getClassLoader(), new Class<?>[] {ByteChannel.class}, (self, method, args) ->
            {
                throw thrown;
            });
        try
        {
            final SSLEngine engine = SSLContext.getDefault().createSSLEngine();
            engine.setUseClientMode(true);
            Insides.tls(connection, new TlsChannel(engine, broken, new TlsBuffers()));
        }
        catch (final GeneralSecurityException | IOException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    private void assertEndedAlone(final Connection broken, final Throwable thrown) throws IOException
    {
        server.awaitTrue(() -> !listener.closed().isEmpty());
        assertEquals(List.of(CloseReason.INTERNAL_ERROR), listener.reasons());
        final RecordingListener.Closed closed = listener.closed().get(0);
        assertSame(broken, closed.connection());
        if (null != thrown)
        {
            assertEquals(List.of(thrown), server.errors);
            assertEquals(thrown instanceof VirtualMachineError ? thrown.getClass().getName() : thrown.toString(),
                closed.detail());
        }
        final TestPeer living = peers.get(1);
        final long reads = server.reads();
        living.send(Frame.PING, LAST_TOKEN);
        server.awaitRead(reads);
        int token = 0;
        while (LAST_TOKEN != token)
        {
            token = living.read(Frame.PONG).token();
        }
        assertFalse(server.server.ended().isDone());
        server.close();
        assertEquals(List.of(CloseReason.INTERNAL_ERROR, CloseReason.SHUTDOWN), listener.reasons());
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndAloneWhenReadingThrows(final Kind kind) throws IOException
    {
        final Connection broken = connect();
        connect();
        breakIt(broken, kind.thrown);
        peers.get(0).send(Frame.PING, 1);
        assertEndedAlone(broken, kind.thrown);
    }

    @Test
    void shouldEndAloneWhenAProbeThrows() throws IOException
    {
        final Connection broken = connect();
        connect();
        breakIt(broken, new IllegalStateException("never thrown: the handshake is not done"));
        for (int i = 0; i < 11; i++)
        {
            final long reads = server.reads();
            peers.get(1).send(Frame.PING, i);
            server.awaitRead(reads);
            server.advance(SECOND_NS / 10);
        }
        assertEndedAlone(broken, null);
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndAloneWhenTheLastLookBeforeItsVerdictThrows(final Kind kind) throws IOException
    {
        final Connection broken = connect();
        connect();
        for (int i = 0; i < 19; i++)
        {
            final long reads = server.reads();
            peers.get(1).send(Frame.PING, i);
            server.awaitRead(reads);
            server.advance(SECOND_NS / 10);
        }
        breakIt(broken, kind.thrown);
        peers.get(1).send(Frame.PING, 1);
        server.awaitRead(server.reads());
        server.advance(SECOND_NS / 5);
        assertEndedAlone(broken, kind.thrown);
    }

    @Test
    void shouldEndAloneWhenAnotherConnectionsCallbackSendsToIt() throws IOException
    {
        final Connection broken = connect();
        connect();
        breakIt(broken, new IllegalStateException("never thrown: the handshake is not done"));
        final List<SendResult> results = new ArrayList<>();
        onMessage = (connection) -> results.add(broken.send(ByteBuffer.allocate(1)));
        peers.get(1).send(Frame.DATA, 0, (byte)'x');
        assertEndedAlone(broken, null);
        assertEquals(List.of(SendResult.CLOSED), results);
    }

    @Test
    void shouldEndAloneWhenASendOfAnotherThreadThrows() throws Exception
    {
        final Connection broken = connect();
        connect();
        breakIt(broken, new IllegalStateException("never thrown: the handshake is not done"));
        final Thread sender = new Thread(() -> broken.send(ByteBuffer.allocate(1)));
        sender.start();
        sender.join();
        assertEndedAlone(broken, null);
    }

    @Test
    void shouldEndAloneWhenItsGoodbyeThrows() throws IOException
    {
        final Connection broken = connect();
        connect();
        // Saying it asks for the key, which is not valid any more.
        Insides.cancelKey(broken);
        broken.close();
        server.awaitTrue(() -> !listener.closed().isEmpty());
        assertEquals(List.of(CloseReason.LOCAL_CLOSE), listener.reasons(), "why it left");
        assertEquals(1, server.errors.size());
        server.close();
        assertEquals(2, listener.closed().size());
    }

    @Test
    void shouldMakeALinksConnectionAnewAsAfterAnyLoss() throws IOException
    {
        final RecordingLinkListener links = new RecordingLinkListener();
        try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            InvokedClient client = new InvokedClient(new ClientContext().listener(links).lingerNs(0)
                .minReconnectNs(SECOND_NS)))
        {
            client.client.connect(new InetSocketAddress("127.0.0.1", socket.getLocalPort()));
            client.awaitTrue(() -> 1 == links.opened().size());
            try (TestPeer peer = new TestPeer(socket.accept()))
            {
                breakIt(links.opened().get(0), new NoClassDefFoundError("on purpose"));
                peer.send(Frame.PING, 1);
                client.awaitTrue(() -> 1 == links.closed().size());
            }
            assertEquals(List.of(CloseReason.INTERNAL_ERROR), links.reasons());
            assertEquals(1, links.reconnects().size());
            client.advance(2 * SECOND_NS);
            client.awaitTrue(() -> 2 == links.opened().size());
            assertNotNull(links.opened().get(1));
        }
    }
}
