package io.heartwheel;

import io.heartwheel.config.WebSocketTarget;
import io.heartwheel.websocket.ClientOpening;
import io.heartwheel.websocket.TunnelOpening;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What a link by WebSocket asks a server for: see {@link HeartbeatClient#connect(WebSocketRequest)}.
 * <pre>{@code
 * client.connect(new WebSocketRequest(URI.create("wss://gateway.example.org/devices?id=7"))
 *     .subprotocols("devices.v2", "devices")
 *     .authorization(() -> "Bearer " + tokens.fresh()));
 * }</pre>
 * <b>Note:</b> Not threadsafe, and not to be changed once a link has it.
 */
public final class WebSocketRequest
{
    private static final String AUTHORIZATION = "Authorization";
    /** Fields that are written by the opening itself, or would make the request have a body. */
    private static final Set<String> OURS =
        Set.of("host", "upgrade", "connection", "content-length", "transfer-encoding", "te", "trailer", "expect");
    private static final String OURS_PREFIX = "sec-websocket-";

    private final List<WebSocketTarget> targets;
    private final SortedMap<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private List<String> subprotocols = List.of();
    private Supplier<String> authorization;

    /**
     * Construct a request for a server, or for one of several that are alike, which are tried in turn.
     *
     * @param uris whose scheme is {@code ws}, or {@code wss} for TLS. A user and password in one are sent as
     *             Authorization by the Basic scheme, unless another is set.
     * @throws IllegalArgumentException if there is none, or one is no URI of WebSocket.
     */
    public WebSocketRequest(final URI... uris)
    {
        if (0 == uris.length)
        {
            throw new IllegalArgumentException("no URI to connect to");
        }
        final List<WebSocketTarget> found = new ArrayList<>();
        for (final URI uri : uris)
        {
            found.add(WebSocketTarget.of(uri));
        }
        targets = List.copyOf(found);
        check();
    }

    /**
     * What the URIs lead to.
     *
     * @return as many as there are URIs, in their order.
     */
    public List<WebSocketTarget> targets()
    {
        return targets;
    }

    /**
     * Ask for subprotocols. {@link Link#subprotocol()} tells which one the server has chosen. It may choose none.
     *
     * @param names the best liked first.
     * @return this.
     * @throws IllegalArgumentException if one is no name of a subprotocol.
     */
    public WebSocketRequest subprotocols(final String... names)
    {
        subprotocols = List.of(names);
        check();
        return this;
    }

    /**
     * Say from which page the request comes. Programs that are no browsers send no Origin, and a server may let them in
     * for that or not.
     *
     * @param origin such as {@code https://app.example}.
     * @return this.
     * @throws IllegalArgumentException if it cannot be part of a request.
     */
    public WebSocketRequest origin(final String origin)
    {
        return header("Origin", origin);
    }

    /**
     * Set a field of the request, such as Cookie. It replaces one of the same name.
     *
     * @param name  of the field, in any case.
     * @param value of the field, printable ASCII.
     * @return this.
     * @throws IllegalArgumentException if it cannot be part of a request, or is written by the opening itself.
     */
    public WebSocketRequest header(final String name, final String value)
    {
        final String lower = name.toLowerCase(Locale.ROOT);
        if (OURS.contains(lower) || lower.startsWith(OURS_PREFIX))
        {
            throw new IllegalArgumentException("the field " + name + " is written by the opening itself");
        }
        headers.put(name, Objects.requireNonNull(value, name));
        check();
        return this;
    }

    /**
     * Set credentials by the Basic scheme.
     *
     * @param user     without a colon.
     * @param password of the user.
     * @return this.
     */
    public WebSocketRequest basic(final String user, final String password)
    {
        return header(AUTHORIZATION, TunnelOpening.basic(user, password));
    }

    /**
     * Set what makes the Authorization of each try, as a token may have expired by the next one.
     *
     * @param source of the value, such as {@code Bearer eyJ...}. It is called on the reactor thread, once a try, and
     *               must not block; what it throws is why the try fails.
     * @return this.
     */
    public WebSocketRequest authorization(final Supplier<String> source)
    {
        authorization = source;
        return this;
    }

    /**
     * The opening of one connection.
     *
     * @param index of the URI that is tried.
     * @param nonce of the connection: {@link ClientOpening#NONCE_LENGTH} random bytes.
     * @return its request, and the check of the answer.
     */
    public ClientOpening opening(final int index, final byte[] nonce)
    {
        return opening(targets.get(index), nonce, null == authorization ? null : authorization.get());
    }

    /** What cannot be asked for is refused here, not by each try. */
    private void check()
    {
        targets.forEach((target) -> opening(target, new byte[ClientOpening.NONCE_LENGTH], null));
    }

    private ClientOpening opening(final WebSocketTarget target, final byte[] nonce, final String authorized)
    {
        final Map<String, String> fields = new TreeMap<>(headers);
        if (null != authorized)
        {
            fields.put(AUTHORIZATION, authorized);
        }
        else if (null != target.authorization())
        {
            fields.putIfAbsent(AUTHORIZATION, target.authorization());
        }
        return new ClientOpening(target.host(), target.resource(), nonce, subprotocols, fields);
    }
}
