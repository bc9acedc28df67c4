package io.heartwheel.cli;

import io.heartwheel.Configuration;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.cli.status.Observer;
import io.heartwheel.cli.status.StatusServer;
import io.heartwheel.cli.status.StatusText;
import io.heartwheel.liveness.Cadence;
import org.agrona.CloseHelper;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs a server until it is told to end by SIGTERM or Ctrl-C, or ends by an error.
 */
@Command(
    name = "serve",
    description = "Watch every client that connects, and tell which are gone and why.",
    footer = {
        "", "Set by system properties before -jar, such as -Dheartwheel.bind=0.0.0.0:7400",
        "-Dheartwheel.cadence=strict -Dheartwheel.http=127.0.0.1:7480; the README lists them all." },
    mixinStandardHelpOptions = true,
    versionProvider = Heartwheel.Version.class)
final class ServeCommand implements Callable<Integer>
{
    private static final long STATUS_INTERVAL_MS = TimeUnit.SECONDS.toMillis(1);
    private static final int LOSS_LINES = 8;
    /** More than the longest linger. */
    private static final long DRAIN_SPARE_NS = TimeUnit.SECONDS.toNanos(70);

    @Spec
    private CommandSpec spec;

    private final Losses losses = new Losses();
    private PrintWriter out;
    private Screen screen;
    private volatile int exitCode;

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        out = spec.commandLine().getOut();
        screen = new Screen(out);
        final InetSocketAddress httpAddress = Configuration.httpAddress();
        final Duration drain = Configuration.drain();
        final HeartbeatServer.Context ctx = new HeartbeatServer.Context().listener(losses);
        final long maxParkNs = ctx.maxParkNs();
        final HeartbeatServer server;
        try
        {
            server = HeartbeatServer.launch(ctx);
        }
        catch (final UncheckedIOException ex)
        {
            throw ex.getCause();
        }

        final Observer observer = new Observer(server, maxParkNs, System.nanoTime());
        final StatusServer http = null == httpAddress ? null : serveHttp(httpAddress, observer, server);
        closeAtSignal(server, http, drain);
        server.ended().whenComplete((nothing, failure) -> onEnded(failure));
        greet(server, http);
        sampleEachSecond(observer);
        watch(observer);
        return 0;
    }

    private StatusServer serveHttp(
        final InetSocketAddress address, final Observer observer, final HeartbeatServer server) throws IOException
    {
        try
        {
            return new StatusServer(address, observer, losses::last, System::nanoTime);
        }
        catch (final IOException ex)
        {
            server.close();
            throw ex;
        }
    }

    private void greet(final HeartbeatServer server, final StatusServer http)
    {
        if (!server.tcpKeepAlive().isOff())
        {
            out.println("TCP keepalive " + text(server.tcpKeepAlive()));
        }
        if (null != http)
        {
            out.println("status at http://" + Configuration.addressText(http.address()) + "/");
        }
        out.println("listening on " + Configuration.addressText(server.localAddress()));
        out.flush();
    }

    private static String text(final Cadence cadence)
    {
        return Durations.text(cadence.idleNs()) + ", " + Durations.text(cadence.intervalNs()) + ", " +
            cadence.count() + ": the kernel gives a peer up after " + Durations.text(cadence.detectionNs());
    }

    /**
     * On a thread of its own: who reads what is printed here may pause, and the others still want to know.
     */
    private static void sampleEachSecond(final Observer observer)
    {
        final ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor((task) ->
        {
            final Thread thread = new Thread(task, "heartwheel-observer");
            thread.setDaemon(true);
            return thread;
        });
        sampler.scheduleAtFixedRate(() -> observer.sample(System.currentTimeMillis(), System.nanoTime()),
            STATUS_INTERVAL_MS, STATUS_INTERVAL_MS, TimeUnit.MILLISECONDS);
    }

    private void watch(final Observer observer) throws InterruptedException
    {
        final boolean isLive = ProgressBar.isOutTerminal();
        String lastLine = "";
        while (true)
        {
            Thread.sleep(STATUS_INTERVAL_MS);
            final long nowNs = System.nanoTime();
            if (isLive)
            {
                screen.show(StatusText.lines(observer.status(nowNs), losses.last(), LOSS_LINES));
                continue;
            }
            losses.nextLines().forEach(out::println);
            final String line = StatusText.line(observer.status(nowNs));
            if (!line.equals(lastLine))
            {
                out.println(line);
                lastLine = line;
            }
            out.flush();
        }
    }

    private void onEnded(final Throwable failure)
    {
        if (null != failure)
        {
            exitCode = Heartwheel.FAILED;
            Heartwheel.exitAfter(failure, spec);
        }
    }

    /**
     * The JVM would exit with 143 or 130 after the signal; being told to end and doing so in good order is a success.
     */
    private void closeAtSignal(final HeartbeatServer server, final StatusServer http, final Duration drain)
    {
        Runtime.getRuntime().addShutdownHook(new Thread(
            () ->
            {
                screen.close();
                CloseHelper.quietClose(http);
                drain(server, drain);
                server.close();
                out.println("closed");
                out.flush();
                Runtime.getRuntime().halt(exitCode);
            },
            "heartwheel-shutdown"));
    }

    private static void drain(final HeartbeatServer server, final Duration drain)
    {
        try
        {
            server.drain(drain).get(drain.toNanos() + DRAIN_SPARE_NS, TimeUnit.NANOSECONDS);
        }
        catch (final InterruptedException | ExecutionException | TimeoutException ex)
        {
            // The close that follows ends it all the same.
        }
    }
}
