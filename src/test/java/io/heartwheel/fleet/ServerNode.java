package io.heartwheel.fleet;

import io.heartwheel.Connection;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.RecordingListener;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A real server that is a node of a fleet, and what both have told.
 */
final class ServerNode implements FleetListener, AutoCloseable
{
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);

    final RecordingListener connections = new RecordingListener();
    final Fleet fleet;
    final HeartbeatServer server;
    private final List<String> events = new ArrayList<>();

    ServerNode(final String name, final FleetContext ctx)
    {
        this(name, ctx, Cadence.STANDARD);
    }

    ServerNode(final String name, final FleetContext ctx, final Cadence cadence)
    {
        fleet = new Fleet(ctx.node(name).listener(this));
        server = HeartbeatServer.launch(
            fleet.attach(serverContext().cadence(cadence).listener(connections)));
        fleet.start();
    }

    /** Of a server whose clients are believed. */
    static ServerContext serverContext()
    {
        return new ServerContext().bindAddress(ANY_PORT).helloIdentity(true).lingerNs(0);
    }

    InetSocketAddress address()
    {
        return server.localAddress();
    }

    @Override
    public synchronized void onJoined(final Connection connection)
    {
        events.add(connection.identity() + " joined");
    }

    @Override
    public synchronized void onLeft(final Connection connection)
    {
        events.add(connection.identity() + " left");
    }

    @Override
    public synchronized void onTakenOver(final Connection connection, final Session newer)
    {
        events.add(connection.identity() + " taken over");
    }

    @Override
    public synchronized void onRefused(final Connection connection, final Session older)
    {
        events.add(connection.identity() + " refused");
    }

    @Override
    public synchronized void onNodeJoined(final FleetMember node)
    {
        events.add("node " + node.name() + " joined");
    }

    @Override
    public synchronized void onNodeLeft(final FleetMember node)
    {
        events.add("node " + node.name() + " left");
    }

    @Override
    public synchronized void onState(final FleetState state)
    {
        events.add("lease " + state);
    }

    synchronized List<String> events()
    {
        return List.copyOf(events);
    }

    @Override
    public void close()
    {
        server.close();
        fleet.close();
    }
}
