package io.heartwheel.netty;

import io.heartwheel.netty.Transport.Pair;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.handler.timeout.ReadTimeoutHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The rules are those of {@link PeerSilence}; here is what is the timeout's own. The timeout is 300 ms.
 */
class SteadyReadTimeoutHandlerTest
{
    private static final int TIMEOUT_MS = 300;

    private final Queue<Throwable> causes = new ConcurrentLinkedQueue<>();

    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    void shouldCloseSilentPeerAndNoneWhoseBytesWait(final Transport transport) throws Exception
    {
        final EventLoopGroup group = transport.group();
        try (Pair pair = transport.connect(group, this::initialize))
        {
            // On its loop, or the byte may still be read.
            pair.server.eventLoop().submit(() -> pair.server.config().setAutoRead(false)).sync();
            pair.write(1);
            Thread.sleep(3 * TIMEOUT_MS);
            assertTrue(pair.server.isOpen());

            pair.server.config().setAutoRead(true);
            assertTrue(pair.server.closeFuture().await(5, TimeUnit.SECONDS));
            assertEquals(1, causes.size());
            assertInstanceOf(ReadTimeoutException.class, causes.peek());
        }
        Transport.stop(group);
    }

    /** A local channel has no socket to look at: its loop gets the turns to read it. */
    @Test
    @SuppressWarnings("deprecation")
    void shouldCloseSilentLocalPeerAndNoneThatSpokeWhileTheLoopWasBlocked() throws Exception
    {
        final EventLoopGroup servers = new DefaultEventLoopGroup(1);
        final EventLoopGroup clients = new DefaultEventLoopGroup(1);
        final LocalAddress address = new LocalAddress("steady");
        final CompletableFuture<Channel> accepted = new CompletableFuture<>();
        new ServerBootstrap().group(servers).channel(LocalServerChannel.class)
            .childHandler(new ChannelInitializer<>()
            {
                @Override
                protected void initChannel(final Channel channel)
                {
                    initialize(channel);
                    accepted.complete(channel);
                }
            })
            .bind(address).sync();
        final Channel client = new Bootstrap().group(clients).channel(LocalChannel.class)
            .handler(new ChannelInboundHandlerAdapter()).connect(address).sync().channel();
        final Channel server = accepted.get(5, TimeUnit.SECONDS);

        final CompletableFuture<Void> blocked = new CompletableFuture<>();
        server.eventLoop().execute(() ->
        {
            blocked.complete(null);
            sleep(2 * TIMEOUT_MS);
        });
        blocked.get();
        client.writeAndFlush("heard").sync();
        sleep(2 * TIMEOUT_MS + 50);
        assertTrue(server.isOpen());

        assertTrue(server.closeFuture().await(5, TimeUnit.SECONDS));
        assertInstanceOf(ReadTimeoutException.class, causes.peek());
        servers.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        clients.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    @Test
    void shouldLetSubclassDecide() throws Exception
    {
        final EventLoopGroup group = Transport.NIO.group();
        final CompletableFuture<Boolean> asked = new CompletableFuture<>();
        final SteadyReadTimeoutHandler handler = new SteadyReadTimeoutHandler(TIMEOUT_MS, TimeUnit.MILLISECONDS)
        {
            @Override
            protected void onTimeout(final ChannelHandlerContext ctx)
            {
                asked.complete(ctx.channel().isOpen());
            }
        };
        try (Pair pair = Transport.NIO.connect(group, (channel) -> channel.pipeline().addLast(handler)))
        {
            assertTrue(asked.get(5, TimeUnit.SECONDS));
            assertTrue(pair.server.isOpen());
        }
        Transport.stop(group);
    }

    @Test
    void shouldTakeTheSameConstructorsAndRefuseTheSame()
    {
        assertEquals(7_000, new SteadyIdleStateHandler(7, 0, 0).getReaderIdleTimeInMillis());
        assertEquals(7, new SteadyIdleStateHandler(0, 7, 0, TimeUnit.MILLISECONDS).getWriterIdleTimeInMillis());
        assertEquals(7, new SteadyIdleStateHandler(true, 0, 0, 7, TimeUnit.MILLISECONDS).getAllIdleTimeInMillis());
        assertEquals(7_000, new SteadyReadTimeoutHandler(7).getReaderIdleTimeInMillis());
        assertEquals(7, new SteadyReadTimeoutHandler(7, TimeUnit.MILLISECONDS).getReaderIdleTimeInMillis());
        assertThrows(NullPointerException.class, () -> new SteadyIdleStateHandler(1, 1, 1, null));
    }

    @Test
    void shouldBeFoundAsTheHandlersOfNetty()
    {
        final EmbeddedChannel channel = new EmbeddedChannel();

        channel.pipeline().addLast(new SteadyIdleStateHandler(30, 0, 0));
        channel.pipeline().addLast(new SteadyReadTimeoutHandler(30));

        assertInstanceOf(SteadyIdleStateHandler.class, channel.pipeline().get(IdleStateHandler.class));
        assertInstanceOf(SteadyReadTimeoutHandler.class, channel.pipeline().get(ReadTimeoutHandler.class));
    }

    private void initialize(final Channel channel)
    {
        channel.pipeline().addLast(
            new SteadyReadTimeoutHandler(TIMEOUT_MS, TimeUnit.MILLISECONDS),
            new ChannelInboundHandlerAdapter()
            {
                @Override
                public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause)
                {
                    causes.add(cause);
                }
            });
    }

    private static void sleep(final long ms)
    {
        try
        {
            Thread.sleep(ms);
        }
        catch (final InterruptedException ex)
        {
            throw new AssertionError(ex);
        }
    }
}
