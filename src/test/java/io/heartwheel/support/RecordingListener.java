package io.heartwheel.support;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ConnectionListener;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Records the callbacks of connections. Another thread may read the records.
 */
public class RecordingListener implements ConnectionListener
{
    public record Closed(Connection connection, CloseReason reason, String detail)
    {
    }

    private final List<Connection> opened = new ArrayList<>();
    private final List<Closed> closed = new ArrayList<>();
    private final List<String> messages = new ArrayList<>();
    private int probes;

    @Override
    public synchronized void onOpen(final Connection connection)
    {
        opened.add(connection);
    }

    @Override
    public synchronized void onMessage(final Connection connection, final ByteBuffer payload)
    {
        messages.add(StandardCharsets.UTF_8.decode(payload).toString());
    }

    @Override
    public synchronized void onProbe(final Connection connection)
    {
        ++probes;
    }

    @Override
    public synchronized void onClosed(final Connection connection, final CloseReason reason)
    {
        closed.add(new Closed(connection, reason, connection.closeDetail()));
    }

    public synchronized List<Connection> opened()
    {
        return List.copyOf(opened);
    }

    public synchronized List<Closed> closed()
    {
        return List.copyOf(closed);
    }

    public synchronized List<CloseReason> reasons()
    {
        return closed.stream().map(Closed::reason).toList();
    }

    public synchronized List<String> messages()
    {
        return List.copyOf(messages);
    }

    public synchronized int probes()
    {
        return probes;
    }
}
