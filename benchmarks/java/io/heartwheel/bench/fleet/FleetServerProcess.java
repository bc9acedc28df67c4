package io.heartwheel.bench.fleet;

import io.heartwheel.ServerContext;
import io.heartwheel.bench.harness.Load;
import io.heartwheel.bench.harness.ServerProcess;
import io.heartwheel.bench.servers.BenchServer;
import io.heartwheel.bench.servers.Contender;
import io.heartwheel.bench.servers.HeartwheelServer;
import io.heartwheel.fleet.Fleet;
import io.heartwheel.fleet.FleetContext;
import io.heartwheel.fleet.FleetCounter;
import io.heartwheel.fleet.FleetMetrics;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A server in a process of its own that believes what its clients say they are, and is of a fleet if a registry is
 * given: {@code [URL LEASE]}. It prints its port and that of a second server, which serves to warm up, and answers each
 * line of input with one line, as {@link ServerProcess} does.
 */
final class FleetServerProcess
{
    /** State of the lease, how many wait for the registry, exchanges that failed; or that there is no fleet. */
    static final String FLEET = "fleet";
    static final String NO_FLEET = "NONE 0 0";

    private FleetServerProcess()
    {
    }

    public static void main(final String[] args) throws Exception
    {
        final Fleet fleet = 0 == args.length ? null : Fleet.launch(
            new FleetContext().registry(args[0]).leaseNs(Duration.parse(args[1]).toNanos()));
        final BenchServer server =
            HeartwheelServer.launch(Load.CLIENT_1S.cadence(), (ctx) -> attached(fleet, ctx.helloIdentity(true)));
        final BenchServer warmUp = Contender.HEARTWHEEL.launch(Load.WARM_UP_CADENCE);
        System.out.println(
            ServerProcess.LISTENING + " " + server.address().getPort() + " " + warmUp.address().getPort());

        final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); null != line; line = in.readLine())
        {
            System.out.println(line + " " + answer(line, server, warmUp, fleet));
        }
        Runtime.getRuntime().halt(0);
    }

    private static ServerContext attached(final Fleet fleet, final ServerContext ctx)
    {
        return null == fleet ? ctx : fleet.attach(ctx);
    }

    private static String answer(
        final String question, final BenchServer server, final BenchServer warmUp, final Fleet fleet)
    {
        switch (question)
        {
            case ServerProcess.COUNTS:
                return server.heartbeats() + " " + server.opened() + " " + server.stalls();

            case ServerProcess.OPEN:
                return Long.toString(server.openCount());

            case ServerProcess.WARM:
                warmUp.close();
                return "";

            case FLEET:
                return null == fleet ? NO_FLEET : of(fleet.metrics());

            default:
                throw new IllegalArgumentException(question);
        }
    }

    private static String of(final FleetMetrics metrics)
    {
        return metrics.state() + " " + metrics.waiting() + " " + metrics.count(FleetCounter.EXCHANGES_FAILED);
    }
}
