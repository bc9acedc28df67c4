package io.heartwheel.support;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A browser without a window, driven by its DevTools protocol.
 */
public final class Chromium implements AutoCloseable
{
    private static final Pattern CONSOLE = Pattern.compile("\\[.*CONSOLE[:(]\\d+\\)?\\] \"(.*)\", source: .*");
    private static final Pattern LISTENING = Pattern.compile("DevTools listening on ws://([0-9.:]+)/.*");
    private static final int CALL_S = 30;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Gson gson = new Gson();
    private final Program program;
    private final String address;

    public Chromium(final Path folder) throws IOException, InterruptedException
    {
        Tool.require("chromium");
        program = new Program(command(folder, "about:blank"), Map.of(), Chromium::devTools);
        address = program.await("");
    }

    /**
     * What to run. It prints what pages write to their console.
     *
     * @param folder for its profile.
     */
    static List<String> command(final Path folder, final String url)
    {
        return List.of("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--user-data-dir=" + folder.resolve("profile"), "--enable-logging=stderr", "--remote-debugging-port=0",
            url);
    }

    /**
     * @return what a page has written to its console, or null if the browser says something else.
     */
    static String consoleText(final String line)
    {
        final Matcher matcher = CONSOLE.matcher(line);
        return matcher.matches() ? matcher.group(1) : null;
    }

    private static String devTools(final String line)
    {
        final Matcher matcher = LISTENING.matcher(line);
        return matcher.matches() ? matcher.group(1) : null;
    }

    /**
     * Open a page in a tab of its own.
     */
    public Page open(final String url) throws IOException, InterruptedException
    {
        final HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create(
            "http://" + address + "/json/new?" + URLEncoder.encode(url, StandardCharsets.UTF_8)))
            .PUT(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
        return new Page(gson.fromJson(answer.body(), JsonObject.class).get("webSocketDebuggerUrl").getAsString());
    }

    /**
     * {@code STOP}, {@code CONT}: to all of its processes.
     */
    public void signal(final String signal) throws IOException, InterruptedException
    {
        program.signal(signal);
    }

    @Override
    public void close()
    {
        program.close();
    }

    /**
     * A tab.
     */
    public final class Page implements WebSocket.Listener
    {
        private final AtomicInteger calls = new AtomicInteger();
        private final Map<Integer, CompletableFuture<JsonObject>> answers = new ConcurrentHashMap<>();
        private final StringBuilder part = new StringBuilder();
        private final WebSocket socket;

        private Page(final String url)
        {
            socket = http.newWebSocketBuilder().buildAsync(URI.create(url), this).join();
        }

        @Override
        public CompletionStage<?> onText(final WebSocket webSocket, final CharSequence data, final boolean last)
        {
            part.append(data);
            if (last)
            {
                final JsonObject answer = gson.fromJson(part.toString(), JsonObject.class);
                part.setLength(0);
                if (answer.has("id"))
                {
                    answers.remove(answer.get("id").getAsInt()).complete(answer);
                }
            }
            webSocket.request(1);
            return null;
        }

        /**
         * Call a method of the protocol.
         *
         * @param parameters names and values in turn.
         * @return its result.
         */
        public JsonObject call(final String method, final Object... parameters)
        {
            final JsonObject named = new JsonObject();
            for (int i = 0; i < parameters.length; i += 2)
            {
                named.add((String)parameters[i], gson.toJsonTree(parameters[i + 1]));
            }
            final JsonObject call = new JsonObject();
            final int id = calls.incrementAndGet();
            call.addProperty("id", id);
            call.addProperty("method", method);
            call.add("params", named);
            final CompletableFuture<JsonObject> answer = new CompletableFuture<>();
            answers.put(id, answer);
            socket.sendText(call.toString(), true).join();
            final JsonObject got = answer.orTimeout(CALL_S, TimeUnit.SECONDS).join();
            if (!got.has("result"))
            {
                throw new AssertionError(call + " -> " + got);
            }
            return got.getAsJsonObject("result");
        }

        /**
         * Run a script.
         *
         * @return its value as JSON; what a promise is fulfilled with.
         */
        public String run(final String script)
        {
            final JsonObject got =
                call("Runtime.evaluate", "expression", script, "awaitPromise", true, "returnByValue", true);
            if (got.has("exceptionDetails"))
            {
                throw new AssertionError(script + " -> " + got);
            }
            final JsonElement value = got.getAsJsonObject("result").get("value");
            return null == value ? "undefined" : value.toString();
        }

        /** Close the tab. */
        public void close()
        {
            call("Page.close");
            socket.abort();
        }
    }
}
