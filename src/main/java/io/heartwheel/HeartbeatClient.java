package io.heartwheel;

import io.heartwheel.config.ConfigurationException;
import io.heartwheel.config.HttpProxy;
import io.heartwheel.reactor.Connector;
import io.heartwheel.wire.Identity;
import org.agrona.concurrent.Agent;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

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
 * Servers that speak WebSocket are connected to by their URIs, and all servers through a proxy of HTTP if one is set:
 * {@link ClientContext#proxy(HttpProxy)}.
 * <p>
 * With several reactors, each link belongs to one of them for good; they are given links in turn.
 * <p>
 * It is an Agrona {@link Agent}, and runs like a {@link HeartbeatServer}. Its {@link #onClose()} sends a BYE to every
 * server.
 */
public final class HeartbeatClient extends AgentGroup
{
    private static final String NAME = "heartwheel-client";

    private final List<Connector> connectors;
    private final String identity;
    private final AtomicInteger links = new AtomicInteger();

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

    private HeartbeatClient(final ClientContext ctx, final List<Connector> connectors)
    {
        super(ReactorAgent.of(connectors.stream().map(Connector::reactor).toList(), ctx, NAME));
        this.connectors = connectors;
        identity = ctx.identity();
    }

    /**
     * Run a client on a new thread, or on one for each reactor.
     *
     * @param ctx with the settings.
     * @return the client; close it to end it.
     */
    public static HeartbeatClient launch(final ClientContext ctx)
    {
        final HeartbeatClient client = new HeartbeatClient(ctx);
        client.startOnThreads(ctx);
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
        return connect(identity, addresses);
    }

    /**
     * Make a link to a server that is told who this client is. From any thread.
     *
     * @param identity  {@code user} or {@code user/device}, or null for none; it takes the place of {@link
     *                  ClientContext#identity()}.
     * @param addresses as of {@link #connect(InetSocketAddress...)}.
     * @return the link.
     * @throws IllegalArgumentException if that is no identity.
     */
    public Link connect(final String identity, final InetSocketAddress... addresses)
    {
        if (null != identity)
        {
            Identity.required(identity);
        }
        if (0 == addresses.length)
        {
            throw new IllegalArgumentException("no address to connect to");
        }
        return nextConnector().connect(identity, List.of(addresses));
    }

    /**
     * Make a link by WebSocket (RFC 6455). From any thread.
     *
     * @param uris of the server, or of several that are alike, such as {@code wss://gateway.example.org/devices}.
     * @return the link. If the client is closed, the link never connects.
     * @throws IllegalArgumentException if there is none, or one is no URI of WebSocket.
     */
    public Link connect(final URI... uris)
    {
        return connect(new WebSocketRequest(uris));
    }

    /**
     * Make a link by WebSocket (RFC 6455) that asks for more than a URI tells. Names are looked up before each try, and
     * for {@code wss} the certificate of the server has to be for its name. Each try asks the server anew; how it
     * refuses is in {@link Link#failure()}, and the link comes back as any other does. A PING is the probe, and any
     * byte proves life.
     *
     * @param request to the server; not to be changed any more.
     * @return the link. If the client is closed, the link never connects.
     * @throws IllegalStateException if TLS is asked for, none is set, and that of the JVM cannot be used.
     */
    public Link connect(final WebSocketRequest request)
    {
        return nextConnector().connect(request);
    }

    private Connector nextConnector()
    {
        return connectors.get(Math.floorMod(links.getAndIncrement(), connectors.size()));
    }

    @Override
    public String roleName()
    {
        return NAME;
    }
}
