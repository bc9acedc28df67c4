package io.heartwheel.cli;

import io.heartwheel.config.Configuration;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Identity;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Programs {@code serve} of one fleet, and the command {@code fleet}.
 */
final class FleetJars
{
    private static final List<String> SERVE = List.of("-Dheartwheel.bind=127.0.0.1:0",
        "-Dheartwheel.identity.hello=true", "-Dheartwheel.fleet.timeout=1500ms", "-Dheartwheel.idle=120s");
    private static final int TRIES = 20;

    private final List<String> settings;

    /**
     * @param url      of the registry.
     * @param settings properties that they all have.
     */
    FleetJars(final String url, final String... settings)
    {
        this.settings = new ArrayList<>(List.of("-Dheartwheel.fleet=" + url, "-Dheartwheel.fleet.lease=5s"));
        this.settings.addAll(Arrays.asList(settings));
    }

    private Jar run(final List<String> more, final String... args) throws IOException
    {
        final List<String> all = new ArrayList<>(settings);
        all.addAll(more);
        all.addAll(Arrays.asList(args));
        return Jar.run(all.toArray(String[]::new));
    }

    Jar serve(final String name) throws IOException
    {
        final List<String> options = new ArrayList<>(SERVE);
        options.add("-Dheartwheel.fleet.node=" + name);
        return run(options, "serve");
    }

    static InetSocketAddress addressOf(final Jar server) throws IOException
    {
        return Configuration.parseAddress(server.readLine("listening on ").substring("listening on ".length()));
    }

    /** A client that a server knows by this identity. */
    static TestPeer connect(final InetSocketAddress server, final String identity) throws IOException
    {
        final TestPeer peer = new TestPeer(server);
        peer.send(Frame.HELLO, 0, Identity.helloPayload(identity));
        requireServed(peer);
        return peer;
    }

    static void requireServed(final TestPeer peer) throws IOException
    {
        peer.send(Frame.PING, 1);
        assertEquals(1, peer.read(Frame.PONG).token());
    }

    /** What the command says before it ends with this code. */
    List<String> fleet(final int exitCode, final String... args) throws IOException, InterruptedException
    {
        try (Jar fleet = ask(args))
        {
            final List<String> lines = fleet.readRest();
            assertEquals(exitCode, fleet.exitCode(), lines::toString);
            return lines;
        }
    }

    /** Ask again until it says a line that begins so. */
    List<String> awaitFleet(final String line, final String... args) throws IOException
    {
        List<String> lines = List.of();
        for (int i = 0; i < TRIES; i++)
        {
            try (Jar fleet = ask(args))
            {
                lines = fleet.readRest();
            }
            if (lines.stream().anyMatch((each) -> each.startsWith(line)))
            {
                return lines;
            }
        }
        throw new AssertionError("no line '" + line + "' in " + lines);
    }

    private Jar ask(final String... args) throws IOException
    {
        return run(List.of(), Stream.concat(Stream.of("fleet"), Arrays.stream(args)).toArray(String[]::new));
    }
}
