package io.heartwheel.status;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import io.heartwheel.config.Configuration;
import org.agrona.CloseHelper;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Reads the status of a server from its {@link StatusServer}. Each call blocks until the answer or a timeout.
 */
public final class StatusClient
{
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** Longest answer that is read. A hundred losses with the longest texts take a tenth of it. */
    private static final int ANSWER_MAX = 1 << 20;

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final Gson gson = new Gson();
    private final InetSocketAddress server;
    private final String base;

    /**
     * @param address HOST:PORT, with or without http:// before it.
     * @throws IllegalArgumentException if it is no address; the message says why.
     */
    public StatusClient(final String address)
    {
        final String hostAndPort = address.replaceFirst("^http://", "").replaceFirst("/$", "");
        server = Configuration.parseUnresolvedAddress(hostAndPort);
        base = "http://" + Configuration.addressText(server);
    }

    /**
     * The status of the server.
     *
     * @throws IOException if the server does not answer, or is no status server; the message names it.
     */
    public Status status() throws IOException, InterruptedException
    {
        final Status status = parsed(statusJson(), Status.class);
        final WebSocketStatus webSocket = status.webSocket();
        if (Stream.of(status.losses(), status.roundTripMs(), status.marginPercent(), status.latenessMs(),
            status.cycleMs()).anyMatch(Objects::isNull) || status.protocols().stream().anyMatch(Objects::isNull) ||
            null != webSocket && Stream.of(webSocket.openingsRefused(), webSocket.closesSent(),
            webSocket.closesHeard()).anyMatch(Objects::isNull))
        {
            throw unknown();
        }
        return status;
    }

    /**
     * The status as the server sent it.
     */
    public String statusJson() throws IOException, InterruptedException
    {
        return get("/status");
    }

    /**
     * The last losses, newest first.
     */
    public List<Loss> losses() throws IOException, InterruptedException
    {
        final List<Loss> losses = Arrays.asList(parsed(get("/losses"), Loss[].class));
        if (losses.contains(null))
        {
            throw unknown();
        }
        return losses;
    }

    private <T> T parsed(final String json, final Class<T> type) throws IOException
    {
        try
        {
            final T value = gson.fromJson(json, type);
            if (null != value)
            {
                return value;
            }
        }
        catch (final JsonParseException ex)
        {
            // The exception below reports it.
        }
        throw unknown();
    }

    private IOException unknown()
    {
        return new IOException(base + " is no status of heartwheel");
    }

    private String get(final String path) throws IOException, InterruptedException
    {
        final HttpResponse<InputStream> response;
        try
        {
            response = http.send(HttpRequest.newBuilder(uri(path)).timeout(TIMEOUT).build(),
                HttpResponse.BodyHandlers.ofInputStream());
        }
        catch (final UnknownHostException ex)
        {
            throw new IOException(base + ": unknown host", ex);
        }
        catch (final IOException ex)
        {
            final String why = null == ex.getMessage() ? "cannot connect" : ex.getMessage();
            throw new IOException(base + ": " + why + "; was serve started with -Dheartwheel.http?", ex);
        }
        if (200 != response.statusCode())
        {
            throw new IOException(base + path + ": HTTP " + response.statusCode());
        }
        return text(response.body());
    }

    /**
     * Read a body with a bound on its length and time. The timeout of a request covers only the headers of the answer.
     */
    private String text(final InputStream body) throws IOException
    {
        CompletableFuture.delayedExecutor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
            .execute(() -> CloseHelper.quietClose(body));
        final byte[] text = body.readNBytes(ANSWER_MAX + 1);
        if (text.length > ANSWER_MAX)
        {
            body.close();
            throw unknown();
        }
        return new String(text, StandardCharsets.UTF_8);
    }

    /**
     * The URI has the address of the host in place of its name, as a URI allows no underscore, and names of containers
     * often have one.
     */
    private URI uri(final String path) throws IOException
    {
        final InetAddress host = InetAddress.getByName(server.getHostString());
        try
        {
            return new URI("http", null, host.getHostAddress(), server.getPort(), path, null, null);
        }
        catch (final URISyntaxException ex)
        {
            throw new IOException(ex.getMessage(), ex);
        }
    }
}
