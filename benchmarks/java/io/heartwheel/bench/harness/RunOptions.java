package io.heartwheel.bench.harness;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Options of every command that runs one server at a time, and what these options are for.
 */
public final class RunOptions
{
    private static final int WARM_UP_MAX_SECONDS = 600;

    @Option(names = "--warm-up", defaultValue = "3",
        description = "seconds of heartbeats before the clients come, 1 to 600 (default: ${DEFAULT-VALUE})")
    private int warmUpSeconds;

    @Option(names = "--out", defaultValue = "benchmarks/results",
        description = "folder for what is found (default: ${DEFAULT-VALUE})")
    private Path out;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /** Check the options, and make the folder. */
    public void begin() throws IOException
    {
        if (warmUpSeconds < 1 || warmUpSeconds > WARM_UP_MAX_SECONDS)
        {
            throw new ParameterException(spec.commandLine(),
                "--warm-up=" + warmUpSeconds + ": expected 1 to " + WARM_UP_MAX_SECONDS);
        }
        Files.createDirectories(out);
    }

    /** The folder for what is found. */
    public Path out()
    {
        return out;
    }

    /**
     * Wait until a server listens, and warm it up.
     *
     * @param isWebSocket what is spoken there: WebSocket, or our own frames.
     * @return its port for clients.
     */
    public String portOnceWarm(final ChildProcess server, final boolean isWebSocket)
        throws IOException, InterruptedException
    {
        final String[] ports = server.line(ServerProcess.LISTENING, Processes.START_WAIT_MS).split(" ");
        Processes.warmUp(Processes.CLIENT_FLAGS, Integer.parseInt(ports[1]), warmUpSeconds, isWebSocket);
        server.ask(ServerProcess.WARM, Processes.ANSWER_WAIT_MS);
        return ports[0];
    }
}
