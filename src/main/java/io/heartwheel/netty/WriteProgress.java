package io.heartwheel.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * Tells whether a peer has taken any of the bytes that wait for it since the last look. There is one of this only for a
 * channel whose bytes still wait when it is looked at.
 * <p>
 * Where the kernel tells how many bytes the peer has acknowledged, that decides: a peer that reads slowly may take some
 * for long before Netty can write again. Elsewhere the message being written decides: another one, or more written of
 * this one. A message object may be pooled and come again, so an empty message is put behind all that waits: when it is
 * written, there was progress for certain.
 */
final class WriteProgress
{
    private boolean isLookedAt;
    private int ackedBytes;
    private ChannelFuture marker;
    private int message;
    private long written;

    /**
     * Look.
     *
     * @param buffer of the channel, in which something waits.
     * @return true if there was progress since the last look, or this is the first.
     */
    boolean isProgress(final ChannelHandlerContext ctx, final ChannelOutboundBuffer buffer)
    {
        final TcpInfo info = TcpInfo.of(ctx.channel());
        if (null != info)
        {
            final boolean isProgress = !isLookedAt || info.ackedBytes() != ackedBytes;
            isLookedAt = true;
            ackedBytes = info.ackedBytes();
            return isProgress;
        }

        final int nextMessage = System.identityHashCode(buffer.current());
        final long nextWritten = buffer.currentProgress();
        final boolean isProgress =
            null == marker || marker.isDone() || nextMessage != message || nextWritten != written;
        message = nextMessage;
        written = nextWritten;
        if (null == marker || marker.isDone())
        {
            marker = ctx.write(Unpooled.EMPTY_BUFFER);
        }
        return isProgress;
    }
}
