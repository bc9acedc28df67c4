package io.heartwheel.bench.soak;

import io.heartwheel.CloseReason;
import io.heartwheel.bench.attacks.Attack;

import java.util.List;

/**
 * The way in which a client of the soak ends after it has behaved for a while, and the reason that the server should
 * give.
 */
enum SoakFate
{
    FIN(25, null, CloseReason.PEER_CLOSED),
    RESET(20, null, CloseReason.PEER_RESET),
    BYE(15, null, CloseReason.PEER_LEFT),
    SILENT(20, null, CloseReason.PEER_SILENT),
    FLOOD(6, Attack.PING_FLOOD, CloseReason.FLOODING),
    HALF_FRAME(5, Attack.HALF_FRAME, CloseReason.PROTOCOL_ERROR),
    MALFORMED(6, Attack.MALFORMED, CloseReason.PROTOCOL_ERROR),
    NEVER_READS(1, Attack.NEVER_READS, CloseReason.WRITE_STALLED);

    private final int weight;
    private final Attack attack;
    private final CloseReason reason;

    SoakFate(final int weight, final Attack attack, final CloseReason reason)
    {
        this.weight = weight;
        this.attack = attack;
        this.reason = reason;
    }

    /**
     * How it writes, until it is thrown out, or null if it does not.
     */
    Attack attack()
    {
        return attack;
    }

    CloseReason reason()
    {
        return reason;
    }

    /**
     * Draw one of some, by their weights.
     *
     * @param random 0 to 1, 1 excluded.
     */
    static SoakFate draw(final List<SoakFate> fates, final double random)
    {
        double left = random * fates.stream().mapToInt((fate) -> fate.weight).sum();
        for (final SoakFate fate : fates)
        {
            left -= fate.weight;
            if (left < 0)
            {
                return fate;
            }
        }
        return fates.get(fates.size() - 1);
    }
}
