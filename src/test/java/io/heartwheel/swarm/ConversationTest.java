package io.heartwheel.swarm;

import io.heartwheel.swarm.SwarmPlan.Fate;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;
import io.heartwheel.wire.Identity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

@Timeout(30)
class ConversationTest
{
    private final Conversation conversation = new FrameConversation();
    private final SwarmClient client = new SwarmClient(Fate.LIVE);
    private Selector selector;
    private SocketChannel peer;

    @BeforeEach
    void connect() throws IOException
    {
        selector = Selector.open();
        try (ServerSocketChannel listener = ServerSocketChannel.open())
        {
            listener.setOption(StandardSocketOptions.SO_RCVBUF, 4_096);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            client.channel = SocketChannel.open();
            client.channel.setOption(StandardSocketOptions.SO_SNDBUF, 4_096);
            client.channel.connect(listener.getLocalAddress());
            peer = listener.accept();
        }
        client.channel.configureBlocking(false);
        client.key = client.channel.register(selector, SelectionKey.OP_READ, client);
        conversation.onConnected(client);
    }

    @AfterEach
    void close() throws IOException
    {
        client.channel.close();
        peer.close();
        selector.close();
    }

    private void poll() throws IOException
    {
        selector.select(key -> conversation.onReady(client, key, 7, 7), 1_000);
    }

    @Test
    void shouldSayWhoItIsOnceToAServerThatAsks() throws IOException
    {
        client.identity = "u7";
        final ByteBuffer hello = ByteBuffer.allocate(Frame.HEADER_LENGTH + Hello.LENGTH);
        new Hello(4, 15_000, 5_000).putFrame(hello);
        peer.write(hello.flip());
        poll();
        assertEquals("u7", client.identity, "it was not asked");

        for (int i = 0; i < 2; i++)
        {
            new Hello(Hello.VERSION, Hello.IDENTITY, 4, 15_000, 5_000).putFrame(hello.clear());
            peer.write(hello.flip());
            poll();
        }
        final ByteBuffer in = ByteBuffer.allocate(100);
        peer.read(in);
        final byte[] payload = Identity.helloPayload("u7");
        assertEquals(Frame.HEADER_LENGTH + payload.length, in.position());
        assertEquals(ByteBuffer.wrap(payload), in.flip().position(Frame.HEADER_LENGTH));
    }

    @Test
    void shouldAnswerEachPingOfOneReadWithItsToken() throws IOException
    {
        final int pings = 200; // More than one write takes.
        final ByteBuffer out = ByteBuffer.allocate(pings * Frame.HEADER_LENGTH);
        for (int i = 0; i < pings; i++)
        {
            Frame.putHeader(out, Frame.PING, i, 0);
        }
        peer.write(out.flip());

        final ByteBuffer in = ByteBuffer.allocate(pings * Frame.HEADER_LENGTH);
        while (in.hasRemaining())
        {
            poll();
            peer.configureBlocking(false);
            peer.read(in);
        }

        in.flip();
        for (int i = 0; i < pings; i++)
        {
            assertEquals(Frame.PONG << 24 | (i & 0xFF) << 16, in.getInt());
        }
        assertEquals(pings, conversation.traffic().pingsHeard());
        assertEquals(pings, conversation.traffic().pongsSent());
        assertEquals(7, client.timeOfLastWriteNs);
    }

    @Test
    void shouldDropWhatTheKernelHasNoRoomForAndKeepFramesWhole() throws IOException
    {
        int pings = 0;
        while (conversation.traffic().framesDropped() < 100)
        {
            final long sentBefore = conversation.traffic().pingsSent();
            final long lastWriteBefore = client.timeOfLastWriteNs;
            conversation.ping(client, ++pings);
            assertEquals(conversation.traffic().pingsSent() > sentBefore ? pings : lastWriteBefore,
                client.timeOfLastWriteNs);
        }
        final long sent = conversation.traffic().pingsSent();
        assertEquals(pings - 100, sent);

        final ByteBuffer in = ByteBuffer.allocate((int)sent * Frame.HEADER_LENGTH);
        peer.configureBlocking(false);
        while (in.hasRemaining())
        {
            if (null != client.unsent)
            {
                poll();
            }
            peer.read(in);
        }

        in.flip();
        for (int i = 1; i <= sent; i++)
        {
            assertEquals(Frame.PING << 24 | (i & 0xFF) << 16, in.getInt());
        }
    }

    @Test
    void shouldWriteTheRestOfHalfWrittenFrame() throws IOException
    {
        client.unsent = ByteBuffer.wrap(new byte[]{1, 2, 3});
        client.key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        conversation.ping(client, 1);
        assertEquals(1, conversation.traffic().framesDropped());

        poll();

        assertNull(client.unsent);
        assertEquals(SelectionKey.OP_READ, client.key.interestOps());
        conversation.ping(client, 2);
        final ByteBuffer in = ByteBuffer.allocate(7);
        while (in.hasRemaining())
        {
            peer.read(in);
        }
        assertEquals("[1, 2, 3, 1, 1, 0, 0]", Arrays.toString(in.array()));
    }

    @Test
    void shouldNotAnswerOnceSilent() throws IOException
    {
        client.hasDied = true;
        final ByteBuffer out = ByteBuffer.allocate(Frame.HEADER_LENGTH);
        Frame.putHeader(out, Frame.PING, 1, 0);
        peer.write(out.flip());
        poll();

        assertEquals(1, conversation.traffic().pingsHeard());
        assertEquals(0, conversation.traffic().pongsSent());
        peer.configureBlocking(false);
        assertEquals(0, peer.read(ByteBuffer.allocate(1)));
    }
}
