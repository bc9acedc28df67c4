package io.heartwheel.reactor;

import io.heartwheel.support.Jol;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.ClassLayout;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What each connection costs by its own object. A field more is 8 bytes more, as nothing is left over, and has to be
 * worth that for those who do not use it.
 */
class PeerFootprintTest
{
    private static final long MOST_BYTES = 168;

    @Test
    void shouldNotGrow()
    {
        Jol.prepare();
        final ClassLayout layout = ClassLayout.parseClass(Peer.class);
        assertTrue(layout.instanceSize() <= MOST_BYTES, layout::toPrintable);
    }
}
