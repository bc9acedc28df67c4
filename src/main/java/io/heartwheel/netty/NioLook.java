package io.heartwheel.netty;

import io.netty.channel.Channel;
import io.netty.channel.nio.AbstractNioChannel;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;

/**
 * The look at a socket of NIO: FIONREAD, by {@link java.io.InputStream#available()}. The end of a connection does not
 * count as a byte; the selector tells it.
 */
final class NioLook extends LastLook
{
    static final NioLook INSTANCE = new NioLook();

    private NioLook()
    {
    }

    @Override
    boolean hasUnread(final Channel channel)
    {
        final SelectableChannel socket = ((AbstractNioChannel)channel).unsafe().ch();
        try
        {
            return socket instanceof SocketChannel &&
                ((SocketChannel)socket).socket().getInputStream().available() > 0;
        }
        catch (final IOException | UnsupportedOperationException ex)
        {
            // It is closed, its input is shut down, or it is not of TCP: nothing will be read.
            return false;
        }
    }
}
