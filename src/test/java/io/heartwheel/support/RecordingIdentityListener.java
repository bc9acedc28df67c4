package io.heartwheel.support;

import io.heartwheel.Connection;
import io.heartwheel.IdentityListener;

import java.util.ArrayList;
import java.util.List;

/**
 * Records which connections have an identity, as lines such as {@code alice open}.
 */
public class RecordingIdentityListener implements IdentityListener
{
    private final List<String> lines = new ArrayList<>();
    private final List<Connection> identified = new ArrayList<>();
    private final List<Long> openedNs = new ArrayList<>();

    @Override
    public synchronized void onIdentified(final Connection connection, final long openedNs)
    {
        identified.add(connection);
        this.openedNs.add(openedNs);
        lines.add(connection.identity() + (connection.isOpen() ? " open" : " not open"));
    }

    @Override
    public synchronized void onGone(final Connection connection)
    {
        lines.add(connection.identity() + " gone " + connection.closeReason());
    }

    public synchronized List<String> lines()
    {
        return List.copyOf(lines);
    }

    /** {@return when each of those that were identified was opened} */
    public synchronized List<Long> openedNs()
    {
        return List.copyOf(openedNs);
    }

    public synchronized List<Connection> identified()
    {
        return List.copyOf(identified);
    }
}
