package io.heartwheel.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.util.concurrent.EventExecutorGroup;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The transports of TCP that run here. Their loops are those of 4.1, which 4.2 has as well.
 */
@SuppressWarnings("deprecation")
enum Transport
{
    NIO
    {
        @Override
        EventLoopGroup group(final int loops)
        {
            return new NioEventLoopGroup(loops);
        }

        @Override
        Class<? extends ServerChannel> type()
        {
            return NioServerSocketChannel.class;
        }
    },

    EPOLL
    {
        @Override
        EventLoopGroup group(final int loops)
        {
            return new EpollEventLoopGroup(loops);
        }

        @Override
        Class<? extends ServerChannel> type()
        {
            return EpollServerSocketChannel.class;
        }
    },

    IO_URING
    {
        @Override
        EventLoopGroup group(final int loops)
        {
            return new MultiThreadIoEventLoopGroup(loops, IoUringIoHandler.newFactory());
        }

        @Override
        Class<? extends ServerChannel> type()
        {
            return IoUringServerSocketChannel.class;
        }
    };

    abstract EventLoopGroup group(int loops);

    abstract Class<? extends ServerChannel> type();

    EventLoopGroup group()
    {
        return group(1);
    }

    /** Does its kernel tell the cause of a loss? */
    boolean hasTcpInfo()
    {
        return NIO != this;
    }

    /**
     * All of them on Netty 4.2; 4.1 has no io_uring.
     */
    static List<Transport> all()
    {
        return Arrays.stream(values()).filter((each) -> IO_URING != each || is42()).collect(Collectors.toList());
    }

    static boolean is42()
    {
        return System.getProperty("tests.netty", "4.2").startsWith("4.2");
    }

    /**
     * Bind a server, and connect one client to it.
     */
    Pair connect(final EventLoopGroup group, final Consumer<Channel> initializer) throws Exception
    {
        final CompletableFuture<Channel> accepted = new CompletableFuture<>();
        final Channel listener = new ServerBootstrap().group(group).channel(type())
            .childHandler(new ChannelInitializer<>()
            {
                @Override
                protected void initChannel(final Channel channel)
                {
                    initializer.accept(channel);
                    accepted.complete(channel);
                }
            })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).sync().channel();
        final InetSocketAddress address = (InetSocketAddress)listener.localAddress();
        final Socket client = new Socket(address.getAddress(), address.getPort());
        client.setTcpNoDelay(true);
        return new Pair(listener, accepted.get(10, TimeUnit.SECONDS), client);
    }

    static void stop(final EventExecutorGroup group)
    {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /**
     * Both ends of a connection, and the listener that accepted it.
     */
    static final class Pair implements AutoCloseable
    {
        final Channel listener;
        final Channel server;
        final Socket client;

        private Pair(final Channel listener, final Channel server, final Socket client)
        {
            this.listener = listener;
            this.server = server;
            this.client = client;
        }

        void write(final int length) throws Exception
        {
            client.getOutputStream().write(new byte[length]);
        }

        @Override
        public void close() throws IOException
        {
            client.close();
            server.close().syncUninterruptibly();
            listener.close().syncUninterruptibly();
        }
    }
}
