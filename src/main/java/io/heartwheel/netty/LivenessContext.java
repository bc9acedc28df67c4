package io.heartwheel.netty;

import io.heartwheel.liveness.Cadence;
import io.netty.handler.timeout.IdleStateEvent;

import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The settings of a {@link Liveness}. Durations are nanoseconds. A setter throws an
 * {@link IllegalArgumentException} that names a value out of its range.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
public final class LivenessContext
{
    private static final long TICK_NS = 1L << 20;
    private static final long MAX_TICK_NS = 1L << 30;

    Cadence cadence = Cadence.STANDARD;
    Probe probe;
    LossAction lossAction = LossAction.CLOSE;
    boolean isIdleStateFired;
    long startTimeoutNs;
    long stallNs = TimeUnit.MILLISECONDS.toNanos(100);
    long tickNs = TICK_NS;
    long probeSlackNs = TimeUnit.MILLISECONDS.toNanos(128);

    /** Construct with the defaults, which the setters name. */
    public LivenessContext()
    {
    }

    /**
     * How channels are watched for which nothing else is said. The default is {@link Cadence#STANDARD}.
     *
     * @param cadence to watch them by.
     * @return this for a fluent API.
     */
    public LivenessContext cadence(final Cadence cadence)
    {
        this.cadence = Objects.requireNonNull(cadence, "cadence");
        return this;
    }

    /**
     * How a silent peer is asked. By default there is no probe: then every cadence has to be passive.
     *
     * @param probe to ask by, shared by all channels and event loops.
     * @return this for a fluent API.
     */
    public LivenessContext probe(final Probe probe)
    {
        this.probe = probe;
        return this;
    }

    /**
     * What happens to the channel of a peer that is gone. The default is {@link LossAction#CLOSE}.
     *
     * @param lossAction to take.
     * @return this for a fluent API.
     */
    public LivenessContext lossAction(final LossAction lossAction)
    {
        this.lossAction = Objects.requireNonNull(lossAction, "lossAction");
        return this;
    }

    /**
     * Fire {@link IdleStateEvent#FIRST_READER_IDLE_STATE_EVENT} before the {@link PeerLostEvent} of a silent peer, for
     * handlers that wait for that. The default is false.
     *
     * @param isFired true to fire it.
     * @return this for a fluent API.
     */
    public LivenessContext idleStateEvents(final boolean isFired)
    {
        isIdleStateFired = isFired;
        return this;
    }

    /**
     * How long a channel may be active before {@link Liveness#start} is called for it, whatever it sends. The default
     * is 0: it is watched from when it is active, and need not be started.
     *
     * @param startTimeoutNs {@link Cadence#MIN_NS} to {@link Cadence#MAX_NS}, or 0.
     * @return this for a fluent API.
     */
    public LivenessContext startTimeoutNs(final long startTimeoutNs)
    {
        this.startTimeoutNs =
            0 == startTimeoutNs ? 0 : inRange("startTimeoutNs", startTimeoutNs, Cadence.MIN_NS, Cadence.MAX_NS);
        return this;
    }

    /**
     * How long an event loop may be away before that counts as a stall. The task of each loop runs at least as
     * often. The default is 100 ms. A test that lets the time of an EmbeddedChannel jump sets it higher than the
     * jump, which is a stall otherwise.
     *
     * @param stallNs {@link Cadence#MIN_NS} to {@link Cadence#MAX_NS}.
     * @return this for a fluent API.
     */
    public LivenessContext stallNs(final long stallNs)
    {
        this.stallNs = inRange("stallNs", stallNs, Cadence.MIN_NS, Cadence.MAX_NS);
        return this;
    }

    /**
     * The unit in which deadlines are kept. Probes and verdicts are late by as much, and an event loop with many
     * channels wakes up as often. The default is 1.05 ms.
     *
     * @param tickNs a power of two up to 2<sup>30</sup>.
     * @return this for a fluent API.
     */
    public LivenessContext tickNs(final long tickNs)
    {
        if (tickNs <= 0 || tickNs > MAX_TICK_NS || Long.bitCount(tickNs) != 1)
        {
            throw new IllegalArgumentException("tickNs=" + tickNs + " is not a power of two up to " + MAX_TICK_NS);
        }
        this.tickNs = tickNs;
        return this;
    }

    /**
     * Longest time for which a probe that is due may wait to be sent together with others, at most 1/32 of its idle
     * time and interval. Verdicts come on time all the same. The default is 128 ms.
     *
     * @param probeSlackNs 0 to {@link Cadence#MAX_NS}.
     * @return this for a fluent API.
     */
    public LivenessContext probeSlackNs(final long probeSlackNs)
    {
        this.probeSlackNs = inRange("probeSlackNs", probeSlackNs, 0, Cadence.MAX_NS);
        return this;
    }

    private static long inRange(final String name, final long value, final long min, final long max)
    {
        if (value < min || value > max)
        {
            throw new IllegalArgumentException(name + "=" + value + " not in " + min + ".." + max);
        }
        return value;
    }
}
