package io.heartwheel.bench.servers;

import io.heartwheel.liveness.Cadence;

import java.util.List;

/**
 * A kind of server that is compared, named as in the results.
 */
public enum Contender
{
    HEARTWHEEL("heartwheel", HeartwheelServer::launch),
    PLAIN_NIO("plain-nio", PlainNioServer::launch),
    NETTY_NIO("netty-nio", NettyServer::nio),
    NETTY_EPOLL("netty-epoll", NettyServer::epoll),
    NETTY_IO_URING("netty-io_uring", NettyServer::ioUring);

    /** With these Netty frees and finds its buffers by the short way, and samples none of them for leaks. */
    private static final List<String> NETTY_FLAGS = List.of(
        "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
        "--add-opens=java.base/java.nio=ALL-UNNAMED",
        "-Dio.netty.tryReflectionSetAccessible=true",
        "-Dio.netty.leakDetection.level=disabled");

    private final String label;
    private final Launcher launcher;

    /**
     * Starts a server in this process.
     */
    @FunctionalInterface
    private interface Launcher
    {
        BenchServer launch(Cadence cadence) throws Exception;
    }

    Contender(final String label, final Launcher launcher)
    {
        this.label = label;
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
