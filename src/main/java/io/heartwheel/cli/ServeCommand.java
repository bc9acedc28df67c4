package io.heartwheel.cli;

import io.heartwheel.HeartbeatServer;
import io.heartwheel.liveness.Cadence;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Runs a server until it is told to end by SIGTERM or Ctrl-C.
 */
@Command(
    name = "serve",
    description = "Watch every client that connects, and tell which are gone and why.",
    footer = {
        "", "Set by system properties before -jar, such as -Dheartwheel.bind=0.0.0.0:7400",
        "-Dheartwheel.cadence=strict; the README lists them all." },
    mixinStandardHelpOptions = true,
    versionProvider = Heartwheel.Version.class)
final class ServeCommand implements Callable<Integer>
{
    private static final long STATUS_INTERVAL_MS = TimeUnit.SECONDS.toMillis(1);

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        final PrintWriter out = spec.commandLine().getOut();
        final LossLog losses = new LossLog();
        final HeartbeatServer server;
        try
        {
            server = HeartbeatServer.launch(new HeartbeatServer.Context().listener(losses));
        }
        catch (final UncheckedIOException ex)
        {
            throw ex.getCause();
        }
        closeAtSignal(server, out);

        final InetSocketAddress address = server.localAddress();
        if (!server.tcpKeepAlive().isOff())
        {
            out.println("TCP keepalive " + text(server.tcpKeepAlive()));
        }
        out.println("listening on " + address.getHostString() + ":" + address.getPort());
        out.flush();
        watch(server, losses, out);
        return 0;
    }

    private static String text(final Cadence cadence)
    {
        return Durations.text(cadence.idleNs()) + ", " + Durations.text(cadence.intervalNs()) + ", " +
            cadence.count() + ": the kernel gives a peer up after " + Durations.text(cadence.detectionNs());
    }

    private static void watch(final HeartbeatServer server, final LossLog losses, final PrintWriter out)
        throws InterruptedException
    {
        final StatusLine status = new StatusLine(server.metrics(), System.nanoTime());
        String lastLine = "";
        while (true)
        {
            Thread.sleep(STATUS_INTERVAL_MS);
            losses.print(out);
            final String line = status.next(System.nanoTime());
            if (!line.equals(lastLine))
            {
                out.println(line);
                lastLine = line;
            }
            out.flush();
        }
    }

    /**
     * The JVM would exit with 143 or 130 after the signal; being told to end and doing so in good order is a success.
     */
    private static void closeAtSignal(final HeartbeatServer server, final PrintWriter out)
    {
        Runtime.getRuntime().addShutdownHook(new Thread(
            () ->
            {
                server.close();
                out.println("closed");
                out.flush();
                Runtime.getRuntime().halt(0);
            },
            "heartwheel-shutdown"));
    }
}
