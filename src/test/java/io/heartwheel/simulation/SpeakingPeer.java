package io.heartwheel.simulation;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.FrameDecoder;
import io.heartwheel.wire.FrameHandler;
import io.heartwheel.wire.HalfFrame;
import io.heartwheel.wire.Hello;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * The common part of simulated peers: exchanges frames, and answers unless it hangs.
 */
abstract class SpeakingPeer extends PeerSocket implements FrameHandler
{
    private static final long LONGEST_ANSWER_NS = 20_000_000;

    final SplittableRandom random;
    final Asked asked;
    boolean isHung;
    /** Does its server speak TLS only? */
    boolean isOfTls;
    /** Bytes sent of a frame that comes one by one; 0 while there is none. */
    int dribbled;
    private final FrameDecoder decoder = new FrameDecoder(Frame.MAX_PAYLOAD_LENGTH);
    private final ByteBuffer buffer = ByteBuffer.allocate(1_024);
    private boolean hasHeard;
    private HalfFrame halfFrame;

    SpeakingPeer(
        final SimulatedNetwork network, final SplittableRandom random, final Cadence cadence, final Tongue tongue)
        throws IOException
    {
        super(network, network.openRemote(random.split()), tongue);
        this.random = random;
        asked = Asked.any(random, cadence);
        if (Tongue.WEBSOCKET == tongue)
        {
            webSocket = new WebSocketTongue(random.split());
        }
    }

    final boolean read() throws IOException
    {
        final int length = channel.read(buffer.clear());
        if (length < 0)
        {
            close();
        }
        if (length > 0)
        {
            hear(buffer.flip());
        }
        return length > 0;
    }

    /**
     * A peer that has sent nonsense to a TLS server does not understand its answer.
     */
    private void hear(final ByteBuffer bytes) throws IOException
    {
        if (isOfTls && !hasHeard)
        {
            PeerTls.requireRecords(bytes);
        }
        hasHeard = true;
        if (!isOfTls || null != tls)
        {
            final ByteBuffer plain = decrypt(bytes);
            halfFrame = decoder.decode(halfFrame, null == webSocket ? plain : webSocket.decode(plain), this);
        }
    }

    final void speak(final int type) throws IOException
    {
        if (isWritable())
        {
            send(type, Frame.DATA == type ? Messages.payload(sentCount++, sentLength) : new byte[0]);
        }
    }

    final void ask() throws IOException
    {
        final ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER_LENGTH + Hello.LENGTH);
        asked.hello().putFrame(frame);
        write(frame.flip());
        if (null != watch)
        {
            watch.orBy(asked.inForce(), time.elapsedNs());
        }
    }

    /**
     * Nothing is carried either way for a while, or for good if that is 0.
     */
    final void cut(final long forNs)
    {
        channel.in().cut();
        channel.out().cut();
        if (forNs > 0)
        {
            time.after(forNs, () ->
            {
                channel.in().restore();
                channel.out().restore();
            });
        }
    }

    @Override
    public boolean onPing(final byte token)
    {
        after(random.nextLong(LONGEST_ANSWER_NS), () ->
        {
            if (!isHung && 0 == dribbled)
            {
                write(Frame.PONG, token, 0, 0);
            }
        });
        return true;
    }

    @Override
    public boolean onPong(final byte token)
    {
        return true;
    }

    @Override
    public boolean onData(final ByteBuffer payload)
    {
        Simulation.require(Messages.isPayload(payload, heardCount, sentByServerLength),
            "message " + heardCount + " of the server arrived wrong at " + this);
        ++heardCount;
        return true;
    }

    @Override
    public boolean onHello(final Hello hello)
    {
        return true;
    }

    @Override
    public void onBye(final int reason, final String text)
    {
        run(this::close);
    }

    @Override
    public void onProtocolError(final String what)
    {
        throw new Violation("the server sent " + what);
    }
}
