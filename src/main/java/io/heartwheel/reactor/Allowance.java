package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.ReactorContext;
import io.heartwheel.liveness.Cadence;

/**
 * How much each peer may send: so many frames, and so many that have to be answered, a second. A peer that is watched
 * by a quick cadence, or watches us by one, may speak as often as that needs. What a stall of ours held up is not held
 * against anyone.
 */
final class Allowance
{
    /**
     * A read of as many bytes is one that a transfer needs, however TCP cut it: a segment has more room than that.
     */
    private static final int SMALL_READ_LENGTH = 512;

    private final RateLimit frameRate;
    private final RateLimit controlRate;
    private final AttendedClock clock;
    private final Departures departures;

    /**
     * Until then, as much of the past counts as is left to it: what arrived in a stall of ours is read at once.
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
     * A connection begins: it has saved up what came while nobody looked.
     */
    void begin(final Peer peer)
    {
        peer.frameRate = frameRate;
        peer.controlRate = controlRate;
        peer.framesUsedNs = savedSinceNs();
        peer.controlsUsedNs = peer.framesUsedNs;
    }

    /**
     * Whoever is watched by a cadence, or watches us by it, may speak as often as that needs: from now on, since what
     * another cadence asked for may be under way.
     */
    void onCadence(final Peer peer, final Cadence cadence)
    {
        peer.frameRate = peer.frameRate.withRoomFor(cadence);
        peer.controlRate = peer.controlRate.withRoomFor(cadence);
    }

    /**
     * We were not at work: peers may have sent meanwhile what they may send in that time, whatever may come at once.
     */
    void onStall(final long stallNs)
    {
        final long lengthNs = Math.min(stallNs, Cadence.MAX_NS);
        final long beganNs = clock.lastSampleNs() - lengthNs;
        // What was left of an earlier one is not used up by this one: nobody was heard.
        creditEndNs = (creditEndNs - beganNs > 0 ? creditEndNs : beganNs) + 2 * lengthNs;
    }

    /**
     * From when on a peer that did not speak has saved up what it may send.
     */
    private long savedSinceNs()
    {
        final long nowNs = clock.lastSampleNs();
        return nowNs - Math.max(0, creditEndNs - nowNs);
    }

    /**
     * A read of little in which no frame ends counts as one: that it came by itself was its peer's doing.
     */
    void chargeRead(final Peer peer, final int length)
    {
        if (length < SMALL_READ_LENGTH)
        {
            chargeFrame(peer);
        }
    }

    /**
     * A frame counts against what its peer may send.
     *
     * @return false if that is too much.
     */
    boolean chargeFrame(final Peer peer)
    {
        peer.framesUsedNs = peer.frameRate.charge(peer.framesUsedNs, savedSinceNs());
        return isWithin(peer.frameRate, peer.framesUsedNs) ||
            condemnFlooding(peer, peer.frameRate, "frames and small reads");
    }

    /**
     * A PING or HELLO, which has to be answered, or a PONG that was not asked for, counts once more.
     */
    boolean chargeControl(final Peer peer)
    {
        return chargeControl(peer, "PING, PONG and HELLO frames");
    }

    /**
     * TLS records came that say nothing to us, such as new keys, each of which costs more than the peer: they count as
     * the frames do that have to be answered.
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
     * By the clock as it was read last, or as it is: a listener may have held up this batch since, and so its bytes.
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
     * A PING left: it may be answered.
     */
    void creditAnswer(final Peer peer)
    {
        peer.controlsUsedNs = peer.controlRate.credit(peer.controlsUsedNs);
    }
}
