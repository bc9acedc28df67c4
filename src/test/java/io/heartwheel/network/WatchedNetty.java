package io.heartwheel.network;

import io.heartwheel.CloseReason;
import io.heartwheel.config.Configuration;
import io.heartwheel.netty.Liveness;
import io.heartwheel.netty.LivenessContext;
import io.heartwheel.netty.PeerLostEvent;
import io.heartwheel.netty.PeerLostEvent.Reason;
import io.heartwheel.wire.Frame;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A server of Netty on epoll under {@link Liveness}, which speaks our frames and prints the same lines as
 * {@link Watched}, with the cause of a loss as its detail.
 */
final class WatchedNetty extends ChannelInboundHandlerAdapter
{
    static final String NAME = WatchedNetty.class.getName();

    private static final int FLOOD_LENGTH = 8 * 1024;
    private static final int SEND_BUFFER_LENGTH = 64 * 1024;
    private static final int LENGTH_OFFSET = 2;

    private static volatile Channel channel;

    private CloseReason reason = CloseReason.PEER_CLOSED;
    private String detail = "";

    private WatchedNetty()
    {
    }

    public static void main(final String[] args)
    {
        new Thread(Watched::endInTime).start();
        final Liveness liveness = new Liveness(new LivenessContext()
            .cadence(Configuration.cadence())
            .probe((peer) -> frame(Frame.PING, new byte[0])));
        final InetSocketAddress address = Configuration.parseAddress(System.getProperty("heartwheel.bind"));
        new ServerBootstrap()
            .group(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
            .channel(EpollServerSocketChannel.class)
            .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_LENGTH)
            .childHandler(new ChannelInitializer<>()
            {
                @Override
                protected void initChannel(final Channel channel)
                {
                    channel.pipeline()
                        .addFirst(liveness.newHandler())
                        .addLast(new LengthFieldBasedFrameDecoder(1 << 17, LENGTH_OFFSET, Short.BYTES))
                        .addLast(new WatchedNetty());
                }
            })
            .bind(address).syncUninterruptibly();
        Watched.print("ready");
        obey(new Scanner(System.in, StandardCharsets.UTF_8));
        Runtime.getRuntime().halt(0);
    }

    private static void obey(final Scanner in)
    {
        while (in.hasNextLine())
        {
            final String line = in.nextLine();
            if ("flood".equals(line))
            {
                new Thread(WatchedNetty::flood).start();
            }
            else
            {
                channel.writeAndFlush(
                    frame(Frame.DATA, line.substring("send ".length()).getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    private static void flood()
    {
        final Channel to = channel;
        while (to.isOpen())
        {
            if (to.isWritable())
            {
                to.writeAndFlush(frame(Frame.DATA, new byte[FLOOD_LENGTH]));
            }
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(100));
        }
    }

    private static ByteBuf frame(final int type, final byte[] payload)
    {
        return Unpooled.buffer(Frame.HEADER_LENGTH + payload.length)
            .writeInt(type << 24 | payload.length).writeBytes(payload);
    }

    @Override
    public void channelActive(final ChannelHandlerContext ctx)
    {
        channel = ctx.channel();
        Watched.print("open " + System.nanoTime());
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message)
    {
        final ByteBuf frame = (ByteBuf)message;
        if (Frame.DATA == frame.getByte(0))
        {
            Watched.print("message " + System.nanoTime() + " " + frame.toString(
                Frame.HEADER_LENGTH, frame.readableBytes() - Frame.HEADER_LENGTH, StandardCharsets.UTF_8));
        }
        frame.release();
    }

    @Override
    public void userEventTriggered(final ChannelHandlerContext ctx, final Object event)
    {
        if (event instanceof PeerLostEvent lost)
        {
            reason = Reason.SILENT == lost.reason() ? CloseReason.PEER_SILENT : CloseReason.WRITE_STALLED;
            detail = " " + lost.cause();
        }
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause)
    {
        reason = CloseReason.PEER_RESET;
        ctx.close();
    }

    @Override
    public void channelInactive(final ChannelHandlerContext ctx)
    {
        Watched.print("closed " + System.nanoTime() + " " + reason + " 0" + detail);
    }
}
