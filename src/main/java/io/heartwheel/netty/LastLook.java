package io.heartwheel.netty;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.UnixChannel;

/**
 * The last look before a verdict: does the operating system hold bytes of the peer that this end did not read? Nothing
 * is consumed, so the look is right as well while reading is paused.
 * <p>
 * An event loop reads a bounded number of sockets a turn, and then runs all timers that are due. After a pause the
 * timers of living peers run before their bytes are read. So a timer alone proves nothing.
 * <p>
 * A look costs about a microsecond, and may allocate. It is meant for a deadline that came, not for each read. The
 * looks have no state, and may be taken on any thread.
 */
abstract class LastLook
{
    /**
     * The transport does not tell since when the peer is silent.
     */
    static final long UNKNOWN_NS = -1;

    /**
     * Nothing is asked, and nothing can be on its way: what was written to the channel has been read.
     */
    private static final LastLook NEEDLESS = new LastLook()
    {
        @Override
        boolean hasUnread(final Channel channel)
        {
            return false;
        }
    };

    /**
     * There is no socket of its own to ask. The event loop's next turns tell.
     */
    private static final LastLook BLIND = new LastLook()
    {
        @Override
        boolean hasUnread(final Channel channel)
        {
            return false;
        }

        @Override
        boolean isBlind()
        {
            return true;
        }
    };

    /**
     * The look at a channel of this kind.
     */
    static LastLook at(final Channel channel)
    {
        if (channel instanceof EmbeddedChannel)
        {
            return NEEDLESS;
        }
        if (channel instanceof SocketChannel)
        {
            if (channel instanceof AbstractNioChannel)
            {
                return NioLook.INSTANCE;
            }
            if (channel instanceof UnixChannel)
            {
                return UnixLook.at(channel);
            }
        }
        return BLIND;
    }

    static LastLook blind()
    {
        return BLIND;
    }

    /**
     * Whether bytes of the peer wait to be read. False as well if the channel is closed, or cannot be asked.
     */
    abstract boolean hasUnread(Channel channel);

    /**
     * For how long the operating system has received no data of the peer, whether read or not. It is exact to 20 ms.
     *
     * @return the silence in nanoseconds, or {@link #UNKNOWN_NS}.
     */
    long silenceNs(final Channel channel)
    {
        return UNKNOWN_NS;
    }

    /**
     * Whether bytes may have arrived that the look does not see, so that the loop's next turns have to tell.
     */
    boolean isBlind()
    {
        return false;
    }
}
