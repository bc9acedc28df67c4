package io.heartwheel.network;

import io.heartwheel.fleet.EngineException;
import io.heartwheel.fleet.FleetContext;
import io.heartwheel.fleet.FleetDirectory;
import io.heartwheel.fleet.Session;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Scanner;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Looks at the registry of a fleet again and again, and prints what is other than before, with the time in nanoseconds:
 * {@code + NS IDENTITY NODE CONNECTION STAMP}, {@code - NS IDENTITY}, or {@code ? NS FAILURE} once while it cannot see.
 * Standard input: {@code IDENTITY TEXT}, a message to send to whom it sees.
 */
final class FleetEye
{
    static final String NAME = FleetEye.class.getName();

    private static final long PAUSE_MS = 50;
    /** A registry that is cut off is not to keep it from seeing the next one. */
    private static final long PATIENCE_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private final FleetDirectory fleet = new FleetDirectory(new FleetContext(), PATIENCE_NS);
    private Map<String, String> seen = Map.of();
    private Map<String, Session> sessions = Map.of();
    private boolean isBlind;

    private FleetEye()
    {
    }

    public static void main(final String[] args) throws InterruptedException
    {
        new Thread(Watched::endInTime).start();
        final FleetEye eye = new FleetEye();
        new Thread(eye::obey).start();
        while (true)
        {
            eye.look();
            Thread.sleep(PAUSE_MS);
        }
    }

    private synchronized void look()
    {
        try
        {
            final Map<String, Session> found = new TreeMap<>();
            final Map<String, String> texts = new TreeMap<>();
            fleet.nodes();
            for (int page = 0; page < fleet.pages(); page++)
            {
                fleet.list(page).forEach((session) ->
                {
                    found.put(session.identity(), session);
                    texts.put(session.identity(),
                        fleet.nodeOf(session) + ' ' + session.connection() + ' ' + session.stampUs());
                });
            }
            tell(texts);
            sessions = found;
            isBlind = false;
        }
        catch (final EngineException ex)
        {
            if (!isBlind)
            {
                Watched.print("? " + System.nanoTime() + ' ' + ex.getMessage());
            }
            isBlind = true;
        }
    }

    private void tell(final Map<String, String> now)
    {
        final long nowNs = System.nanoTime();
        seen.keySet().stream().filter((identity) -> !now.containsKey(identity))
            .forEach((identity) -> Watched.print("- " + nowNs + ' ' + identity));
        now.forEach((identity, text) ->
        {
            if (!text.equals(seen.get(identity)))
            {
                Watched.print("+ " + nowNs + ' ' + identity + ' ' + text);
            }
        });
        seen = now;
    }

    private void obey()
    {
        final Scanner in = new Scanner(System.in, StandardCharsets.UTF_8);
        while (in.hasNextLine())
        {
            final String[] words = in.nextLine().split(" ", 2);
            send(words[0], words[1]);
        }
        Runtime.getRuntime().halt(0);
    }

    private synchronized void send(final String identity, final String text)
    {
        fleet.send(sessions.get(identity), text.getBytes(StandardCharsets.UTF_8));
    }
}
