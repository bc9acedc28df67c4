package io.heartwheel.fleet;

import io.heartwheel.support.Jol;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What a server pays for each connection that has an identity, besides the text of that.
 */
class SessionsFootprintTest
{
    private static final int SESSIONS = 10_000;
    private static final double MOST_BYTES = 120;

    @Test
    void shouldTakeLittleForASession()
    {
        Jol.prepare();
        final Sessions sessions = new Sessions(4_096, 1_000);
        final double emptyBytes = GraphLayout.parseInstance(sessions).totalSize();
        final String[] identities = new String[SESSIONS];
        for (int i = 0; i < SESSIONS; i++)
        {
            identities[i] = "user " + i;
            sessions.open(identities[i], i, 1);
        }
        final double bytes = (GraphLayout.parseInstance(sessions)
            .subtract(GraphLayout.parseInstance((Object)identities)).totalSize() - emptyBytes) / SESSIONS;
        assertTrue(bytes <= MOST_BYTES, bytes + " bytes for each");
        assertTrue(bytes > MOST_BYTES / 4, bytes + " bytes for each: is it all?");
        System.out.printf("%.0f bytes for a session%n", bytes);
    }
}
