package io.heartwheel.cli;

import io.heartwheel.config.Configuration;
import io.heartwheel.config.Durations;
import io.heartwheel.host.FileLimit;
import io.heartwheel.swarm.ReportText;
import io.heartwheel.swarm.Swarm;
import io.heartwheel.swarm.SwarmPlan;
import io.heartwheel.swarm.SwarmPlan.Deaths;
import io.heartwheel.swarm.SwarmProtocol;
import io.heartwheel.swarm.SwarmReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The command {@code swarm}: runs many clients against a server, and reports whether it judged them rightly.
 */
@Command(
    name = "swarm",
    description = "Plays many clients of a server: some fall silent or leave, and the server's verdicts are checked.",
    footer = "Durations are written with their unit: 15s, 1.5s, 1500ms.%n" +
        "Exit code: 0 if the server judged well, 1 if not or if it could not be reached, 2 for wrong arguments.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    versionProvider = Heartwheel.Version.class)
final class SwarmCommand implements Callable<Integer>
{
    /** File descriptors left for what the process itself opens meanwhile: the selector, class files. */
    private static final int FILE_RESERVE = 8;
    private static final long LAST_WORDS_MS = 5_000;

    @Option(names = "--server", paramLabel = "HOST:PORT", defaultValue = "127.0.0.1:7400",
        converter = Address.class, description = "server to connect to (default: ${DEFAULT-VALUE})")
    private InetSocketAddress server;

    @Option(names = {"-n", "--connections"}, paramLabel = "N", defaultValue = "1000",
        converter = WholeNumber.class, description = "number of clients (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--protocol", paramLabel = "NAME", defaultValue = "heartwheel",
        description = "what they speak, heartwheel or websocket (default: ${DEFAULT-VALUE})")
    private SwarmProtocol protocol;

    @Option(names = "--detection", paramLabel = "TIME", defaultValue = "0", converter = Duration.class,
        description = "silence after which the server should close, as WebSocket has no HELLO to tell it; 0 is " +
            "not known, and then nobody is missed (default: ${DEFAULT-VALUE})")
    private long detectionNs;

    @Option(names = "--ping", paramLabel = "TIME", defaultValue = "0", converter = Duration.class,
        description = "each client sends a PING this often; 0 only answers the server's (default: ${DEFAULT-VALUE})")
    private long pingNs;

    @Option(names = "--identities",
        description = "clients say who they are, u0, u1 and so on, to a server that takes their word for it; not " +
            "over WebSocket, which has no HELLO to say it by")
    private boolean isNamed;

    @Option(names = "--silent", paramLabel = "N", defaultValue = "0", converter = WholeNumber.class,
        description = "clients that fall silent, as if their process hung (default: ${DEFAULT-VALUE})")
    private int silent;

    @Option(names = "--close", paramLabel = "N", defaultValue = "0", converter = WholeNumber.class,
        description = "clients that close, FIN (default: ${DEFAULT-VALUE})")
    private int closing;

    @Option(names = "--reset", paramLabel = "N", defaultValue = "0", converter = WholeNumber.class,
        description = "clients that reset, RST (default: ${DEFAULT-VALUE})")
    private int resetting;

    @Option(names = "--at", paramLabel = "TIME", defaultValue = "5s", converter = Duration.class,
        description = "when these clients die, after all are connected (default: ${DEFAULT-VALUE})")
    private long atNs;

    @Option(names = "--over", paramLabel = "TIME", defaultValue = "0s", converter = Duration.class,
        description = "spreads the deaths over this time; 0s is all at once (default: ${DEFAULT-VALUE})")
    private long overNs;

    @Option(names = "--run", paramLabel = "TIME", defaultValue = "30s", converter = Duration.class,
        description = "how long to run after all are connected (default: ${DEFAULT-VALUE})")
    private long runNs;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "0",
        description = "draws which clients die; the same seed draws the same (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--connect-timeout", paramLabel = "TIME", defaultValue = "10s", converter = Duration.class,
        description = "longest wait for one more client to be connected (default: ${DEFAULT-VALUE})")
    private long connectTimeoutNs;

    @Spec
    private CommandSpec spec;

    /**
     * Converts a duration to nanoseconds.
     */
    static final class Duration implements ITypeConverter<Long>
    {
        @Override
        public Long convert(final String text)
        {
            try
            {
                return Durations.parseNs(text);
            }
            catch (final IllegalArgumentException ex)
            {
                throw new TypeConversionException(ex.getMessage());
            }
        }
    }

    /**
     * Converts a whole number of ASCII digits. Picocli's own converter takes digits of any script, and a plus sign.
     */
    static final class WholeNumber implements ITypeConverter<Integer>
    {
        @Override
        public Integer convert(final String text)
        {
            if (!text.matches("-?[0-9]{1,10}") || (int)Long.parseLong(text) != Long.parseLong(text))
            {
                throw new TypeConversionException("'" + text + "' is no whole number");
            }
            return Integer.valueOf(text);
        }
    }

    /**
     * Converts an address to connect to.
     */
    static final class Address implements ITypeConverter<InetSocketAddress>
    {
        @Override
        public InetSocketAddress convert(final String text)
        {
            try
            {
                return Configuration.parseAddress(text);
            }
            catch (final IllegalArgumentException ex)
            {
                throw new TypeConversionException("HOST:PORT expected, " + ex.getMessage());
            }
        }
    }

    @Override
    public Integer call() throws IOException
    {
        final Swarm swarm = new Swarm(plan());
        if (isNamed)
        {
            swarm.named();
        }
        final CountDownLatch reported = new CountDownLatch(1);
        Ending.before(() -> stop(swarm, reported));
        try
        {
            final SwarmReport report = run(swarm);
            final PrintWriter out = spec.commandLine().getOut();
            out.print(ReportText.of(report));
            out.flush();
            return report.faults().isEmpty() ? 0 : 1;
        }
        finally
        {
            reported.countDown();
        }
    }

    private SwarmPlan plan()
    {
        if (connections > FileLimit.free() - FILE_RESERVE)
        {
            throw new ParameterException(spec.commandLine(), String.format(Locale.ROOT,
                "%,d connections need as many open files, and this process may have %,d, %,d of them in use " +
                "(ulimit -n)", connections, FileLimit.max(), FileLimit.max() - FileLimit.free()));
        }
        try
        {
            return new SwarmPlan(server, connections, pingNs,
                new Deaths(silent, closing, resetting, atNs, overNs, seed), runNs, connectTimeoutNs,
                protocol, detectionNs);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage());
        }
    }

    private SwarmReport run(final Swarm swarm) throws IOException
    {
        // The thread of the swarm reports the progress, and must not be held up while it serves its clients.
        try (Printer printer = new Printer(spec.commandLine().getErr()))
        {
            final ProgressBar bar = new ProgressBar(printer.writer(), "connecting", ProgressBar.isErrTerminal());
            try
            {
                return swarm.run((connected, total) ->
                {
                    bar.show(connected, total);
                    if (connected == total)
                    {
                        bar.end();
                        printer.line("running for " + Durations.text(runNs) + ", Ctrl-C ends it with a report");
                    }
                });
            }
            catch (final IOException ex)
            {
                bar.end();
                throw ex;
            }
        }
    }

    /**
     * Handle Ctrl-C: end the run, and wait until its report is printed.
     */
    private static void stop(final Swarm swarm, final CountDownLatch reported)
    {
        swarm.stop();
        try
        {
            reported.await(LAST_WORDS_MS, TimeUnit.MILLISECONDS);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
    }
}
