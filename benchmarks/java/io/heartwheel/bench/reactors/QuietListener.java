package io.heartwheel.bench.reactors;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ConnectionListener;

import java.nio.ByteBuffer;

/**
 * Does nothing, so that nothing is measured of a host.
 */
class QuietListener implements ConnectionListener
{
    @Override
    public void onOpen(final Connection connection)
    {
    }

    @Override
    public void onMessage(final Connection connection, final ByteBuffer payload)
    {
    }

    @Override
    public void onClosed(final Connection connection, final CloseReason reason)
    {
    }
}
