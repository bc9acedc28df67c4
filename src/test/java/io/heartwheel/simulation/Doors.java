package io.heartwheel.simulation;

import io.heartwheel.AdmissionRequest;
import io.heartwheel.ServerContext;
import io.heartwheel.admission.CidrList;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.reactor.Insides;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What the server of a world demands of its peers before it lets them in, and whether it may hold few bytes for all of
 * them. In most worlds it demands nothing.
 *
 * @param isTls        it speaks TLS only.
 * @param isProxy      a PROXY header comes first.
 * @param isCredential a first message has to let them in.
 * @param isHoard      what is held for all peers together has a low limit.
 */
record Doors(boolean isTls, boolean isProxy, boolean isCredential, boolean isHoard)
{
    static final Doors NONE = new Doors(false, false, false, false);
    static final long HANDSHAKE_NS = 10_000 * Scenario.MS;
    static final int HELD_MAX = 256 << 10;

    private static final int STRANGERS_EACH = 3;
    private static final int WORLDS = 11;
    private static final int CREDENTIAL_LENGTH = 100;
    private static final int HANDSHAKE_STEPS = 2;
    private static final int OUTBOUND_MAX = 30_000;
    /** The longest message fits. */
    private static final int HOARD_OUTBOUND_MAX = 66_000;
    private static final int MESSAGE_MAX = 65_535;
    private static final long LONGEST_ANSWER_NS = 300 * Scenario.MS;
    private static final CidrList EVERYBODY = CidrList.parse("0.0.0.0/0");
    private static final byte LET_IN_AT_ONCE = 0;
    private static final byte LET_IN_LATER = 1;
    private static final byte REFUSED = 2;

    /**
     * Three of eleven worlds have some.
     */
    static Doors of(final long seed)
    {
        final boolean isOne = 0 != (seed & 8);
        final boolean isOther = 0 != (seed & 16);
        return switch (Math.floorMod(seed, WORLDS))
        {
            case 5 -> new Doors(true, isOne, isOther, false);
            case 7 -> new Doors(false, isOne, !isOne || isOther, false);
            case 9 -> new Doors(false, false, false, true);
            default -> NONE;
        };
    }

    boolean isAny()
    {
        return isTls || isProxy || isCredential;
    }

    /**
     * The strangers that come to such doors besides, or an empty list.
     */
    List<PeerKind> strangers()
    {
        final List<PeerKind> kinds = new ArrayList<>();
        if (isAny())
        {
            kinds.addAll(List.of(PeerKind.HALF_ENTERED, PeerKind.NONSENSE));
        }
        if (isCredential)
        {
            kinds.add(PeerKind.UNWANTED);
        }
        if (isTls)
        {
            kinds.addAll(List.of(PeerKind.NEW_KEYS, PeerKind.HALF_RECORD));
        }
        if (isHoard)
        {
            kinds.addAll(List.of(PeerKind.HOARDING, PeerKind.HOARDING, PeerKind.HOARDING, PeerKind.PUNCTUAL,
                PeerKind.UPLOADING, PeerKind.DEAF, PeerKind.SLOW_PATH));
        }
        return kinds;
    }

    /**
     * Time in which a frame has to be complete. It is longer than the time after which a peer is asked, or a peer that
     * hangs in the middle of a frame would not be found silent.
     */
    static long frameNs(final Cadence cadence)
    {
        return cadence.idleNs() + 4_000 * Scenario.MS;
    }

    /**
     * One of how many is of them.
     */
    int strangersEach()
    {
        return isHoard ? 1 : STRANGERS_EACH;
    }

    /**
     * What may be unsent of one connection.
     */
    int outboundMax()
    {
        return isHoard ? HOARD_OUTBOUND_MAX : OUTBOUND_MAX;
    }

    void build(
        final ServerContext ctx, final VirtualTime time, final SplittableRandom random)
    {
        if (isAny() || isHoard)
        {
            ctx.frameTimeoutNs(frameNs(ctx.cadence())).handshakeTimeoutNs(HANDSHAKE_NS);
        }
        if (isTls)
        {
            ctx.tls(PeerTls.SERVER).tlsReloadNs(0).tlsHandshakeLimit(HANDSHAKE_STEPS);
            Insides.tlsTasks(ctx, new VirtualThreads(time, random.split()));
        }
        if (isProxy)
        {
            ctx.proxies(EVERYBODY);
        }
        if (isCredential)
        {
            ctx.credentialCheck((request, credential) -> judge(request, credential.get(), time, random));
        }
        if (isHoard)
        {
            ctx.maxHeldBytes(HELD_MAX).maxMessageLength(MESSAGE_MAX);
        }
    }

    private static void judge(
        final AdmissionRequest request, final byte credential, final VirtualTime time, final SplittableRandom random)
    {
        switch (credential)
        {
            case LET_IN_AT_ONCE -> request.admit();
            case LET_IN_LATER -> time.after(random.nextLong(LONGEST_ANSWER_NS), request::admit);
            default -> request.refuse("not wanted");
        }
    }

    /**
     * What a proxy says of a peer.
     */
    static ByteBuffer proxyHeader(final int port)
    {
        final String header = "PROXY TCP4 127.0.0.1 127.0.0.1 " + port + " 7400\r\n";
        return ByteBuffer.wrap(header.getBytes(StandardCharsets.US_ASCII));
    }

    static byte[] credential(final PeerKind kind, final SplittableRandom random)
    {
        final byte[] credential = new byte[CREDENTIAL_LENGTH];
        credential[0] = PeerKind.UNWANTED == kind ? REFUSED : random.nextBoolean() ? LET_IN_AT_ONCE : LET_IN_LATER;
        return credential;
    }
}
