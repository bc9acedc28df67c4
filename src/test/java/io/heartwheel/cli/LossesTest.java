package io.heartwheel.cli;

import io.heartwheel.CloseReason;
import io.heartwheel.ServerContext;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LossesTest
{
    @Test
    void shouldKeepTheLastHundredAndPrintTwentyASecond() throws IOException
    {
        final Losses losses = new Losses();
        final InvokedServer server = new InvokedServer(new ServerContext().listener(losses));
        for (int i = 0; i < Losses.KEPT + 5; i++)
        {
            final int count = i + 1;
            try (TestPeer peer = server.connect())
            {
                peer.send(Frame.PONG, 0).shutdownOutput();
                server.awaitTrue(() -> count ==
                    server.server.metrics().closedCount(CloseReason.PEER_CLOSED.ordinal()));
            }
        }

        assertEquals(Losses.KEPT, losses.last().size());
        assertTrue(
            Long.parseLong(losses.last().get(0).id()) > Long.parseLong(losses.last().get(1).id()), "newest first");
        final List<String> lines = losses.nextLines();
        assertEquals("lost  (and 85 more, left out)", lines.get(0));
        assertEquals(21, lines.size());
        final String last = lines.get(20);
        assertTrue(last.startsWith("lost  connection " + losses.last().get(0).id() + " 127.0.0.1:"), last);
        assertTrue(last.endsWith("  PEER_CLOSED"), last);
        assertEquals(List.of(), losses.nextLines());
        server.close();
    }
}
