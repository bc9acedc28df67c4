package io.heartwheel.status;

import com.google.gson.Gson;
import io.heartwheel.config.Configuration;
import io.heartwheel.wire.PlainText;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Shows the status of a server by HTTP: as a page, as JSON and as metrics. It is read-only.
 */
public final class StatusServer implements AutoCloseable
{
    private static final String JSON = "application/json";
    /** Path of the plotting library in its jar. The version is the one in pom.xml. */
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.24/dist/";
    private static final Map<String, String> FILES = Map.of(
        "/", "index.html", "/page.css", "page.css", "/page.js", "page.js",
        "/uPlot.css", UPLOT + "uPlot.min.css", "/uPlot.js", UPLOT + "uPlot.iife.min.js",
        // For pages of others, to be fetched from here once.
        "/heartwheel.js", "/io/heartwheel/heartwheel.js");
    private static final Map<String, String> TYPES =
        Map.of("html", "text/html; charset=utf-8", "css", "text/css", "js", "text/javascript; charset=utf-8");

    private final HttpPort port;
    private final HostCheck hosts;
    private final Observer observer;
    private final Supplier<List<Loss>> losses;
    private final LongSupplier nanoClock;
    private final PrometheusText prometheus;
    private final Gson gson = new Gson();

    /**
     * An answer to a request.
     */
    private record Answer(int status, String type, byte[] body)
    {
    }

    /**
     * Bind and serve.
     *
     * @param hosts  names that are accepted besides localhost, or null for any.
     * @param losses gives the last losses, newest first.
     * @throws IOException if the address cannot be bound.
     */
    public StatusServer(
        final InetSocketAddress address,
        final Set<String> hosts,
        final Observer observer,
        final Supplier<List<Loss>> losses,
        final LongSupplier nanoClock) throws IOException
    {
        this.hosts = new HostCheck(hosts, address.getHostString());
        this.observer = observer;
        this.losses = losses;
        this.nanoClock = nanoClock;
        prometheus = new PrometheusText(observer.metrics(), observer.metricsByReactor(), observer.fleetMetrics());
        try
        {
            port = new HttpPort(address, this::response);
        }
        catch (final IOException | RuntimeException ex)
        {
            throw new IOException("cannot serve HTTP on " + Configuration.addressText(address) + ": " +
                (null == ex.getMessage() ? ex : ex.getMessage()), ex);
        }
    }

    /**
     * The address that it listens at.
     */
    public InetSocketAddress address()
    {
        return port.address();
    }

    @Override
    public void close()
    {
        port.close();
    }

    private ClassicHttpResponse response(final ClassicHttpRequest request)
    {
        final Answer answer = guarded(request);
        final ClassicHttpResponse response = new BasicClassicHttpResponse(answer.status);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader(
            "Content-Security-Policy", "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'");
        response.setEntity(new ByteArrayEntity(answer.body, ContentType.parse(answer.type)));
        return response;
    }

    private Answer guarded(final ClassicHttpRequest request)
    {
        try
        {
            return answer(request);
        }
        catch (final IllegalArgumentException ex)
        {
            return error(400, ex.getMessage());
        }
        catch (final IOException ex)
        {
            return error(503, ex.getMessage());
        }
        catch (final InterruptedException ex)
        {
            return error(503, "ending");
        }
        catch (final RuntimeException ex)
        {
            return error(500, ex.toString());
        }
    }

    private Answer answer(final ClassicHttpRequest request) throws IOException, InterruptedException
    {
        final String method = request.getMethod();
        if (!"GET".equals(method) && !"HEAD".equals(method))
        {
            return error(405, method + ": only GET and HEAD are served");
        }
        // The host is that of the request target if that is absolute, else that of the header.
        final String host = Objects.toString(request.getAuthority(), "localhost");
        if (!hosts.isKnown(host))
        {
            return error(421, host + " is no name of this server: " + HostCheck.REMEDY);
        }
        final String[] pathAndQuery = request.getPath().split("\\?", 2);
        return answer(pathAndQuery[0], 1 == pathAndQuery.length ? "" : pathAndQuery[1]);
    }

    private Answer answer(final String path, final String query) throws IOException, InterruptedException
    {
        final long nowNs = nanoClock.getAsLong();
        return switch (path)
        {
            case "/status" -> json(200, observer.status(nowNs));
            case "/history" -> json(200, observer.history());
            case "/losses" -> json(200, losses.get());
            case "/refusals" -> json(200, observer.refusals());
            case "/connections" -> json(200, new ConnectionQuery(parameters(query)).of(observer.connections()));
            case "/health" -> health(observer.status(nowNs));
            case "/metrics" -> metrics();
            default -> FILES.containsKey(path) ? file(FILES.get(path)) : error(404, path + ": there is /, /status, " +
                "/history, /losses, /refusals, /connections, /health, /metrics");
        };
    }

    private Answer health(final Status status)
    {
        final Map<String, Object> health = new LinkedHashMap<>();
        health.put("healthy", status.healthy());
        health.put("why", status.health());
        health.put("stalls", status.stalls());
        health.put("longestStallMs", status.longestStallMs());
        if (null != status.fleet())
        {
            health.put("lease", status.fleet().state());
        }
        return json(status.healthy() ? 200 : 503, health);
    }

    private Answer metrics() throws IOException
    {
        final ByteArrayOutputStream text = new ByteArrayOutputStream();
        prometheus.write(text);
        return new Answer(200, PrometheusText.CONTENT_TYPE, text.toByteArray());
    }

    private static Answer file(final String name) throws IOException
    {
        try (InputStream in = StatusServer.class.getResourceAsStream(name))
        {
            return new Answer(200, TYPES.get(name.substring(name.lastIndexOf('.') + 1)), in.readAllBytes());
        }
    }

    private Answer json(final int status, final Object value)
    {
        // The JSON may hold texts of peers, which must not control the terminal that shows it.
        return new Answer(status, JSON, PlainText.of(gson.toJson(value)).getBytes(StandardCharsets.UTF_8));
    }

    private Answer error(final int status, final String text)
    {
        return json(status, Map.of("error", text));
    }

    private static Map<String, String> parameters(final String query)
    {
        final Map<String, String> parameters = new LinkedHashMap<>();
        for (final String pair : query.isEmpty() ? new String[0] : query.split("&"))
        {
            final int equals = pair.indexOf('=');
            parameters.put(
                decoded(equals < 0 ? pair : pair.substring(0, equals)),
                equals < 0 ? "" : decoded(pair.substring(equals + 1)));
        }
        return parameters;
    }

    private static String decoded(final String text)
    {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
