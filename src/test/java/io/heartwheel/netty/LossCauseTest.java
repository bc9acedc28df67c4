package io.heartwheel.netty;

import io.heartwheel.netty.PeerLostEvent.Cause;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * What follows from the kernel's figures. They are made up here; the fault matrix has those of real kernels.
 */
class LossCauseTest
{
    private static final long SILENCE_NS = MILLISECONDS.toNanos(2_000);

    /** TCP_INFO of a connection that is established and at rest: times in ms, of which the RTO is 200. */
    private static final class Figures
    {
        private final ByteBuffer info = ByteBuffer.allocate(128).order(ByteOrder.nativeOrder());

        Figures()
        {
            info.put(0, (byte)1).putInt(8, 200_000);
            sent(500).heard(3_000).acked(499);
        }

        Figures state(final int state)
        {
            info.put(0, (byte)state);
            return this;
        }

        Figures retransmits(final int count)
        {
            info.put(2, (byte)count);
            return this;
        }

        Figures windowProbes(final int count)
        {
            info.put(3, (byte)count);
            return this;
        }

        Figures unacked(final int segments)
        {
            info.putInt(24, segments);
            return this;
        }

        Figures sent(final int beforeMs)
        {
            info.putInt(44, beforeMs);
            return this;
        }

        Figures heard(final int beforeMs)
        {
            info.putInt(52, beforeMs);
            return this;
        }

        Figures acked(final int beforeMs)
        {
            info.putInt(56, beforeMs);
            return this;
        }

        Cause ofSilence(final boolean isAsked)
        {
            return LossCause.ofSilence(new TcpInfo(info), SILENCE_NS, isAsked);
        }

        Cause ofWriteStall()
        {
            return LossCause.ofWriteStall(new TcpInfo(info), SILENCE_NS);
        }
    }

    @Test
    void shouldBlameTheProcessWhenItsKernelAcknowledgesTheProbe()
    {
        assertEquals(Cause.PROCESS, new Figures().ofSilence(true));
        assertEquals(Cause.PROCESS, new Figures().sent(500).acked(500).ofSilence(true));
    }

    @Test
    void shouldBlameThePathWhenNothingIsAcknowledged()
    {
        assertEquals(Cause.PATH, new Figures().unacked(1).retransmits(3).sent(300).acked(2_500).ofSilence(true));
        assertEquals(Cause.PATH, new Figures().unacked(1).retransmits(1).sent(300).acked(2_500).ofSilence(false));
        assertEquals(Cause.PATH, new Figures().unacked(9).retransmits(1).sent(300).acked(2_500).ofWriteStall());
    }

    @Test
    void shouldNotJudgeThePathBeforeTheKernelHasSentAgain()
    {
        assertEquals(Cause.UNKNOWN, new Figures().unacked(1).sent(50).acked(2_500).ofSilence(true));
    }

    @Test
    void shouldNotCallALossyPathGone()
    {
        assertEquals(Cause.UNKNOWN, new Figures().unacked(1).retransmits(2).sent(300).acked(100).ofSilence(true));
    }

    @Test
    void shouldNotTakeAnOldAcknowledgementForASignOfLife()
    {
        // Nothing was sent within the silence, and the last acknowledgement came before it.
        assertEquals(Cause.UNKNOWN, new Figures().sent(2_500).acked(2_400).ofSilence(true));
        assertEquals(Cause.UNKNOWN, new Figures().sent(1_900).acked(1_800).ofSilence(false));
        assertEquals(Cause.UNKNOWN, new Figures().sent(501).acked(501).ofSilence(false));
        assertEquals(Cause.PROCESS, new Figures().sent(500).acked(500).ofSilence(false));
    }

    @Test
    void shouldBlameTheProcessThatHasClosedItsEnd()
    {
        assertEquals(Cause.PROCESS, new Figures().state(8).unacked(1).acked(2_500).ofSilence(true));
    }

    @Test
    void shouldTellAClosedWindowFromAPathThatIsGone()
    {
        assertEquals(Cause.PROCESS, new Figures().windowProbes(0).ofWriteStall());
        assertEquals(Cause.PROCESS, new Figures().windowProbes(1).acked(700).ofWriteStall());
        assertEquals(Cause.PATH, new Figures().windowProbes(2).acked(1_900).ofWriteStall());
    }

    @Test
    void shouldNotJudgeAClosedWindowBeforeItWasProbedTwice()
    {
        final Figures figures = new Figures().windowProbes(1);
        figures.info.putInt(8, 500_001);
        assertEquals(Cause.UNKNOWN, figures.ofWriteStall());
        figures.info.putInt(8, 500_000);
        assertEquals(Cause.PROCESS, figures.ofWriteStall());
    }

    @Test
    void shouldNotKnowWithoutFigures()
    {
        assertEquals(Cause.UNKNOWN, LossCause.ofSilence(null, SILENCE_NS, true));
        assertEquals(Cause.UNKNOWN, LossCause.ofWriteStall(null, SILENCE_NS));
    }
}
