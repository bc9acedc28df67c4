package io.heartwheel.netty;

import io.heartwheel.liveness.Cadence;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What cannot be is refused, by name.
 */
class LivenessContextTest
{
    private static final Cadence PASSIVE = Cadence.passive(1_000_000_000L);

    private static LivenessContext passive()
    {
        return new LivenessContext().cadence(PASSIVE);
    }

    @Test
    void shouldRefuseToAskWithoutAProbe()
    {
        assertThrows(IllegalArgumentException.class, () -> new Liveness(new LivenessContext()));
        final Liveness liveness = new Liveness(passive());
        final EmbeddedPeer peer = new EmbeddedPeer(liveness.newHandler());
        assertThrows(IllegalArgumentException.class, () -> liveness.cadence(peer.channel, Cadence.STRICT));
        assertThrows(IllegalArgumentException.class, () -> liveness.start(peer.channel, Cadence.STRICT));
    }

    @Test
    void shouldNameWhatIsOutOfRange()
    {
        assertEquals("tickNs=3 is not a power of two up to 1073741824", assertThrows(
            IllegalArgumentException.class, () -> new LivenessContext().tickNs(3)).getMessage());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new LivenessContext().stallNs(0))
            .getMessage().startsWith("stallNs=0 not in "));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new LivenessContext().startTimeoutNs(-1))
            .getMessage().startsWith("startTimeoutNs=-1 not in "));
    }

    @Test
    void shouldNotKnowChannelOfAnother()
    {
        final EmbeddedPeer peer = new EmbeddedPeer(new Liveness(passive()).newHandler());
        assertThrows(IllegalArgumentException.class, () -> new Liveness(passive()).stop(peer.channel));
        assertThrows(IllegalArgumentException.class, () -> new Liveness(passive()).stop(new EmbeddedPeer().channel));
    }
}
