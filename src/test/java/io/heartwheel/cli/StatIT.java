package io.heartwheel.cli;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.heartwheel.Configuration;
import io.heartwheel.support.TestPeer;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

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
        try (Jar serve = Jar.run("-Dheartwheel.http=80x", "serve"))
        {
            assertEquals(List.of("heartwheel serve: heartwheel.http=80x: expected off, or HOST:PORT, such as " +
                "127.0.0.1:7400 or [::1]:7400, not '80x'"), serve.readRest());
            assertEquals(1, serve.exitCode());
        }
    }
}
