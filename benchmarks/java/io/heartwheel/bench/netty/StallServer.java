package io.heartwheel.bench.netty;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.netty.Liveness;
import io.heartwheel.netty.LivenessContext;
import io.heartwheel.netty.SteadyIdleStateHandler;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.Version;
import io.netty.util.concurrent.GlobalEventExecutor;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A server of one loop that closes idle readers, in a process of its own: TRANSPORT HANDLER IDLE_MS PLAIN|WEBSOCKET
 * IO_RATIO. It prints its port and Netty's version, and ends with its input. It is compiled once, and runs on Netty 4.1
 * and 4.2.
 */
@SuppressWarnings("deprecation")
final class StallServer
{
    static final String LISTENING = "listening";
    /** Sleep in a handler for so many ms. */
    static final String SLEEP = "sleep";
    /** Read no channel for so many ms. */
    static final String DEAF = "deaf";
    /** Number of channels that were closed as idle. */
    static final String CLOSED = "closed";

    static final String NETTY = "netty";
    static final String STEADY = "steady";
    static final String LIVENESS = "liveness";
    static final String WEBSOCKET = "websocket";

    private static final int BACKLOG = 4_096;
    private static final int HTTP_LENGTH = 8_192;

    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private volatile long sleepMs;
    private volatile int closedCount;

    public static void main(final String[] args) throws Exception
    {
        final long idleMs = Long.parseLong(args[2]);
        final Supplier<ChannelHandler> watcher = watcher(args[1], idleMs);
        new StallServer().run(args[0], watcher, WEBSOCKET.equals(args[3]), Integer.parseInt(args[4]));
    }

    private void run(
        final String transport, final Supplier<ChannelHandler> watcher, final boolean isWebSocket, final int ioRatio)
        throws Exception
    {
        final Channel listener = new ServerBootstrap()
            .group(group(transport, ioRatio))
            .channel(type(transport))
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childHandler(new ChannelInitializer<>()
            {
                @Override
                protected void initChannel(final Channel channel)
                {
                    channel.pipeline().addLast(watcher.get());
                    if (isWebSocket)
                    {
                        channel.pipeline().addLast(new HttpServerCodec(), new HttpObjectAggregator(HTTP_LENGTH),
                            new WebSocketServerProtocolHandler("/"));
                    }
                    channel.pipeline().addLast(new Peer());
                    channels.add(channel);
                }
            })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).sync().channel();
        System.out.println(LISTENING + " " + ((InetSocketAddress)listener.localAddress()).getPort() + " " +
            version());

        final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); null != line; line = in.readLine())
        {
            final String[] words = line.split(" ");
            System.out.println(line + " " + answer(words[0], words.length > 1 ? Long.parseLong(words[1]) : 0));
        }
        Runtime.getRuntime().halt(0);
    }

    /**
     * That of any of Netty's modules, which have the same: in a jar made of several, one hides the others.
     */
    private static String version()
    {
        return Version.identify().values().iterator().next().artifactVersion();
    }

    private static Supplier<ChannelHandler> watcher(final String name, final long idleMs)
    {
        switch (name)
        {
            case NETTY:
                return () -> new IdleStateHandler(idleMs, 0, 0, TimeUnit.MILLISECONDS);

            case STEADY:
                return () -> new SteadyIdleStateHandler(idleMs, 0, 0, TimeUnit.MILLISECONDS);

            case LIVENESS:
                final Liveness liveness = new Liveness(
                    new LivenessContext().cadence(Cadence.passive(TimeUnit.MILLISECONDS.toNanos(idleMs))));
                return liveness::newHandler;

            default:
                throw new IllegalArgumentException("no handler " + name);
        }
    }

    private String answer(final String word, final long ms) throws InterruptedException
    {
        switch (word)
        {
            case SLEEP:
                sleepMs = ms;
                Thread.sleep(ms);
                return "";

            case DEAF:
                channels.forEach((each) -> each.config().setAutoRead(false));
                Thread.sleep(ms);
                channels.forEach((each) -> each.config().setAutoRead(true));
                return "";

            case CLOSED:
                return Integer.toString(closedCount);

            default:
                throw new IllegalArgumentException(word);
        }
    }

    /**
     * @param ioRatio of 4.1: the share of a loop's time that is for I/O, in percent. It is nothing to 4.2.
     */
    private static EventLoopGroup group(final String transport, final int ioRatio)
    {
        switch (transport)
        {
            case "nio":
                final NioEventLoopGroup nio = new NioEventLoopGroup(1);
                nio.setIoRatio(ioRatio);
                return nio;

            case "epoll":
                final EpollEventLoopGroup epoll = new EpollEventLoopGroup(1);
                epoll.setIoRatio(ioRatio);
                return epoll;

            case "io_uring":
                return new MultiThreadIoEventLoopGroup(1, IoUringIoHandler.newFactory());

            default:
                throw new IllegalArgumentException("no transport " + transport);
        }
    }

    private static Class<? extends ServerChannel> type(final String transport)
    {
        return switch (transport)
        {
            case "nio" -> NioServerSocketChannel.class;
            case "epoll" -> EpollServerSocketChannel.class;
            default -> IoUringServerSocketChannel.class;
        };
    }

    private final class Peer extends ChannelInboundHandlerAdapter
    {
        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) throws InterruptedException
        {
            ReferenceCountUtil.release(message);
            final long ms = sleepMs;
            if (ms > 0)
            {
                sleepMs = 0;
                Thread.sleep(ms);
            }
        }

        @Override
        public void userEventTriggered(final ChannelHandlerContext ctx, final Object event)
        {
            if (event instanceof IdleStateEvent)
            {
                closedCount++;
                ctx.close();
            }
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause)
        {
            ctx.close();
        }
    }
}
