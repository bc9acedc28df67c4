package io.heartwheel.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.MultiThreadIoEventLoopGroup;

/**
 * The transports of Netty that have TCP sockets. The groups of NIO and epoll are those that Netty 4.1 has too.
 */
enum TestTransport
{
    NIO
    {
        @Override
        boolean isAvailable()
        {
            return true;
        }

        @Override
        @SuppressWarnings("deprecation")
        EventLoopGroup newGroup(final int loops)
        {
            return new io.netty.channel.nio.NioEventLoopGroup(loops);
        }

        @Override
        Class<? extends ServerChannel> serverType()
        {
            return NioServerSocketChannel.class;
        }
    },

    EPOLL
    {
        @Override
        boolean isAvailable()
        {
            return Epoll.isAvailable();
        }

        @Override
        @SuppressWarnings("deprecation")
        EventLoopGroup newGroup(final int loops)
        {
            return new io.netty.channel.epoll.EpollEventLoopGroup(loops);
        }

        @Override
        Class<? extends ServerChannel> serverType()
        {
            return EpollServerSocketChannel.class;
        }
    },

    IO_URING
    {
        @Override
        boolean isAvailable()
        {
            try
            {
                return IoUring.isAvailable();
            }
            catch (final NoClassDefFoundError ex)
            {
                // Netty 4.1 has none.
                return false;
            }
        }

        @Override
        EventLoopGroup newGroup(final int loops)
        {
            return new MultiThreadIoEventLoopGroup(loops, IoUringIoHandler.newFactory());
        }

        @Override
        Class<? extends ServerChannel> serverType()
        {
            return IoUringServerSocketChannel.class;
        }
    };

    abstract boolean isAvailable();

    abstract EventLoopGroup newGroup(int loops);

    abstract Class<? extends ServerChannel> serverType();

    /** Does its kernel tell the cause of a loss? */
    boolean hasTcpInfo()
    {
        return NIO != this;
    }
}
