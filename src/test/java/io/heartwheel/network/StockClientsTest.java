package io.heartwheel.network;

import io.heartwheel.support.Program;
import io.heartwheel.support.StockClient;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Clients of WebSocket that others have written, from which a firewall cuts the server off.
 */
@Tag("network")
@Tag("tools")
class StockClientsTest
{
    private static final double DETECTION_S = 2;
    private static final double EARLY_S = 0.02;
    private static final double LATE_S = 0.6;
    /** More than one detection time, by answers alone. */
    private static final int LIVE_MS = 3_000;
    private static final double NS_PER_S = 1e9;

    @BeforeAll
    static void requireTools()
    {
        Tools.require();
        StockClient.require();
    }

    @Test
    void shouldBeFoundDeadBehindAFirewall(@TempDir final Path folder)
        throws IOException, InterruptedException
    {
        final List<Program> clients = new ArrayList<>();
        try (Hosts hosts = new Hosts(true))
        {
            judge(hosts, clients, folder);
        }
        finally
        {
            CloseHelper.closeAll(clients);
        }
    }

    private static void judge(final Hosts hosts, final List<Program> clients, final Path folder)
        throws IOException, InterruptedException
    {
        final Program server = hosts.start("SERVER", Watched.NAME, "-Dheartwheel.websocket=shared",
            "-Dheartwheel.websocket.origins=any", "-Dheartwheel.idle=1s",
            "-Dheartwheel.interval=500ms", "-Dheartwheel.count=2", "-Dheartwheel.bind=" + Hosts.SERVER_ADDRESS,
            "serve");
        server.await("ready");
        for (final StockClient client : StockClient.values())
        {
            clients.add(client.start(hosts.on("CLIENT"), "ws://" + Hosts.SERVER_ADDRESS + "/",
                Files.createDirectory(folder.resolve(client.name()))));
        }
        for (int i = 0; i < clients.size(); i++)
        {
            server.await("message ");
        }
        Thread.sleep(LIVE_MS);
        assertEquals(0, server.lines().stream().filter((line) -> line.startsWith("closed ")).count(),
            server.lines()::toString);

        hosts.run(Hosts.rule("drop"));
        for (int i = 0; i < clients.size(); i++)
        {
            requireSilent(server.await("closed "));
        }
    }

    private static void requireSilent(final String closed)
    {
        final String[] words = closed.split(" ");
        assertEquals("PEER_SILENT", words[2]);
        final double silenceS = Long.parseLong(words[3]) / NS_PER_S;
        assertTrue(silenceS > DETECTION_S - EARLY_S && silenceS < DETECTION_S + LATE_S, silenceS + " s");
    }
}
