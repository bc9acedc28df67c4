package io.heartwheel;

import io.heartwheel.config.ConfigurationException;
import io.heartwheel.reactor.Connector;
import org.agrona.concurrent.Agent;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * Watches its servers. It makes connections, one or thousands, and makes them anew when they are lost. The listener is
 * told which servers are gone, when and why.
 * <pre>{@code
 * HeartbeatClient client = HeartbeatClient.launch(new ClientContext().listener(listener));
 * Link link = client.connect(InetSocketAddress.createUnresolved("gateway.example.org", 7400));
 * }</pre>
 * The client probes a server that is silent, by its own cadence, and answers the server's probes. If the server's HELLO
 * says that it only listens, the client sends three PINGs in the server's detection time.
 * <p>
 * It is an Agrona {@link Agent}, and runs like a {@link HeartbeatServer}. Its {@link #onClose()} sends a BYE to every
 * server.
 */
public final class HeartbeatClient extends ReactorAgent
{
    private final Connector connector;

    /**
     * Construct a client without any link.
     *
     * @param ctx with the settings; it is concluded, and cannot be used again.
     * @throws ConfigurationException if a setting is wrong, or two settings do not go together.
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
     * Make a link to a server. It begins to connect in the next duty cycle. From any thread.
     *
     * @param addresses of the server, or of several servers that are alike, tried in turn. An address that is
     *                  unresolved is looked up before each try, on another thread than the reactor's.
     * @return the link. If the client is closed, the link never connects.
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
