package io.heartwheel.bench.servers;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ConnectionListener;
import io.heartwheel.config.Configuration;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends every message with a payload back, as far as there is room. Once asked to, it records which connections were
 * closed, and why.
 */
final class EchoListener implements ConnectionListener
{
    /** More than pile up between two requests of a measurement. */
    private static final int CLOSED_MAX = 1_000_000;

    private volatile boolean isKeeping;
    private List<String> closed = new ArrayList<>();

    @Override
    public void onOpen(final Connection connection)
    {
    }

    @Override
    public void onMessage(final Connection connection, final ByteBuffer payload)
    {
        if (payload.hasRemaining())
        {
            connection.send(payload);
        }
    }

    @Override
    public void onClosed(final Connection connection, final CloseReason reason)
    {
        if (isKeeping)
        {
            keep(Configuration.addressText(connection.remoteAddress()) + "/" + reason);
        }
    }

    /**
     * The connections that were closed since the last call, in order: ADDRESS/REASON.
     */
    synchronized List<String> takeClosed()
    {
        isKeeping = true;
        final List<String> taken = closed;
        closed = new ArrayList<>();
        return taken;
    }

    private synchronized void keep(final String line)
    {
        if (closed.size() < CLOSED_MAX)
        {
            closed.add(line);
        }
    }
}
