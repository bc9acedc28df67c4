package io.heartwheel.cli;

import io.heartwheel.config.ConfigurationException;
import io.heartwheel.wire.PlainText;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;

/**
 * The program {@code java -jar heartwheel.jar}: its commands and what they share. Wrong usage prints one line to
 * standard error and exits with code 2. A failure prints one line and exits with code 1. A stack trace means a bug.
 */
@Command(
    name = "heartwheel",
    description = "Tells which of many TCP connections are dead, soon and never wrongly.",
    subcommands = {
        ServeCommand.class, ConnectCommand.class, StatCommand.class, SwarmCommand.class,
        DemoCommand.class, FleetCommand.class},
    mixinStandardHelpOptions = true,
    versionProvider = Heartwheel.Version.class,
    synopsisSubcommandLabel = "COMMAND")
public final class Heartwheel implements Callable<Integer>
{
    static final int FAILED = 1;
    static final int MISUSED = 2;

    private static final long LAST_WORDS_MS = 1_000;

    @Spec
    private CommandSpec spec;

    private Heartwheel()
    {
    }

    /**
     * The version in the manifest of the jar.
     */
    static final class Version implements IVersionProvider
    {
        @Override
        public String[] getVersion()
        {
            final String version = Heartwheel.class.getPackage().getImplementationVersion();
            return new String[]
            {
                "heartwheel " + (null == version ? "(development build)" : version) +
                    ", Java " + Runtime.version()
            };
        }
    }

    /**
     * Run a command, and exit with its code.
     *
     * @param args the command and its options.
     */
    public static void main(final String[] args)
    {
        Ending.arm();
        final Charset charset = charset(System.getProperty("native.encoding"));
        // Picocli takes any terminal for one with colours, so they are used only where we know better.
        final Ansi ansi = ProgressBar.isOutTerminal() ? Ansi.AUTO : Ansi.OFF;
        Ending.exit(commandLine()
            .setColorScheme(Help.defaultColorScheme(ansi))
            .setOut(new PrintWriter(new FileOutputStream(FileDescriptor.out), true, charset))
            .setErr(new PrintWriter(new FileOutputStream(FileDescriptor.err), true, charset))
            .execute(args));
    }

    /**
     * The charset of the terminal: that of the locale, or UTF-8 where that is ASCII. Without a locale, as in
     * containers, the JDK takes it for ASCII.
     *
     * @param locales name of the charset of the locale.
     */
    static Charset charset(final String locales)
    {
        try
        {
            final Charset charset = null == locales ? StandardCharsets.UTF_8 : Charset.forName(locales);
            return StandardCharsets.US_ASCII.equals(charset) ? StandardCharsets.UTF_8 : charset;
        }
        catch (final IllegalArgumentException ex)
        {
            return StandardCharsets.UTF_8;
        }
    }

    static CommandLine commandLine()
    {
        return new CommandLine(new Heartwheel())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setParameterExceptionHandler(Heartwheel::onMisuse)
            .setExecutionExceptionHandler(Heartwheel::onFailure);
    }

    /**
     * Print the commands, as none was given.
     */
    @Override
    public Integer call()
    {
        spec.commandLine().usage(spec.commandLine().getErr());
        return MISUSED;
    }

    private static int onMisuse(final ParameterException ex, final String[] args)
    {
        final CommandLine commandLine = ex.getCommandLine();
        final String name = commandLine.getCommandSpec().qualifiedName();
        printLine(commandLine, name + ": " + ex.getMessage() + " (see " + name + " --help)");
        return MISUSED;
    }

    private static int onFailure(
        final Exception ex, final CommandLine commandLine, final CommandLine.ParseResult parseResult) throws Exception
    {
        if (ex instanceof IOException || ex instanceof ConfigurationException)
        {
            printLine(commandLine, commandLine.getCommandSpec().qualifiedName() + ": " + ex.getMessage());
            return FAILED;
        }
        throw ex;
    }

    /**
     * End the program because its reactor has ended, unless it is ending already. It does not matter what the other
     * threads wait for, even if it is a reader of the output.
     *
     * @param failure that ended the reactor, or null if it was told to end, such as by an interrupt of its thread.
     */
    static void onEnded(final Throwable failure, final CommandSpec spec)
    {
        if (null != failure || !Ending.isUnderWay())
        {
            exitAfter(null == failure ? new InterruptedException("its thread was interrupted") : failure, spec);
        }
    }

    private static void exitAfter(final Throwable failure, final CommandSpec spec)
    {
        // A dependent stage wraps the failure of the stage that it depends on.
        final Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        try
        {
            final Thread printer = new Thread(
                () -> printLine(spec.commandLine(), spec.qualifiedName() + ": ended by an error: " + cause),
                "heartwheel-last-words");
            printer.setDaemon(true);
            printer.start();
            new Thread(() -> exitAfter(printer), "heartwheel-exit").start();
        }
        catch (final Throwable ex)
        {
            // Memory or threads do not suffice for an end in good order.
            Runtime.getRuntime().halt(FAILED);
        }
    }

    private static void exitAfter(final Thread printer)
    {
        try
        {
            printer.join(LAST_WORDS_MS);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
        Ending.exit(FAILED);
    }

    private static void printLine(final CommandLine commandLine, final String line)
    {
        commandLine.getErr().println(PlainText.of(line.replaceAll("\\R\\s*", " ")));
        commandLine.getErr().flush();
    }
}
