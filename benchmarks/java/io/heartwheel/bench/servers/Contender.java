package io.heartwheel.bench.servers;

import io.heartwheel.liveness.Cadence;

import java.util.List;

/**
 * A kind of server that is compared, named as in the results.
 */
public enum Contender
{
    HEARTWHEEL("heartwheel", Contender.OWN_THREAD, HeartwheelServer::launch),
    PLAIN_NIO("plain-nio", "plain-nio", PlainNioServer::launch),
    NETTY_NIO("netty-nio", Contender.NETTY_THREAD, (cadence) -> NettyServer.nio(cadence, false)),
    NETTY_EPOLL("netty-epoll", Contender.NETTY_THREAD, (cadence) -> NettyServer.epoll(cadence, false)),
    NETTY_IO_URING("netty-io_uring", Contender.NETTY_THREAD, (cadence) -> NettyServer.ioUring(cadence, false)),
    /** Those with our LivenessHandler in the place of their IdleStateHandler. */
    NETTY_NIO_LIVENESS("netty-nio+heartwheel", Contender.NETTY_THREAD, (cadence) -> NettyServer.nio(cadence, true)),
    NETTY_EPOLL_LIVENESS(
        "netty-epoll+heartwheel", Contender.NETTY_THREAD, (cadence) -> NettyServer.epoll(cadence, true)),
    NETTY_IO_URING_LIVENESS(
        "netty-io_uring+heartwheel", Contender.NETTY_THREAD, (cadence) -> NettyServer.ioUring(cadence, true)),
    /** Those that speak WebSocket. */
    HEARTWHEEL_WEBSOCKET("heartwheel-websocket", Contender.OWN_THREAD, HeartwheelServer::launchWebSocket),
    NETTY_NIO_WEBSOCKET("netty-nio-websocket", Contender.NETTY_THREAD, NettyWebSocketServer::new);

    private static final String OWN_THREAD = "heartwheel-serv";
    private static final String NETTY_THREAD = "multiThreadIoEv";

    /** With these Netty frees and finds its buffers by the short way, and samples none of them for leaks. */
    private static final List<String> NETTY_FLAGS = List.of(
        "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
        "--add-opens=java.base/java.nio=ALL-UNNAMED",
        "-Dio.netty.tryReflectionSetAccessible=true",
        "-Dio.netty.leakDetection.level=disabled");

    private final String label;
    private final String threadName;
    private final Launcher launcher;

    /**
     * Starts a server in this process.
     */
    @FunctionalInterface
    private interface Launcher
    {
        BenchServer launch(Cadence cadence) throws Exception;
    }

    Contender(final String label, final String threadName, final Launcher launcher)
    {
        this.label = label;
        this.threadName = threadName;
        this.launcher = launcher;
    }

    /**
     * The contender of a name.
     */
    public static Contender of(final String label)
    {
        for (final Contender contender : values())
        {
            if (contender.label.equals(label))
            {
                return contender;
            }
        }
        throw new IllegalArgumentException("no contender " + label + ", but " + List.of(values()));
    }

    /**
     * JVM flags of its own.
     */
    public List<String> flags()
    {
        return label.startsWith("netty") ? NETTY_FLAGS : List.of();
    }

    /** {@return whether it is ours, and so knows our system properties} */
    public boolean isOwn()
    {
        return OWN_THREAD.equals(threadName);
    }

    /** {@return whether its clients speak WebSocket, and not our own frames} */
    public boolean isWebSocket()
    {
        return label.endsWith("-websocket");
    }

    /**
     * Name of the thread that serves, as the kernel cuts it.
     */
    public String threadName()
    {
        return threadName;
    }

    public BenchServer launch(final Cadence cadence) throws Exception
    {
        return launcher.launch(cadence);
    }

    @Override
    public String toString()
    {
        return label;
    }
}
