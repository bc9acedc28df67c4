package io.heartwheel;

import io.heartwheel.config.ConfigurationException;
import io.heartwheel.reactor.Connector;
import org.agrona.concurrent.Agent;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * Watches its servers: makes connections, one or thousands, tells the listener which are gone, when and why, and
 * makes them anew.
 * <pre>{@code
 * HeartbeatClient client = HeartbeatClient.launch(new ClientContext().listener(listener));
 * Link link = client.connect(InetSocketAddress.createUnresolved("gateway.example.org", 7400));
 * }</pre>
 * It probes a server that is silent, by its own cadence; answers the server's probes; and speaks three times in the
 * server's detection time if the server's HELLO says that it only listens.
 * <p>
 * It is an Agrona {@link Agent}, and run like a {@link HeartbeatServer}. Its {@link #onClose()} sends BYE to every
 * server.
 */
public final class HeartbeatClient extends ReactorAgent
{
    private final Connector connector;

    /**
     * Construct a client without any link.
     *
     * @param ctx with the settings; it is concluded, and cannot be used again.
     * @throws ConfigurationException if a setting is wrong or two are at odds.
     */
    public HeartbeatClient(final ClientContext ctx)
    {
        this(ctx, Connector.open(ctx.conclude()));
    }

    private HeartbeatClient(final ClientContext ctx, final Connector connector)
    {
        super(connector.reactor(), ctx);
        this.connector = connector;
    }

    /**
     * Run a client on a new thread.
     *
     * @param ctx with the settings.
     * @return the client; close it to end it.
     */
    public static HeartbeatClient launch(final ClientContext ctx)
    {
        final HeartbeatClient client = new HeartbeatClient(ctx);
        client.startOnThread(ctx);
        return client;
    }

    /**
     * Make a link to a server, from any thread. It begins to connect in the next duty cycle.
     *
     * @param addresses of the server, or of several that are alike, to be tried in turn. One that is unresolved is
     *                  looked up before each try, not on the reactor thread.
     * @return the link; of a client that is closed it never connects.
     */
    public Link connect(final InetSocketAddress... addresses)
    {
        if (0 == addresses.length)
        {
            throw new IllegalArgumentException("no address to connect to");
        }
        return connector.connect(List.of(addresses));
    }

    @Override
    public String roleName()
    {
        return "heartwheel-client";
    }
}
