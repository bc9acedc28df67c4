package io.heartwheel.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;

import java.nio.ByteBuffer;

/**
 * The look at a TCP socket of a native transport, by the socket options that its kernel has: epoll and io_uring on
 * Linux, kqueue on macOS and BSD. What stands here of kqueue was read, and never run.
 */
abstract class UnixLook extends LastLook
{
    private static final UnixLook EPOLL = new LinuxLook();
    /**
     * A read that has been completed, and not been collected, has left the socket.
     */
    private static final UnixLook IO_URING = new LinuxLook()
    {
        @Override
        boolean isBlind()
        {
            return true;
        }
    };

    private static final UnixLook BSD = new UnixLook()
    {
        /**
         * SOL_SOCKET, SO_NREAD of macOS. Other BSDs refuse it.
         */
        private final ChannelOption<Integer> unread = new IntegerUnixChannelOption("SO_NREAD", 0xFFFF, 0x1020);

        @Override
        boolean hasUnread(final Channel channel)
        {
            final Integer length = option(channel, unread);
            return null != length && length > 0;
        }
    };

    private UnixLook()
    {
    }

    static LastLook at(final Channel channel)
    {
        // By name, as the transports are no dependency.
        final String type = channel.getClass().getName();
        if (type.startsWith("io.netty.channel.epoll."))
        {
            return EPOLL;
        }
        if (type.startsWith("io.netty.channel.uring."))
        {
            return IO_URING;
        }
        return type.startsWith("io.netty.channel.kqueue.") ? BSD : blind();
    }

    /**
     * @return the value of an option, or null if the channel is closed or its kernel does not know the option.
     */
    static <T> T option(final Channel channel, final ChannelOption<T> option)
    {
        try
        {
            return channel.config().getOption(option);
        }
        catch (final ChannelException ex)
        {
            return null;
        }
    }

    private static class LinuxLook extends UnixLook
    {
        /**
         * SOL_SOCKET, SO_MEMINFO, nine of 32 bits; the first is the memory of what waits in the receive queue. Linux
         * 4.12 and later.
         */
        private static final ChannelOption<ByteBuffer> MEMORY_INFO = new RawUnixChannelOption("SO_MEMINFO", 1, 55, 36);

        @Override
        boolean hasUnread(final Channel channel)
        {
            final ByteBuffer info = option(channel, MEMORY_INFO);
            return null != info && info.remaining() >= Integer.BYTES && 0 != TcpInfo.intAt(info, 0);
        }

        @Override
        long silenceNs(final Channel channel)
        {
            final TcpInfo info = TcpInfo.of(channel);
            return null == info ? UNKNOWN_NS : info.lastDataReceivedNs();
        }
    }
}
