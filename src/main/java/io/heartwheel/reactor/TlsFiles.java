package io.heartwheel.reactor;

import io.heartwheel.ServerContext;
import io.heartwheel.config.ConfigurationException;
import io.heartwheel.host.Log;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;
import io.heartwheel.tls.TlsContext;
import io.heartwheel.tls.TlsSettings;
import org.agrona.concurrent.SystemEpochClock;

import javax.net.ssl.SSLEngine;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The key and certificates of a server, for all of its reactors. A thread of its own looks whether their files have
 * changed.
 * <p>
 * <b>Note:</b> Threadsafe.
 */
final class TlsFiles implements AutoCloseable
{
    /** A certificate is near its end in the last tenth of its time, and at most so long before its end. */
    private static final long NEAR_MS = TimeUnit.DAYS.toMillis(14);
    private static final int NEAR_PARTS = 10;

    private final Supplier<TlsSettings> settingsAnew;
    private final long reloadNs;
    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor((task) ->
    {
        final Thread thread = new Thread(task, "heartwheel-tls-files");
        thread.setDaemon(true);
        return thread;
    });
    private final List<ReactorMetrics> metrics = new ArrayList<>();
    private volatile Loaded loaded;
    /** State of the files before they were read last, whether they could be used or not. */
    private List<String> readFiles;
    private boolean isFailed;
    private String lastWarning;

    private record Loaded(TlsSettings settings, TlsContext context)
    {
    }

    TlsFiles(final ServerContext ctx)
    {
        settingsAnew = ctx.tlsAnew();
        reloadNs = ctx.tlsReloadNs();
        load(ctx.tls());
    }

    /**
     * Begin, once there are reactors. The files were read before, as that takes a while.
     *
     * @param ofReactors that tell how long the certificate is valid.
     */
    synchronized void start(final List<ReactorMetrics> ofReactors)
    {
        metrics.addAll(ofReactors);
        onLoaded();
        if (reloadNs > 0)
        {
            try
            {
                watcher.scheduleWithFixedDelay(this::look, reloadNs, reloadNs, TimeUnit.NANOSECONDS);
            }
            catch (final OutOfMemoryError ex)
            {
                Log.line(Level.WARNING, "TLS files will not be read again when they change: {0}", ex.getMessage());
            }
        }
    }

    /**
     * An engine for the handshake of a connection.
     */
    SSLEngine newEngine()
    {
        final Loaded present = loaded;
        return present.settings.newEngine(present.context.sslContext());
    }

    @Override
    public void close()
    {
        watcher.shutdownNow();
    }

    /**
     * Read the files again. From any thread but the reactor's, as it takes a while.
     *
     * @throws ConfigurationException if they cannot be used. What was read before stays in use.
     */
    synchronized void reload()
    {
        isFailed = true;
        final TlsSettings settings = settingsAnew.get();
        if (null == settings)
        {
            throw new ConfigurationException(TlsSettings.KEY_STORE + "=off: TLS cannot be ended while a server runs");
        }
        load(settings);
        isFailed = false;
        Log.line(Level.INFO, "TLS files were read again: certificate valid until {0}",
            Instant.ofEpochMilli(loaded.context.notAfterMs()));
        onLoaded();
    }

    /**
     * Read the files if they have changed. Files that could not be used, perhaps half written, are read again even if
     * they have not.
     */
    private synchronized void look()
    {
        try
        {
            final List<String> before = readFiles;
            if (isFailed || !before.equals(files(loaded.settings)))
            {
                try
                {
                    reload();
                }
                catch (final RuntimeException ex)
                {
                    warn("TLS files could not be read again, those read before stay in use: " + ex.getMessage());
                    return;
                }
            }
            warnOfEnd();
        }
        catch (final Throwable ex)
        {
            // An exception thrown from here would end all further looks.
            Log.error(ex);
        }
    }

    private void load(final TlsSettings settings)
    {
        // Noted before the files are read: the next look sees what changes meanwhile.
        readFiles = files(settings);
        try
        {
            loaded = new Loaded(settings, settings.load());
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ConfigurationException(ex.getMessage());
        }
    }

    private void onLoaded()
    {
        // This method is synchronized: no other thread sets this counter.
        final long notAfterS = TimeUnit.MILLISECONDS.toSeconds(loaded.context.notAfterMs());
        metrics.forEach((each) -> each.set(Counter.TLS_NOT_AFTER_S, notAfterS));
        lastWarning = null;
        warnOfEnd();
    }

    private void warnOfEnd()
    {
        final TlsContext context = loaded.context;
        final long nowMs = SystemEpochClock.INSTANCE.time();
        final long leftMs = context.notAfterMs() - nowMs;
        final long nearMs = Math.min(NEAR_MS, (context.notAfterMs() - context.notBeforeMs()) / NEAR_PARTS);
        final String what = TlsSettings.KEY_STORE + "=" + loaded.settings.keyStore() + ": its certificate ";
        if (leftMs <= 0)
        {
            warn(what + "has ended to be valid at " + Instant.ofEpochMilli(context.notAfterMs()));
        }
        else if (context.notBeforeMs() - nowMs > 0)
        {
            warn(what + "is not valid before " + Instant.ofEpochMilli(context.notBeforeMs()));
        }
        else if (leftMs <= nearMs)
        {
            warn(what + "ends to be valid at " + Instant.ofEpochMilli(context.notAfterMs()));
        }
    }

    /**
     * Log a warning, once for each text.
     */
    private void warn(final String what)
    {
        if (!what.equals(lastWarning))
        {
            lastWarning = what;
            Log.line(Level.WARNING, "{0}", what);
        }
    }

    /**
     * What changes when a file does. The time alone is not enough, as a file may be replaced by another of the same
     * time.
     */
    private static List<String> files(final TlsSettings settings)
    {
        return Arrays.asList(state(settings.keyStore()), state(settings.trustStore()));
    }

    private static String state(final Path file)
    {
        if (null == file)
        {
            return "";
        }
        try
        {
            final BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
        }
        catch (final IOException ex)
        {
            return String.valueOf(ex.getMessage());
        }
    }
}
