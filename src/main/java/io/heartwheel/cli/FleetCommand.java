package io.heartwheel.cli;

import io.heartwheel.CloseReason;
import io.heartwheel.config.FleetKnobs;
import io.heartwheel.config.Knob;
import io.heartwheel.fleet.EngineException;
import io.heartwheel.fleet.Fleet;
import io.heartwheel.fleet.FleetContext;
import io.heartwheel.fleet.FleetDirectory;
import io.heartwheel.fleet.FleetMember;
import io.heartwheel.fleet.SendOutcome;
import io.heartwheel.fleet.Session;
import io.heartwheel.wire.Identity;
import io.heartwheel.wire.PlainText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;

/**
 * The command {@code fleet}: asks the registry of a fleet who is connected where, and has messages sent.
 */
@Command(
    name = "fleet",
    description = "Ask the registry of a fleet which servers there are and who is connected where.",
    footer = {
        "", "A password is in HEARTWHEEL_FLEET_PASSWORD, or in the file of -Dheartwheel.fleet.password.file before",
        "-jar; see src/docs/fleet.md.",
        "Exit code 1: nobody has the identity, nobody was reached, or the registry does not answer." },
    mixinStandardHelpOptions = true,
    versionProvider = Heartwheel.Version.class,
    synopsisSubcommandLabel = "COMMAND")
final class FleetCommand implements Callable<Integer>
{
    private static final int MS_PER_S = 1_000;
    private static final int S_PER_MIN = 60;
    private static final int S_PER_HOUR = 3_600;

    @Option(names = "--fleet", paramLabel = "URL", scope = ScopeType.INHERIT,
        description = "the registry, such as redis://127.0.0.1:6379 (default: that of -Dheartwheel.fleet)")
    private String url;

    @Spec
    private CommandSpec spec;

    /**
     * Print the commands, as none was given.
     */
    @Override
    public Integer call()
    {
        spec.commandLine().usage(spec.commandLine().getErr());
        return Heartwheel.MISUSED;
    }

    @Command(name = "nodes", description = "List the servers that live.", mixinStandardHelpOptions = true)
    int nodes() throws IOException
    {
        return ask((fleet) ->
        {
            final List<FleetMember> nodes = fleet.nodes();
            nodes.forEach((node) -> line("%-40s %s", node.name(), node.boot()));
            line(1 == nodes.size() ? "1 node" : "%,d nodes", nodes.size());
            return 0;
        });
    }

    @Command(name = "list", description = "List who is connected, in no order.", mixinStandardHelpOptions = true)
    int list(
        @Option(names = "--limit", paramLabel = "N", defaultValue = "1000",
            description = "most that are listed (default: ${DEFAULT-VALUE})") final int limit,
        @Option(names = "--node", paramLabel = "NAME", description = "only those of this server") final String node)
        throws IOException
    {
        if (limit < 1)
        {
            throw new ParameterException(spec.commandLine(), "--limit=" + limit + ": expected 1 or more");
        }
        return ask((fleet) ->
        {
            fleet.nodes();
            int listed = 0;
            for (int page = 0; page < fleet.pages() && listed <= limit; page++)
            {
                for (final Session session : fleet.list(page))
                {
                    if ((null == node || node.equals(fleet.nodeOf(session))) && ++listed <= limit)
                    {
                        show(fleet, session);
                    }
                }
            }
            line(listed > limit ? "%,d listed, and there are more" : "%,d in all", Math.min(listed, limit));
            return 0;
        });
    }

    @Command(name = "locate", description = "Show where an identity is connected; a user with all devices.",
        mixinStandardHelpOptions = true)
    int locate(@Parameters(paramLabel = "IDENTITY", description = "user or user/device") final String identity)
        throws IOException
    {
        required(identity);
        return ask((fleet) ->
        {
            fleet.nodes();
            final List<Session> found = fleet.sessionsOf(identity);
            found.forEach((session) -> show(fleet, session));
            return found.isEmpty() ? absent(identity) : 0;
        });
    }

    @Command(name = "send", description = "Send a message to an identity: at most once, and without a receipt.",
        mixinStandardHelpOptions = true)
    int send(
        @Parameters(paramLabel = "IDENTITY", description = "user or user/device: exactly this one")
        final String identity,
        @Parameters(paramLabel = "TEXT", description = "message, sent as UTF-8") final String text)
        throws IOException
    {
        required(identity);
        final byte[] message = text.getBytes(StandardCharsets.UTF_8);
        if (message.length > Fleet.MAX_MESSAGE_LENGTH)
        {
            throw new ParameterException(spec.commandLine(),
                "TEXT of " + message.length + " bytes: at most " + Fleet.MAX_MESSAGE_LENGTH);
        }
        return route(identity, "sent to", (fleet, session) -> fleet.send(session, message));
    }

    @Command(name = "close", description = "Have the connection of an identity closed.",
        mixinStandardHelpOptions = true)
    int close(
        @Parameters(paramLabel = "IDENTITY", description = "user or user/device: exactly this one")
        final String identity,
        @Option(names = "--reason", paramLabel = "REASON", defaultValue = "LOCAL_CLOSE",
            description = "LOCAL_CLOSE, SHUTDOWN, REFUSED or TAKEN_OVER (default: ${DEFAULT-VALUE})")
        final CloseReason reason) throws IOException
    {
        required(identity);
        if (!reason.isOfHost())
        {
            throw new ParameterException(spec.commandLine(),
                "--reason=" + reason + ": expected LOCAL_CLOSE, SHUTDOWN, REFUSED or TAKEN_OVER");
        }
        return route(identity, "asked to close", (fleet, session) -> fleet.close(session, reason));
    }

    private interface Route
    {
        SendOutcome to(FleetDirectory fleet, Session session);
    }

    private int route(final String identity, final String done, final Route route) throws IOException
    {
        return ask((fleet) ->
        {
            fleet.nodes();
            for (final Session session : fleet.sessionsOf(identity))
            {
                if (session.identity().equals(identity))
                {
                    final boolean isSent = SendOutcome.SENT == route.to(fleet, session);
                    line("%s %s on %s", isSent ? done : "not reached:", identity, fleet.nodeOf(session));
                    return isSent ? 0 : Heartwheel.FAILED;
                }
            }
            return absent(identity);
        });
    }

    private int ask(final ToIntFunction<FleetDirectory> question) throws IOException
    {
        final String registry = null == url ? FleetKnobs.registry() : url;
        if (null == registry)
        {
            throw new ParameterException(spec.commandLine(), "which fleet? Set --fleet=redis://HOST:PORT, or -D" +
                Knob.FLEET.propertyName());
        }
        try (FleetDirectory fleet = new FleetDirectory(new FleetContext().registry(registry)))
        {
            return question.applyAsInt(fleet);
        }
        catch (final EngineException ex)
        {
            throw new IOException(ex.getMessage(), ex);
        }
    }

    private void required(final String identity)
    {
        final String fault = Identity.faultOf(identity);
        if (null != fault)
        {
            throw new ParameterException(spec.commandLine(), fault);
        }
    }

    private int absent(final String identity)
    {
        line("%s is not connected", identity);
        return Heartwheel.FAILED;
    }

    private void show(final FleetDirectory fleet, final Session session)
    {
        final long seconds = fleet.ageMs(session) / MS_PER_S;
        line("%-40s %-30s %d:%02d:%02d", session.identity(), fleet.nodeOf(session),
            seconds / S_PER_HOUR, seconds / S_PER_MIN % S_PER_MIN, seconds % S_PER_MIN);
    }

    /** Names were chosen by others, and must not steer the terminal. */
    private void line(final String format, final Object... values)
    {
        spec.commandLine().getOut().println(PlainText.of(String.format(Locale.ROOT, format, values)));
    }
}
