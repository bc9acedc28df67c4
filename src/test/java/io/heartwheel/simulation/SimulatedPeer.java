package io.heartwheel.simulation;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.FrameDecoder;
import io.heartwheel.wire.FrameHandler;
import io.heartwheel.wire.HalfFrame;
import io.heartwheel.wire.Hello;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * The other end of a server's connection: behaves, until its time comes to do what its kind is for.
 */
final class SimulatedPeer extends PeerSocket implements FrameHandler
{
    private static final int DRIBBLED_LENGTH = 10_000;
    private static final long SLOW_READ_NS = 100_000_000;

    final int number;
    final PeerKind kind;
    private final SplittableRandom random;
    private final Cadence cadence;
    private final Cadence asked;
    private final FrameDecoder decoder = new FrameDecoder(Frame.MAX_PAYLOAD_LENGTH);
    private final ByteBuffer buffer = ByteBuffer.allocate(1_024);
    private HalfFrame halfFrame;
    private long actAfterNs;
    private boolean hasActed;
    private boolean isStarted;
    private long connectedNs;
    private boolean isHung;
    private boolean isDeaf;
    private boolean isSlow;
    private boolean isQuiet;
    private int dribbled;

    SimulatedPeer(
        final SimulatedNetwork network,
        final SplittableRandom random,
        final int number,
        final PeerKind kind,
        final Cadence cadence) throws IOException
    {
        super(network, network.openRemote(random.split()));
        this.number = number;
        this.kind = kind;
        this.random = random;
        this.cadence = cadence;
        asked = new Cadence(
            cadence.idleNs() + 1_000_000_000L * random.nextInt(3), 500_000_000L, 1 + random.nextInt(4));
        if (PeerKind.DEAF == kind || PeerKind.DEAF_AND_DUMB == kind || 0 == random.nextInt(4))
        {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, 2_000);
            channel.in().sendCapacity(4_000);
        }
        for (final Stream stream : new Stream[]{channel.in(), channel.out()})
        {
            final long maxLatencyNs = PeerKind.ON_THE_BRINK == kind ? 100_001 : 60_000_000;
            stream.latency(random.nextLong(10_000, 100_000), random.nextLong(100_000, maxLatencyNs));
            stream.maxSegmentLength(random.nextInt(4) == 0 ? 100 : 1460);
            stream.lossRate(random.nextInt(3) == 0 && PeerKind.ON_THE_BRINK != kind ? 0.1 : 0);
        }
    }

    void connect(final InetSocketAddress server, final long actAfterNs) throws IOException
    {
        this.actAfterNs = actAfterNs;
        channel.connect(server);
    }

    /**
     * The server has opened its connection.
     */
    void onOpen(final Connection connection)
    {
        watch = new Watch(connection, cadence, time.elapsedNs());
        if (PeerKind.ASKING == kind && hasActed)
        {
            watch.orBy(asked);
        }
    }

    /**
     * Does it take itself for connected, and nothing keeps the server from it?
     */
    boolean isToBeAccepted()
    {
        return isStarted && channel.isOpen() && !channel.in().isEndReceived() && !channel.isReset() &&
            !kind.isOfNetwork() && !channel.out().isCut();
    }

    long connectedNs()
    {
        return connectedNs;
    }

    boolean isDeaf()
    {
        return isDeaf;
    }

    /**
     * From now on no message is begun.
     */
    void quiet()
    {
        isQuiet = true;
    }

    @Override
    void onChange() throws IOException
    {
        if (!channel.isConnected() && !(channel.isConnectionPending() && channel.finishConnect()))
        {
            return;
        }
        if (!isStarted)
        {
            isStarted = true;
            connectedNs = time.elapsedNs();
            after(actAfterNs, this::act);
            beat();
        }
        flush();
        boolean isMore = !isSlow;
        while (isMore && !isHung && !isDeaf && channel.isOpen())
        {
            isMore = read();
        }
    }

    private boolean read() throws IOException
    {
        final int length = channel.read(buffer.clear());
        if (length < 0)
        {
            close();
        }
        if (length > 0)
        {
            halfFrame = decoder.decode(halfFrame, buffer.flip(), this);
        }
        return length > 0;
    }

    private void beat() throws IOException
    {
        if (!isHung)
        {
            if (0 == dribbled)
            {
                speak(isQuiet || random.nextInt(3) > 0 ? Frame.PING : Frame.DATA);
            }
            else if (dribbled < DRIBBLED_LENGTH)
            {
                ++dribbled;
                write(1);
            }
            final long periodNs = Math.min(cadence.idleNs(), asked.idleNs()) / 4;
            after(random.nextLong(periodNs / 2, periodNs), this::beat);
        }
    }

    private void speak(final int type) throws IOException
    {
        if (isWritable())
        {
            send(type, Frame.DATA == type ? Messages.payload(sentCount++) : new byte[0]);
        }
    }

    private void act() throws IOException
    {
        hasActed = true;
        expect(kind.reasons());
        switch (kind)
        {
            case SILENT -> isHung = true;
            case DEAF -> isDeaf = true;
            case DEAF_AND_DUMB -> isDeaf = isHung = true;
            case SLOW_READER -> readSlowly();
            case BLIP -> cut(1 + random.nextLong((cadence.detectionNs() - cadence.idleNs() / 4 - 1_500_000_000L) / 2));
            case CUT -> cut(0);
            case UNHEARD -> channel.out().cut();
            case UNHEARING -> channel.in().cut();
            case RESURRECTING ->
            {
                cut(random.nextLong(1_000_000, cadence.detectionNs() * 2));
                after(cadence.detectionNs() * 3, this::act);
            }
            case ON_THE_BRINK ->
            {
                isHung = true;
                hesitate();
            }
            case FLOODING -> flood();
            default -> speakOut();
        }
    }

    private void speakOut() throws IOException
    {
        switch (kind)
        {
            case DRIBBLING ->
            {
                dribbled = 1;
                write(Frame.DATA, 0, DRIBBLED_LENGTH >> 8, DRIBBLED_LENGTH & 0xFF);
            }
            case HALF_FRAME ->
            {
                write(Frame.DATA, 0, 1);
                isHung = true;
            }
            case MALFORMED -> write(Frame.PING, 0, 0, 1);
            case ASKING ->
            {
                final ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER_LENGTH + Hello.LENGTH);
                new Hello(asked.count(), asked.idleNs() / 1_000_000, asked.intervalNs() / 1_000_000).putFrame(frame);
                write(frame.flip());
                after(random.nextLong(cadence.detectionNs()), () -> isHung = true);
                if (null != watch)
                {
                    watch.orBy(asked);
                }
            }
            case CLOSED_BY_LISTENER, FAILED_BY_LISTENER -> speak(Frame.DATA);
            default -> end();
        }
    }

    private void end() throws IOException
    {
        switch (kind)
        {
            case ENDING ->
            {
                channel.shutdownOutput();
                isEnded = true;
            }
            case CLOSING -> close();
            case RESETTING ->
            {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                close();
            }
            case LEAVING ->
            {
                write(Frame.BYE, 0, 0, 1, CloseReason.LOCAL_CLOSE.code());
                channel.shutdownOutput();
                isEnded = true;
            }
            default ->
            {
            }
        }
    }

    private void readSlowly() throws IOException
    {
        isSlow = true;
        read();
        after(SLOW_READ_NS, this::readSlowly);
    }

    /**
     * Speaks up when it is about to be condemned, a little sooner or later.
     */
    private void hesitate()
    {
        final long brinkNs = channel.out().lastArrivedNs() + cadence.detectionNs() - channel.out().latencyNs();
        after(brinkNs - time.elapsedNs() + random.nextLong(-2_000_000, 20_000_000), () ->
        {
            send(Frame.PING);
            after(cadence.detectionNs() / 2, this::hesitate);
        });
    }

    /**
     * Nothing is carried either way for a while, or for good if that is 0.
     */
    void cut(final long forNs)
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

    void burst()
    {
        run(() ->
        {
            if (!isHung)
            {
                speak(Frame.PING);
            }
        });
    }

    private void flood() throws IOException
    {
        for (int i = 0; i < 20; i++)
        {
            speak(Frame.PING);
        }
        after(400_000_000, this::flood);
    }

    @Override
    public boolean onPing(final byte token)
    {
        after(random.nextLong(20_000_000), () ->
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
        Simulation.require(Messages.isPayload(payload, heardCount),
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

    @Override
    public String toString()
    {
        return "peer " + number + " " + kind + (hasActed ? "!" : "");
    }
}
