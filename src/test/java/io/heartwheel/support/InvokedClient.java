package io.heartwheel.support;

import io.heartwheel.ClientContext;
import io.heartwheel.HeartbeatClient;
import io.heartwheel.metrics.Metrics;
import org.agrona.concurrent.Agent;

/**
 * A client driven by the test.
 */
public final class InvokedClient extends InvokedAgent
{
    public final HeartbeatClient client;

    public InvokedClient(final ClientContext ctx)
    {
        client = new HeartbeatClient(ctx
            .nanoClock(clock)
            .errorHandler(errors::add)
            .jitterSeed(1)
            .maxParkNs(0));
    }

    @Override
    Agent agent()
    {
        return client;
    }

    @Override
    Metrics metrics()
    {
        return client.metrics();
    }

    @Override
    public void close()
    {
        client.close();
    }
}
