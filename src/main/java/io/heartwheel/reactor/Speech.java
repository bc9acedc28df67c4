package io.heartwheel.reactor;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.wheel.TimingWheel;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;
import io.heartwheel.wire.Identity;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * What a client says of itself. It asks servers for another cadence. To servers that only listen it speaks often enough
 * to be heard: each deadline of such a link sends a PING.
 */
final class Speech
{
    /**
     * Number of PINGs in the detection time of a server that only listens. They are sent whatever else is.
     */
    private static final int PINGS_PER_DETECTION = 3;

    private final TimingWheel wheel;
    private final AttendedClock clock;
    private final SocketIo io;
    private final SplittableRandom random;

    /**
     * @param wheel of the links' deadlines.
     */
    Speech(final TimingWheel wheel, final AttendedClock clock, final SocketIo io, final SplittableRandom random)
    {
        this.wheel = wheel;
        this.clock = clock;
        this.io = io;
        this.random = random;
    }

    /**
     * Ask the server for the cadence that the application has left, unless it was asked for already.
     */
    void ask(final ClientLink link)
    {
        final Cadence cadence = link.takeToAsk();
        if (null != cadence)
        {
            link.asked = cadence;
            if (ClientLink.OPEN == link.state && link.peer.isOpen())
            {
                link.peer.dialect.hello(link.peer, Hellos.of(cadence));
                io.flushUnlessBlocked(link.peer);
            }
        }
    }

    /**
     * A HELLO tells how the server watches: whether it only listens, and how often it has to hear this client then. It
     * also tells whether the server takes an identity. One that knows of none would take it for an error.
     */
    void onHello(final ClientLink link, final Hello hello)
    {
        if (null != link.identity() && !link.isNamed && hello.has(Hello.IDENTITY) && ClientLink.OPEN == link.state)
        {
            link.isNamed = true;
            io.enqueue(link.peer, Frame.HELLO, Identity.helloPayload(link.identity()));
        }
        final boolean isPassive = 0 == hello.count() && hello.idleMs() > 0;
        link.speakNs = isPassive ? TimeUnit.MILLISECONDS.toNanos(hello.idleMs()) / PINGS_PER_DETECTION : 0;
        if (isPassive)
        {
            // A random phase sets the link off from others that connected with it.
            wheel.schedule(link.slot, clock.nowNs() + random.nextLong(link.speakNs + 1));
        }
        else
        {
            wheel.cancel(link.slot);
        }
    }

    void speak(final ClientLink link, final long nowNs)
    {
        if (link.peer.isOpen())
        {
            wheel.schedule(link.slot, nowNs + link.speakNs);
            link.peer.dialect.probe(link.peer);
            io.flushUnlessBlocked(link.peer);
        }
    }

    /**
     * The client has stalled, so a server that only listens may be about to give it up: speak now.
     */
    void onStall(final LinkTable links)
    {
        links.forEach((link) ->
        {
            if (ClientLink.OPEN == link.state && link.speakNs > 0)
            {
                wheel.schedule(link.slot, clock.nowNs());
            }
        });
    }
}
