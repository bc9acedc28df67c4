package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.ReactorContext;
import io.heartwheel.liveness.Cadence;

/**
 * Limits how much each peer may send: frames a second, and frames a second that have to be answered. A peer that is
 * watched by a quick cadence, or watches this end by one, may send as often as that needs. A peer is not charged for
 * what a stall of the reactor held up.
 */
final class Allowance
{
    /**
     * A read of so many bytes or more is part of a transfer, however TCP cut it: a segment has more room than this.
     */
    private static final int SMALL_READ_LENGTH = 512;

    private final RateLimit frameRate;
    private final RateLimit controlRate;
    private final AttendedClock clock;
    private final Departures departures;

    /**
     * End of the credit after a stall. Until then a peer has saved up what it may send in the time of the stall: what
     * arrived in that is read at once.
     */
    private long creditEndNs;

    Allowance(final ReactorContext<?> ctx, final AttendedClock clock, final Departures departures)
    {
        this.clock = clock;
        this.departures = departures;
        frameRate = new RateLimit(ctx.frameRate(), ctx.rateBurstNs()).withRoomFor(ctx.cadence());
        controlRate = new RateLimit(ctx.controlRate(), ctx.rateBurstNs()).withRoomFor(ctx.cadence());
        creditEndNs = clock.lastSampleNs();
    }

    /**
     * A connection begins. It has saved up what it may send in a time of which the reactor heard nothing.
     */
    void begin(final Peer peer)
    {
        peer.frameRate = frameRate;
        peer.controlRate = controlRate;
        peer.framesUsedNs = savedSinceNs();
        peer.controlsUsedNs = peer.framesUsedNs;
    }

    /**
     * A peer that is watched by this cadence, or watches this end by it, may speak as often as that needs. Its limits
     * are not lowered again, since frames that another cadence asked for may be under way.
     */
    void onCadence(final Peer peer, final Cadence cadence)
    {
        peer.frameRate = peer.frameRate.withRoomFor(cadence);
        peer.controlRate = peer.controlRate.withRoomFor(cadence);
    }

    /**
     * The reactor stalled. Peers may have sent meanwhile what they may send in that time, and it may come at once.
     */
    void onStall(final long stallNs)
    {
        final long lengthNs = Math.min(stallNs, Cadence.MAX_NS);
        final long beganNs = clock.lastSampleNs() - lengthNs;
        // What was left of an earlier credit was not used in this stall: no peer was heard in it.
        creditEndNs = (creditEndNs - beganNs > 0 ? creditEndNs : beganNs) + 2 * lengthNs;
    }

    /**
     * The time since when a peer that did not send has saved up what it may send.
     */
    private long savedSinceNs()
    {
        final long nowNs = clock.lastSampleNs();
        return nowNs - Math.max(0, creditEndNs - nowNs);
    }

    /**
     * Charge a short read in which no frame ends like a frame: the peer sent it by itself.
     */
    void chargeRead(final Peer peer, final int length)
    {
        if (length < SMALL_READ_LENGTH)
        {
            chargeFrame(peer);
        }
    }

    /**
     * Charge a frame.
     *
     * @return false if the peer has sent too much.
     */
    boolean chargeFrame(final Peer peer)
    {
        peer.framesUsedNs = peer.frameRate.charge(peer.framesUsedNs, savedSinceNs());
        return isWithin(peer.frameRate, peer.framesUsedNs) ||
            condemnFlooding(peer, peer.frameRate, "frames and small reads");
    }

    /**
     * Charge a frame that costs more: a PING or HELLO, which has to be answered, or a PONG that was not asked for.
     */
    boolean chargeControl(final Peer peer)
    {
        return chargeControl(peer, "PING, PONG and HELLO frames");
    }

    /**
     * Charge TLS records that hold no data, such as new keys, like frames that have to be answered. Each costs the
     * reactor more than the peer.
     */
    void chargeSilentRecords(final Peer peer, final int count)
    {
        for (int i = 0; i < count && chargeControl(peer, "PINGs and TLS records that say nothing"); i++)
        {
            continue;
        }
    }

    private boolean chargeControl(final Peer peer, final String what)
    {
        peer.controlsUsedNs = peer.controlRate.charge(peer.controlsUsedNs, savedSinceNs());
        return chargeFrame(peer) && (isWithin(peer.controlRate, peer.controlsUsedNs) ||
            condemnFlooding(peer, peer.controlRate, what));
    }

    /**
     * Is the limit kept, by the last reading of the clock or else by a new one? A listener may have held up this batch
     * since, and so the bytes of the peer.
     */
    private boolean isWithin(final RateLimit rate, final long usedUntilNs)
    {
        if (!rate.isExceeded(usedUntilNs, clock.lastSampleNs()))
        {
            return true;
        }
        clock.sample();
        return !rate.isExceeded(usedUntilNs, clock.lastSampleNs());
    }

    private boolean condemnFlooding(final Peer peer, final RateLimit rate, final String what)
    {
        departures.condemn(
            peer, CloseReason.FLOODING, "more than " + rate.perSecond() + " " + what + " a second");
        return false;
    }

    /**
     * A PING left: its answer is not charged.
     */
    void creditAnswer(final Peer peer)
    {
        peer.controlsUsedNs = peer.controlRate.credit(peer.controlsUsedNs);
    }
}
