package io.heartwheel.support;

import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.metrics.Metrics;
import org.agrona.concurrent.Agent;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A server driven by the test.
 */
public final class InvokedServer extends InvokedAgent
{
    public final HeartbeatServer server;

    public InvokedServer(final ServerContext ctx)
    {
        server = new HeartbeatServer(ctx
            .bindAddress(new InetSocketAddress("127.0.0.1", 0))
            .nanoClock(clock)
            .errorHandler(errors::add)
            .maxParkNs(0));
    }

    public TestPeer connect() throws IOException
    {
        return new TestPeer(server.localAddress());
    }

    @Override
    Agent agent()
    {
        return server;
    }

    @Override
    Metrics metrics()
    {
        return server.metrics();
    }

    @Override
    public void close()
    {
        server.close();
    }
}
