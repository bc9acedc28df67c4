package io.heartwheel.network;

import io.heartwheel.support.Program;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * The command {@code connect} and a server, both of STRICT cadence, whose link is cut and heals.
 */
@Tag("network")
class StrictLinkTest
{
    private static final String COMMANDS = "io.heartwheel.cli.Heartwheel";
    private static final String STRICT = "-Dheartwheel.cadence=strict";
    private static final double DETECTION_S = 7.5;
    private static final double TOLERANCE_S = 0.1;
    /** So the last to be heard before the cut is acknowledged as well. */
    private static final int QUIET_MS = 200;

    @BeforeAll
    static void requireTools()
    {
        Tools.require();
    }

    @Test
    void shouldLoseServerBehindCutLinkComeBackAndKeepMessagesInOrder() throws IOException, InterruptedException
    {
        try (Hosts hosts = new Hosts(false))
        {
            final Program server = hosts.start(
                "SERVER", Watched.NAME, STRICT, "-Dheartwheel.bind=" + Hosts.SERVER_ADDRESS, "serve");
            server.await("ready");
            final Program client = hosts.start("CLIENT", COMMANDS, STRICT, "-Dheartwheel.reconnect.min=500ms",
                "-Dheartwheel.connect.timeout=1s", "connect", Hosts.SERVER_ADDRESS);
            client.await("open " + Hosts.SERVER_ADDRESS);
            sendLines(client, 0, 40);
            server.await("message", " 39");
            server.tell("send the last");
            client.await("< the last");
            final long heardNs = System.nanoTime();
            Thread.sleep(QUIET_MS);

            hosts.run(Hosts.rule("drop"));
            // The kernel takes these for a connection that is dead already: they end with it.
            sendLines(client, 40, 50);
            client.await("closed PEER_SILENT after ");
            final double silenceS = (System.nanoTime() - heardNs) / 1e9;
            System.out.printf("connect, strict, link cut: PEER_SILENT %.3f s after the last byte heard%n", silenceS);
            assertEquals(DETECTION_S, silenceS, TOLERANCE_S, client.lines()::toString);
            client.await("reconnecting in ");
            // These wait for the next connection.
            sendLines(client, 50, 60);

            hosts.run(Hosts.PASS);
            client.await("open " + Hosts.SERVER_ADDRESS);
            sendLines(client, 60, 100);
            server.await("message", " 99");
            assertEquals(
                Stream.of(IntStream.range(0, 40), IntStream.range(50, 100))
                    .flatMap(IntStream::boxed).map(String::valueOf).toList(),
                messages(server));
        }
    }

    private static void sendLines(final Program client, final int from, final int to)
    {
        IntStream.range(from, to).forEach(i -> client.tell(Integer.toString(i)));
    }

    private static List<String> messages(final Program server)
    {
        return server.lines().stream().filter(line -> line.startsWith("message ")).map(line -> line.split(" ")[2])
            .toList();
    }
}
