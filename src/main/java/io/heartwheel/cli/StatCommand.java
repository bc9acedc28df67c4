package io.heartwheel.cli;

import io.heartwheel.config.Durations;
import io.heartwheel.status.StatusClient;
import io.heartwheel.status.StatusText;
import io.heartwheel.wire.PlainText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * The command {@code stat}: shows the status of a running server in a terminal.
 */
@Command(
    name = "stat",
    description = "Show how a running serve stands, live. It needs to have been started with -Dheartwheel.http.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    versionProvider = Heartwheel.Version.class)
final class StatCommand implements Callable<Integer>
{
    private static final int LOSS_LINES = 12;
    private static final long MIN_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long MAX_EVERY_NS = TimeUnit.HOURS.toNanos(1);

    @Parameters(paramLabel = "HOST:PORT", arity = "0..1", defaultValue = "127.0.0.1:7480",
        description = "HTTP address of the server (default: ${DEFAULT-VALUE})")
    private String address;

    @Option(names = "--once", description = "show it once, and end")
    private boolean isOnce;

    @Option(names = "--json", description = "as JSON, one object a line")
    private boolean isJson;

    @Option(names = "--every", paramLabel = "DURATION", defaultValue = "1s",
        description = "time between two looks, 100ms to 1h (default: ${DEFAULT-VALUE})")
    private String every;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        final long everyNs = everyNs();
        final StatusClient client = client();
        final Printer printer = new Printer(spec.commandLine().getOut());
        final boolean isLive = !isOnce && !isJson && ProgressBar.isOutTerminal();
        try (printer; Screen screen = new Screen(printer))
        {
            Ending.before(() -> end(screen, printer));
            do
            {
                if (isLive)
                {
                    screen.show(view(client));
                }
                else
                {
                    lines(client).forEach(printer::line);
                }
                if (!isOnce)
                {
                    TimeUnit.NANOSECONDS.sleep(everyNs);
                }
            }
            while (!isOnce && !printer.isBroken());
        }
        return 0;
    }

    private static void end(final Screen screen, final Printer printer)
    {
        screen.close();
        printer.close();
    }

    private List<String> lines(final StatusClient client) throws IOException, InterruptedException
    {
        if (isJson)
        {
            return List.of(PlainText.of(client.statusJson().replaceAll("\\s*\\R\\s*", " ")));
        }
        return isOnce ? view(client) : List.of(PlainText.of(StatusText.line(client.status())));
    }

    /**
     * The lines to show, made safe for the terminal, as the answer may come from anything that listens there.
     */
    private static List<String> view(final StatusClient client) throws IOException, InterruptedException
    {
        return StatusText.lines(client.status(), client.losses(), LOSS_LINES).stream().map(PlainText::of).toList();
    }

    private StatusClient client()
    {
        try
        {
            return new StatusClient(address);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage());
        }
    }

    private long everyNs()
    {
        try
        {
            final long ns = Durations.parseNs(every);
            if (ns >= MIN_EVERY_NS && ns <= MAX_EVERY_NS)
            {
                return ns;
            }
        }
        catch (final IllegalArgumentException ex)
        {
            // The error below names the range.
        }
        throw new ParameterException(spec.commandLine(), "--every=" + every + ": expected a duration, 100ms to 1h");
    }
}
