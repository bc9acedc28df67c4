package io.heartwheel.network;

import java.util.List;

/**
 * How one end watches the other. The other end, a {@link PlainPeer}, only answers.
 */
enum Method
{
    HEARTBEATS_AT_SERVER("heartbeats, server", true, true),
    HEARTBEATS_AT_CLIENT("heartbeats, client", true, false),
    KEEPALIVE_AT_SERVER("keepalive, server", false, true),
    KEEPALIVE_AT_CLIENT("keepalive, client", false, false),
    /** Heartbeats of Netty's server on epoll, which tell the cause of a loss too. */
    NETTY_AT_SERVER("netty, server", true, true);

    final String title;
    final boolean isHeartbeat;
    final boolean isServer;

    Method(final String title, final boolean isHeartbeat, final boolean isServer)
    {
        this.title = title;
        this.isHeartbeat = isHeartbeat;
        this.isServer = isServer;
    }

    /** Main class of the end that watches. */
    String watched()
    {
        return NETTY_AT_SERVER == this ? WatchedNetty.NAME : Watched.NAME;
    }

    /**
     * @param heartbeats idle, interval and count of heartbeats.
     * @param keepAlive  the same of TCP keepalive.
     * @return the properties of the end that watches.
     */
    List<String> properties(final String heartbeats, final String keepAlive)
    {
        if (!isHeartbeat)
        {
            return List.of("-Dheartwheel.cadence=off", "-Dheartwheel.tcp.keepalive=" + keepAlive);
        }
        final String[] numbers = heartbeats.split(",");
        return List.of(
            "-Dheartwheel.idle=" + numbers[0],
            "-Dheartwheel.interval=" + numbers[1],
            "-Dheartwheel.count=" + numbers[2]);
    }
}
