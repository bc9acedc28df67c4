package io.heartwheel.cli;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpServer;
import io.heartwheel.config.Configuration;
import io.heartwheel.support.TestPeer;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * {@code stat} against {@code serve}, each in a process of its own.
 */
class StatIT
{
    @Test
    void shouldShowHowARunningServerStands() throws IOException, InterruptedException
    {
        try (Jar server = Jar.run("-Dheartwheel.bind=127.0.0.1:0", "-Dheartwheel.http=127.0.0.1:0", "serve"))
        {
            final String http = server.readLine("status at http://").replaceAll("status at http://|/$", "");
            final String address = server.readLine("listening on ").substring("listening on ".length());
            try (TestPeer peer = new TestPeer(Configuration.parseAddress(address)))
            {
                peer.read();
                try (Jar stat = Jar.run("stat", http, "--once"))
                {
                    final List<String> lines = stat.readRest();
                    assertTrue(lines.get(0).startsWith("heartwheel " + address + "   up 0:0"), lines::toString);
                    assertTrue(lines.get(0).endsWith("the duty cycle turns"), lines::toString);
                    assertTrue(lines.stream().anyMatch((line) -> line.matches("open +1 +opened 1, refused 0")),
                        lines::toString);
                    assertEquals(0, stat.exitCode());
                }
                try (Jar stat = Jar.run("stat", "http://" + http + "/", "--once", "--json"))
                {
                    final List<String> lines = stat.readRest();
                    assertEquals(1, lines.size());
                    assertEquals(1, new Gson().fromJson(lines.get(0), JsonObject.class).get("open").getAsInt());
                }
                try (Jar stat = Jar.run("stat", http, "--every", "100ms"))
                {
                    assertTrue(stat.readLine("open 1  reads ").contains("stalls "));
                    assertTrue(stat.readLine("open 1  reads ").contains("stalls "));
                    stat.terminate();
                }
            }
        }
    }

    @Test
    void shouldShowEachOfSeveralReactors() throws IOException, InterruptedException
    {
        try (Jar server = Jar.run("-Dheartwheel.bind=127.0.0.1:0", "-Dheartwheel.http=127.0.0.1:0",
            "-Dheartwheel.reactors=2", "-Dheartwheel.accept.sockets=one", "serve"))
        {
            assertTrue(server.readLine("2 reactors, ").endsWith("because heartwheel.accept.sockets=one"));
            final String http = server.readLine("status at http://").replaceAll("status at http://|/$", "");
            final String address = server.readLine("listening on ").substring("listening on ".length());
            try (TestPeer one = new TestPeer(Configuration.parseAddress(address));
                TestPeer two = new TestPeer(Configuration.parseAddress(address));
                Jar stat = Jar.run("stat", http, "--once"))
            {
                one.read();
                two.read();
                final List<String> lines = stat.readRest();
                for (int i = 0; i < 2; i++)
                {
                    final String row = i + " +1 +[0-9]+ +[0-9]+ +[0-9]+ +[0-9.]+";
                    assertTrue(lines.stream().anyMatch((line) -> line.matches(row)), lines::toString);
                }
            }
        }
    }

    @Test
    void shouldTellTheConnectionsOfASwarmByTheirProtocol() throws IOException, InterruptedException
    {
        try (Jar server = Jar.run("-Dheartwheel.bind=127.0.0.1:0", "-Dheartwheel.http=127.0.0.1:0",
            "-Dheartwheel.websocket.bind=127.0.0.1:0", "-Dheartwheel.idle=1s", "-Dheartwheel.interval=500ms",
            "-Dheartwheel.count=2", "serve"))
        {
            final String http = server.readLine("status at http://").replaceAll("status at http://|/$", "");
            final String address = server.readLine("WebSocket at ").substring("WebSocket at ".length());
            server.readLine("listening on ");
            try (Jar swarm = Jar.run("swarm", "--server", address, "--protocol", "websocket", "-n", "50",
                "--silent", "5", "--at", "0s", "--detection", "2s", "--run", "8s"))
            {
                swarm.readLine("server ");
                try (Jar stat = Jar.run("stat", http, "--once"))
                {
                    final List<String> lines = stat.readRest();
                    // The swarm has reset its connections at its end.
                    assertTrue(lines.stream().anyMatch((line) -> line.matches("websocket +\\d+ +50 +[0-9]+")),
                        lines::toString);
                    assertTrue(lines.stream().anyMatch((line) -> line.matches("heartwheel +0 +0 +0")), lines::toString);
                    assertTrue(lines.stream().anyMatch((line) ->
                        line.startsWith("  websocket    refused none; closed 4001 5; by the peer none")),
                        lines::toString);
                }
                final List<String> report = swarm.readRest();
                assertTrue(report.contains("verdict        OK"), report::toString);
                assertEquals(0, swarm.exitCode());
            }
        }
    }

    @Test
    void shouldSayInOneLineWhatIsWrong() throws IOException, InterruptedException
    {
        try (Jar stat = Jar.run("stat", "127.0.0.1:1", "--once"))
        {
            assertEquals(List.of(
                "heartwheel stat: http://127.0.0.1:1: cannot connect; was serve started with -Dheartwheel.http?"),
                stat.readRest());
            assertEquals(1, stat.exitCode());
        }
        try (Jar stat = Jar.run("stat", "nowhere"))
        {
            assertEquals(List.of("heartwheel stat: such as 127.0.0.1:7400 or [::1]:7400, not 'nowhere' " +
                "(see heartwheel stat --help)"), stat.readRest());
            assertEquals(2, stat.exitCode());
        }
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            Jar serve = Jar.run("-Dheartwheel.bind=127.0.0.1:0",
                "-Dheartwheel.http=127.0.0.1:" + taken.getLocalPort(), "serve"))
        {
            assertEquals(List.of("heartwheel serve: cannot serve HTTP on 127.0.0.1:" + taken.getLocalPort() +
                ": Address already in use"), serve.readRest());
            assertEquals(1, serve.exitCode());
        }
        for (final String host : List.of("my service", "a/b", "[x]", "\u202Ex"))
        {
            try (Jar stat = Jar.run("stat", host + ":7480", "--once"))
            {
                final List<String> lines = stat.readRest();
                assertEquals(List.of("heartwheel stat: such as 127.0.0.1:7400 or [::1]:7400, not '" +
                    host.replace('\u202E', '?') + ":7480' (see heartwheel stat --help)"), lines);
                assertEquals(2, stat.exitCode());
            }
        }
        try (Jar stat = Jar.run("stat", "no_such_host.invalid:7480", "--once"))
        {
            assertEquals(List.of("heartwheel stat: http://no_such_host.invalid:7480: unknown host"), stat.readRest());
            assertEquals(1, stat.exitCode());
        }
        try (Jar serve = Jar.run("-Dheartwheel.http=80x", "serve"))
        {
            assertEquals(List.of("heartwheel serve: heartwheel.http=80x: expected off, or HOST:PORT, such as " +
                "127.0.0.1:7400 or [::1]:7400, not '80x'"), serve.readRest());
            assertEquals(1, serve.exitCode());
        }
    }

    /**
     * Whatever answers there is shown as text, or in one line as what it is not.
     */
    @Test
    void shouldNotBeSteeredByWhatAnswers() throws IOException, InterruptedException
    {
        final Map<String, String> answers = new ConcurrentHashMap<>();
        final HttpServer http = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        http.createContext("/", (exchange) ->
        {
            final byte[] body = answers.get(exchange.getRequestURI().getPath()).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        http.start();
        try
        {
            final String address = "127.0.0.1:" + http.getAddress().getPort();
            final String none = "{\"count\":0}";
            final String steering = "\\u001b]0;x\\u009b31m\\u202e\\n";
            answers.put("/status", "{\"address\":\"" + steering + "\",\"health\":\"" + steering +
                "\",\"losses\":{},\n\"roundTripMs\":" + none + ",\"marginPercent\":" + none +
                ",\"latenessMs\":" + none + ",\"cycleMs\":" + none + "}");
            answers.put("/losses",
                "[{\"address\":\"" + steering + "\",\"reason\":\"\u009b\",\"detail\":\"x\"}]");
            try (Jar stat = Jar.run("stat", address, "--once"))
            {
                final List<String> lines = stat.readRest();
                assertEquals(0, stat.exitCode(), lines::toString);
                assertEquals("heartwheel ?]0;x?31m??   up 0:00   ?]0;x?31m??", lines.get(0));
                assertTrue(lines.get(lines.size() - 1).endsWith("?]0;x?31m??  x"), lines::toString);
                assertTrue(lines.stream().noneMatch((line) -> line.matches(".*[\\p{Cc}\\p{Cf}].*")), lines::toString);
            }
            answers.put("/status", "{\"x\":\"\033[2J\u009b\",\r\n  \"y\": 1}\n");
            try (Jar stat = Jar.run("stat", address, "--once", "--json"))
            {
                assertEquals(List.of("{\"x\":\"?[2J?\", \"y\": 1} "), stat.readRest());
            }
            answers.put("/status", " ".repeat(2_000_000) + answers.get("/status"));
            try (Jar stat = Jar.run("stat", address, "--once", "--json"))
            {
                assertEquals(List.of("heartwheel stat: http://" + address + " is no status of heartwheel"),
                    stat.readRest());
                assertEquals(1, stat.exitCode());
            }
            answers.put("/status", "{}");
            try (Jar stat = Jar.run("stat", address, "--once"))
            {
                assertEquals(List.of("heartwheel stat: http://" + address + " is no status of heartwheel"),
                    stat.readRest());
                assertEquals(1, stat.exitCode());
            }
        }
        finally
        {
            http.stop(0);
        }
    }
}
