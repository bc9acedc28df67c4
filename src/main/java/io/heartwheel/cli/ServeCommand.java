package io.heartwheel.cli;

import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.config.Configuration;
import io.heartwheel.config.ConfigurationException;
import io.heartwheel.config.Durations;
import io.heartwheel.config.FleetKnobs;
import io.heartwheel.config.Knob;
import io.heartwheel.fleet.Fleet;
import io.heartwheel.fleet.FleetContext;
import io.heartwheel.fleet.NodeName;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.status.FleetObserver;
import io.heartwheel.status.Observer;
import io.heartwheel.status.StatusServer;
import io.heartwheel.status.StatusText;
import io.heartwheel.wire.PlainText;
import org.agrona.CloseHelper;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The command {@code serve}: runs a server until SIGTERM, Ctrl-C or an error ends it.
 */
@Command(
    name = "serve",
    description = "Watch every client that connects, and tell which are gone and why.",
    footer = {
        "", "Set by system properties before -jar, such as -Dheartwheel.bind=0.0.0.0:7400",
        "-Dheartwheel.cadence=strict -Dheartwheel.http=127.0.0.1:7480; see src/docs/knobs.md." },
    mixinStandardHelpOptions = true,
    versionProvider = Heartwheel.Version.class)
final class ServeCommand implements Callable<Integer>
{
    private static final long STATUS_INTERVAL_MS = TimeUnit.SECONDS.toMillis(1);
    private static final int LOSS_LINES = 8;
    private static final long REHEARSAL_NS = TimeUnit.SECONDS.toNanos(1);
    /** Time in ns beyond the drain: more than the longest linger. */
    private static final long DRAIN_SPARE_NS = TimeUnit.SECONDS.toNanos(70);

    @Spec
    private CommandSpec spec;

    private final Losses losses = new Losses();
    private final boolean isLive = ProgressBar.isOutTerminal();
    private Printer printer;
    private Screen screen;
    private Duration drain;
    private FleetLines fleetLines;
    private volatile HeartbeatServer server;
    private volatile Fleet fleet;
    private volatile StatusServer http;

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        printer = new Printer(spec.commandLine().getOut());
        screen = new Screen(printer);
        final InetSocketAddress httpAddress = Configuration.httpAddress();
        final Set<String> httpHosts = Configuration.httpHosts();
        drain = Configuration.drain();
        final ServerContext ctx = new ServerContext().listener(losses)
            .rehearsalNs(Configuration.rehearsalNs(REHEARSAL_NS));
        final long maxParkNs = ctx.maxParkNs();
        final boolean isLeaseRequired = FleetKnobs.isLeaseRequired();
        fleet = null == FleetKnobs.registry() ? null : fleet(ctx);
        endInGoodOrder();
        try
        {
            server = HeartbeatServer.launch(ctx);
        }
        catch (final UncheckedIOException ex)
        {
            throw ex.getCause();
        }

        final FleetObserver fleetObserver =
            null == fleet ? null : new FleetObserver(fleet, isLeaseRequired, System.nanoTime());
        final Observer observer = new Observer(server, fleetObserver, maxParkNs, System.nanoTime());
        http = null == httpAddress ? null : serveHttp(httpAddress, httpHosts, observer);
        server.ended().whenComplete((nothing, failure) -> Heartwheel.onEnded(failure, spec));
        greet();
        joinFleet();
        sampleEachSecond(observer);
        watch(observer);
        return 0;
    }

    /** A fleet that the server is of, and that it joins when it listens. */
    private Fleet fleet(final ServerContext ctx)
    {
        fleetLines = new FleetLines((line) ->
        {
            if (!isLive)
            {
                printer.line(line);
            }
        });
        final FleetContext fleetCtx = new FleetContext().listener(fleetLines);
        final int port = ctx.bindAddress().getPort();
        if (null == fleetCtx.node() && 0 != port)
        {
            fleetCtx.node(NodeName.of(Integer.toString(port)));
        }
        final Fleet made = new Fleet(fleetCtx);
        made.attach(ctx);
        return made;
    }

    private void joinFleet()
    {
        if (null != fleet)
        {
            printer.line("fleet  this is node " + fleet.self().name());
            fleet.start();
        }
    }

    private StatusServer serveHttp(
        final InetSocketAddress address, final Set<String> hosts, final Observer observer) throws IOException
    {
        try
        {
            return new StatusServer(address, hosts, observer, losses::last, System::nanoTime);
        }
        catch (final IOException ex)
        {
            server.close();
            server = null;
            throw ex;
        }
    }

    private void greet()
    {
        if (!server.tcpKeepAlive().isOff())
        {
            printer.line("TCP keepalive " + text(server.tcpKeepAlive()));
        }
        if (null != System.getProperty(Knob.SNDBUF.propertyName()))
        {
            printer.line("send buffers of " + server.sendBufferLength() + " bytes, as the kernel counts");
        }
        if (!server.socketsText().isEmpty())
        {
            printer.line(server.socketsText());
        }
        if (null != http)
        {
            printer.line("status at http://" + Configuration.addressText(http.address()) + "/");
        }
        if (null != server.webSocketAddress())
        {
            printer.line("WebSocket at " + Configuration.addressText(server.webSocketAddress()));
        }
        printer.line("listening on " + Configuration.addressText(server.localAddress()));
    }

    private static String text(final Cadence cadence)
    {
        return Durations.text(cadence.idleNs()) + ", " + Durations.text(cadence.intervalNs()) + ", " +
            cadence.count() + ": the kernel gives a peer up after " + Durations.text(cadence.detectionNs());
    }

    /**
     * Sample the server on a thread of its own, because the reader of the output may hold up this one. After a pause of
     * the process there is one sample, and not one for each second of the pause.
     */
    private static void sampleEachSecond(final Observer observer)
    {
        final ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor((task) ->
        {
            final Thread thread = new Thread(task, "heartwheel-observer");
            thread.setDaemon(true);
            return thread;
        });
        sampler.scheduleWithFixedDelay(() -> sample(observer),
            STATUS_INTERVAL_MS, STATUS_INTERVAL_MS, TimeUnit.MILLISECONDS);
    }

    private static void sample(final Observer observer)
    {
        try
        {
            observer.sample(System.currentTimeMillis(), System.nanoTime());
        }
        catch (final RuntimeException | Error ex)
        {
            // If this threw, the executor would never call it again. It goes on when there is memory again.
        }
    }

    private void watch(final Observer observer) throws InterruptedException
    {
        String lastLine = "";
        while (true)
        {
            Thread.sleep(STATUS_INTERVAL_MS);
            final long nowNs = System.nanoTime();
            if (null != fleet)
            {
                fleetLines.look(fleet);
            }
            if (isLive)
            {
                final List<String> lines =
                    new ArrayList<>(StatusText.lines(observer.status(nowNs), losses.last(), LOSS_LINES));
                lines.addAll(null == fleet ? List.of() : fleetLines.last());
                screen.show(lines);
                continue;
            }
            losses.nextLines().forEach(printer::line);
            final String line = StatusText.line(observer.status(nowNs));
            if (!line.equals(lastLine))
            {
                printer.line(line);
                lastLine = line;
            }
        }
    }

    /**
     * Handle signals. SIGTERM and SIGINT drain the server and are a success; a second one ends the wait. SIGHUP reads
     * the TLS files again, unless the terminal of this process is gone.
     */
    private void endInGoodOrder()
    {
        Ending.before(this::end);
        final Runnable end = () ->
        {
            final HeartbeatServer ending = server;
            if (Ending.isUnderWay() && null != ending)
            {
                ending.drain(Duration.ZERO);
            }
            Ending.exit(0);
        };
        Ending.onSignal("TERM", end);
        Ending.onSignal("INT", end);
        Ending.onSignal("HUP", () ->
        {
            if (ProgressBar.isOutGone())
            {
                Ending.exit(Ending.HUNG_UP);
            }
            reload();
        });
    }

    private void reload()
    {
        final HeartbeatServer reloading = server;
        if (null == reloading)
        {
            return;
        }
        try
        {
            printer.line(reloading.reloadTls() ? "TLS files read again" : "nothing to read again without TLS");
        }
        catch (final ConfigurationException ex)
        {
            printer.line("TLS files not read again: " + PlainText.of(ex.getMessage()));
        }
    }

    /**
     * Close the server, then print the last lines, with a bounded wait for the reader of the output.
     */
    private void end()
    {
        screen.close();
        CloseHelper.quietClose(http);
        final HeartbeatServer ending = server;
        if (null != ending)
        {
            drain(ending);
            ending.close();
            CloseHelper.quietClose(fleet);
            // The live view that showed the losses is gone, so they are printed.
            losses.nextLines().forEach(printer::line);
            printer.line("closed");
        }
        printer.close();
        Ending.succeedUnlessDecided();
    }

    private void drain(final HeartbeatServer ending)
    {
        try
        {
            ending.drain(drain).get(drain.toNanos() + DRAIN_SPARE_NS, TimeUnit.NANOSECONDS);
        }
        catch (final InterruptedException | ExecutionException | TimeoutException ex)
        {
            // The close that follows ends the server anyway.
        }
    }
}
