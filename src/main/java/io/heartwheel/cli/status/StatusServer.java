package io.heartwheel.cli.status;

import com.google.gson.Gson;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.heartwheel.Configuration;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Shows a server by HTTP: a page, JSON, metrics. It only tells, and changes nothing.
 */
public final class StatusServer implements AutoCloseable
{
    private static final int THREADS = 8;
    private static final int BACKLOG = 64;
    private static final String JSON = "application/json";
    /** Where the library that draws the plots lies in its jar; the version is that of pom.xml. */
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.24/dist/";
    private static final Map<String, String> FILES = Map.of(
        "/", "index.html", "/page.css", "page.css", "/page.js", "page.js",
        "/uPlot.css", UPLOT + "uPlot.min.css", "/uPlot.js", UPLOT + "uPlot.iife.min.js");
    private static final Map<String, String> TYPES =
        Map.of("html", "text/html; charset=utf-8", "css", "text/css", "js", "text/javascript; charset=utf-8");

    private final HttpServer http;
    private final ExecutorService threads;
    private final Observer observer;
    private final Supplier<List<Loss>> losses;
    private final LongSupplier nanoClock;
    private final PrometheusText prometheus;
    private final Gson gson = new Gson();

    /**
     * What is answered.
     */
    private record Answer(int status, String type, byte[] body)
    {
    }

    /**
     * Bind and serve.
     *
     * @param losses the last ones, newest first.
     * @throws IOException if the address cannot be bound.
     */
    public StatusServer(
        final InetSocketAddress address,
        final Observer observer,
        final Supplier<List<Loss>> losses,
        final LongSupplier nanoClock) throws IOException
    {
        this.observer = observer;
        this.losses = losses;
        this.nanoClock = nanoClock;
        prometheus = new PrometheusText(observer.metrics());
        boundClients();
        try
        {
            http = HttpServer.create(address, BACKLOG);
        }
        catch (final IOException | RuntimeException ex)
        {
            throw new IOException(
                "cannot serve HTTP on " + Configuration.addressText(address) + ": " + ex.getMessage(), ex);
        }
        threads = Executors.newFixedThreadPool(THREADS, (task) ->
        {
            final Thread thread = new Thread(task, "heartwheel-http");
            thread.setDaemon(true);
            return thread;
        });
        http.setExecutor(threads);
        http.createContext("/", this::onRequest);
        http.start();
    }

    /**
     * Where it listens.
     */
    public InetSocketAddress address()
    {
        return http.getAddress();
    }

    @Override
    public void close()
    {
        http.stop(0);
        threads.shutdownNow();
    }

    /**
     * A client that sends or reads nothing must not keep a thread; what the user has set stays.
     */
    private static void boundClients()
    {
        Map.of("sun.net.httpserver.maxReqTime", "10", "sun.net.httpserver.maxRspTime", "10",
            "jdk.httpserver.maxConnections", "256").forEach(
                (name, value) -> System.setProperty(name, System.getProperty(name, value)));
    }

    private void onRequest(final HttpExchange exchange) throws IOException
    {
        try (exchange)
        {
            Answer answer;
            try
            {
                answer = answer(exchange);
            }
            catch (final IllegalArgumentException ex)
            {
                answer = error(400, ex.getMessage());
            }
            catch (final IOException ex)
            {
                answer = error(503, ex.getMessage());
            }
            catch (final InterruptedException ex)
            {
                answer = error(503, "ending");
            }
            catch (final RuntimeException ex)
            {
                answer = error(500, ex.toString());
            }
            send(exchange, answer);
        }
    }

    private Answer answer(final HttpExchange exchange) throws IOException, InterruptedException
    {
        final String method = exchange.getRequestMethod();
        if (!"GET".equals(method) && !"HEAD".equals(method))
        {
            return error(405, method + ": only GET and HEAD are served");
        }
        final long nowNs = nanoClock.getAsLong();
        final String path = exchange.getRequestURI().getPath();
        return switch (path)
        {
            case "/status" -> json(200, observer.status(nowNs));
            case "/history" -> json(200, observer.history());
            case "/losses" -> json(200, losses.get());
            case "/connections" -> json(200,
                new ConnectionQuery(parameters(exchange.getRequestURI().getRawQuery())).of(observer.connections()));
            case "/health" -> health(observer.status(nowNs));
            case "/metrics" -> metrics();
            default -> FILES.containsKey(path) ? file(FILES.get(path)) : error(404, path + ": there is /, /status, " +
                "/history, /losses, /connections, /health, /metrics");
        };
    }

    private Answer health(final Status status)
    {
        final Map<String, Object> health = new LinkedHashMap<>();
        health.put("healthy", status.healthy());
        health.put("why", status.health());
        health.put("stalls", status.stalls());
        health.put("longestStallMs", status.longestStallMs());
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
        return new Answer(status, JSON, gson.toJson(value).getBytes(StandardCharsets.UTF_8));
    }

    private Answer error(final int status, final String text)
    {
        return json(status, Map.of("error", text));
    }

    private static void send(final HttpExchange exchange, final Answer answer) throws IOException
    {
        final Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", answer.type);
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'");
        final boolean isHead = "HEAD".equals(exchange.getRequestMethod());
        exchange.sendResponseHeaders(answer.status, isHead ? -1 : answer.body.length);
        if (!isHead)
        {
            try (OutputStream out = exchange.getResponseBody())
            {
                out.write(answer.body);
            }
        }
    }

    private static Map<String, String> parameters(final String query)
    {
        final Map<String, String> parameters = new LinkedHashMap<>();
        for (final String pair : null == query ? new String[0] : query.split("&"))
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
