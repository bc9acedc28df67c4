package io.heartwheel.simulation;

import io.heartwheel.CloseReason;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.liveness.Cadence;

import java.time.Duration;

/**
 * The unusual calls that the application of a server makes in its callbacks.
 */
final class ServerActs
{
    private static final long MS = Scenario.MS;
    private static final Cadence[] CADENCES = {
        Cadence.OFF, Cadence.STANDARD, Cadence.passive(8_000 * MS), new Cadence(2_000 * MS, 1_000 * MS, 3)};

    private final ServerSimulation simulation;

    ServerActs(final ServerSimulation simulation)
    {
        this.simulation = simulation;
    }

    /**
     * @param peer     whose callback it is.
     * @param target   of what is done, maybe another.
     * @param isEnding does it end the peer's connection if this callback throws?
     */
    void perform(final Step step, final SimulatedPeer peer, final SimulatedPeer target, final boolean isEnding)
    {
        switch (step.kind())
        {
            case STALL_IN_CALLBACK -> simulation.stall(step.durationNs(), true);
            case SEND_IN_CALLBACK -> simulation.send(target);
            case CLOSE_IN_CALLBACK -> simulation.close(target);
            case CADENCE_IN_CALLBACK -> watchBy(target, CADENCES[step.peer() % CADENCES.length]);
            case INTERRUPT_IN_CALLBACK -> Thread.currentThread().interrupt();
            case DRAIN_IN_CALLBACK, END_IN_CALLBACK, TERMINATE_IN_CALLBACK -> end(step, simulation.server());
            default ->
            {
                if (isEnding)
                {
                    peer.expect(CloseReason.LISTENER_FAILED);
                }
                if (Step.Kind.ERROR_IN_CALLBACK == step.kind())
                {
                    throw OnPurpose.error(step.peer());
                }
                throw OnPurpose.exception();
            }
        }
    }

    /**
     * Not for peers that are made for the cadence that they came with.
     */
    private void watchBy(final SimulatedPeer peer, final Cadence cadence)
    {
        if (null != peer.watch && peer.watch.isWatched() &&
            PeerKind.SLOW_PATH != peer.kind && PeerKind.BLIP != peer.kind)
        {
            simulation.note(peer + " is watched by " + cadence);
            peer.watch.orBy(peer.tongue.watchable(cadence), simulation.time.elapsedNs());
            peer.watch.connection.cadence(cadence);
        }
    }

    private void end(final Step step, final HeartbeatServer server)
    {
        simulation.ending.tell(step.durationNs() + 2 * ServerSimulation.LINGER_NS);
        switch (step.kind())
        {
            case DRAIN_IN_CALLBACK -> server.drain(Duration.ofNanos(step.durationNs()));
            case END_IN_CALLBACK -> server.close();
            default -> throw OnPurpose.termination();
        }
    }
}
