package io.heartwheel.bench.hops;

import io.heartwheel.fleet.EngineException;
import io.heartwheel.fleet.FleetContext;
import io.heartwheel.fleet.FleetDirectory;
import io.heartwheel.fleet.Session;

import java.util.HashMap;
import java.util.Map;

/**
 * Reads the whole registry again and again, on a thread of its own, as a client of the fleet would see it, and has each
 * reading checked.
 */
final class RegistryWatch implements AutoCloseable
{
    private static final long PAUSE_MS = 300;

    private final HopChecker checker;
    private final FleetDirectory directory;
    private final Thread thread;
    private volatile boolean isClosed;

    RegistryWatch(final FleetProcesses processes, final HopChecker checker)
    {
        this.checker = checker;
        directory = new FleetDirectory(new FleetContext()
            .registry(processes.registry())
            .buckets(processes.buckets()));
        thread = new Thread(this::run, "registry-watch");
        thread.start();
    }

    private void run()
    {
        while (!isClosed)
        {
            final long beforeNs = System.nanoTime();
            try
            {
                final Map<String, Session> found = read();
                checker.onReading(beforeNs, System.nanoTime(), found);
            }
            catch (final EngineException ex)
            {
                checker.onNoReading();
            }
            try
            {
                Thread.sleep(PAUSE_MS);
            }
            catch (final InterruptedException ex)
            {
                return;
            }
        }
    }

    private Map<String, Session> read()
    {
        final Map<String, Session> found = new HashMap<>();
        synchronized (directory)
        {
            directory.nodes();
            for (int page = 0; page < directory.pages(); page++)
            {
                for (final Session session : directory.list(page))
                {
                    found.put(session.identity(), session);
                }
            }
        }
        return found;
    }

    /** Send a message to every session that is found. */
    int sendToAll(final byte[] message)
    {
        final Map<String, Session> found = read();
        synchronized (directory)
        {
            found.values().forEach((session) -> directory.send(session, message));
        }
        return found.size();
    }

    @Override
    public void close()
    {
        isClosed = true;
        thread.interrupt();
        try
        {
            thread.join();
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
        directory.close();
    }
}
