package io.heartwheel.websocket;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heartwheel.WebSocketEcho;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Runs the Autobahn test suite against a server: {@code mvn -Pautobahn test-compile}. The suite is Python on the JVM,
 * and runs in a process of its own. Its report is in {@code target/autobahn}.
 */
public final class Autobahn
{
    private static final Path REPORTS = Path.of("target/autobahn").toAbsolutePath();
    private static final String AGENT = "heartwheel";
    /**
     * It sends ten PINGs at once, and expects an answer to each. That to the last will do (RFC 6455, section 5.5.3), so
     * a peer that asks and asks costs no memory.
     */
    private static final String LAST_PING_ANSWERED = "2.10";
    private static final int MINUTES_MAX = 20;

    private Autobahn()
    {
    }

    /**
     * @param args cases such as {@code 1.*,2.*}, and the port of a server on loopback that echoes; 0 has one started.
     */
    public static void main(final String[] args) throws IOException, InterruptedException
    {
        final int port = Integer.parseInt(args[1]);
        final Map<String, String> results;
        if (0 == port)
        {
            try (WebSocketEcho server = new WebSocketEcho())
            {
                results = run(server.port(), args[0]);
            }
        }
        else
        {
            results = run(port, args[0]);
        }

        final Map<String, Long> summary = results.values().stream()
            .collect(Collectors.groupingBy((each) -> each, TreeMap::new, Collectors.counting()));
        results.forEach((name, result) ->
        {
            if (!isRight(name, result))
            {
                System.out.println(name + " " + result);
            }
        });
        System.out.println(results.size() + " cases: " + summary);
        if (results.isEmpty() ||
            !results.entrySet().stream().allMatch((each) -> isRight(each.getKey(), each.getValue())))
        {
            System.exit(1);
        }
    }

    /**
     * Run cases against a server.
     *
     * @param port  of a server on loopback that sends each message back.
     * @param cases separated by commas, such as {@code 1.*,2.3}.
     * @return for each case how the server behaved, and how it closed.
     */
    static Map<String, String> run(final int port, final String cases) throws IOException, InterruptedException
    {
        Files.createDirectories(REPORTS);
        final Path index = REPORTS.resolve("index.json");
        Files.deleteIfExists(index);
        final Path script = REPORTS.resolve("run.py");
        Files.writeString(script, """
            from autobahntestsuite import wstest
            wstest.start({'mode': 'fuzzingclient'}, {
                'options': {'failByDrop': False},
                'outdir': '%s',
                'servers': [{'agent': '%s', 'url': 'ws://127.0.0.1:%d', 'options': {'version': 18}}],
                'cases': [%s],
                'exclude-cases': [],
                'exclude-agent-cases': {}})
            """.formatted(REPORTS, AGENT, port, Arrays.stream(cases.split(","))
            .map((each) -> "'" + each + "'").collect(Collectors.joining(", "))));
        final Process suite = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g",
            "-Dpython.cachedir=" + REPORTS.resolve("cache"),
            "-cp", System.getProperty("java.class.path"),
            "org.python.util.jython", script.toString())
            .redirectErrorStream(true).redirectOutput(REPORTS.resolve("output.txt").toFile()).start();
        try
        {
            if (!suite.waitFor(MINUTES_MAX, TimeUnit.MINUTES) || !Files.exists(index))
            {
                throw new IllegalStateException("the suite has not finished: see " + REPORTS.resolve("output.txt"));
            }
        }
        finally
        {
            suite.destroyForcibly();
        }
        return results(index);
    }

    private static Map<String, String> results(final Path index) throws IOException
    {
        final Comparator<String> byNumbers = Comparator.comparing((name) -> Arrays.stream(name.split("\\."))
            .map((each) -> "%04d".formatted(Integer.parseInt(each))).collect(Collectors.joining(".")));
        final Map<String, String> results = new TreeMap<>(byNumbers);
        JsonParser.parseString(Files.readString(index)).getAsJsonObject().getAsJsonObject(AGENT).entrySet()
            .forEach((entry) ->
            {
                final JsonObject result = entry.getValue().getAsJsonObject();
                results.put(entry.getKey(),
                    result.get("behavior").getAsString() + ", close " + result.get("behaviorClose").getAsString());
            });
        return results;
    }

    private static boolean isRight(final String name, final String result)
    {
        return result.equals("OK, close OK") || result.startsWith("INFORMATIONAL, ") ||
            name.equals(LAST_PING_ANSWERED) && result.equals("FAILED, close OK");
    }
}
