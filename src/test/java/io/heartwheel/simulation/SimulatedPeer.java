package io.heartwheel.simulation;

import io.heartwheel.CloseReason;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.FrameDecoder;
import io.heartwheel.wire.FrameHandler;
import io.heartwheel.wire.HalfFrame;
import io.heartwheel.wire.Hello;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * The other end of a server's connection: behaves, until its time comes to do what its kind is for.
 */
final class SimulatedPeer extends PeerRecord implements FrameHandler
{
    private static final int DRIBBLED_LENGTH = 10_000;

    final PeerKind kind;
    final SimulatedSocketChannel channel;
    final Cadence asked;

    private final SplittableRandom random;
    private final long periodNs;
    private final long detectionNs;
    private final FrameDecoder decoder = new FrameDecoder(Frame.MAX_PAYLOAD_LENGTH);
    private final ByteBuffer buffer = ByteBuffer.allocate(4_096);
    private final ByteQueue pending = new ByteQueue();
    private HalfFrame halfFrame;
    private long actAfterNs;
    private boolean isStarted;
    private boolean isHung;
    private boolean isDeaf;
    private boolean isEnded;
    private boolean isQuiet;
    private int dribbled;

    SimulatedPeer(
        final SimulatedNetwork network, final SplittableRandom random, final PeerKind kind, final Cadence cadence)
        throws IOException
    {
        super(network.time());
        this.kind = kind;
        this.random = random;
        channel = network.openPeer();
        channel.configureBlocking(false);
        asked = new Cadence(cadence.idleNs() + 1_000_000_000L * random.nextInt(3), 500_000_000L, 3);
        periodNs = Math.min(cadence.idleNs(), asked.idleNs()) / 4;
        detectionNs = cadence.detectionNs();
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
        channel.observer(() -> run(this::onChange));
        this.actAfterNs = actAfterNs;
        channel.connect(server);
    }

    @FunctionalInterface
    private interface Action
    {
        void run() throws IOException;
    }

    private void run(final Action action)
    {
        try
        {
            if (channel.isOpen())
            {
                action.run();
            }
        }
        catch (final IOException ex)
        {
            close();
        }
    }

    void close()
    {
        try
        {
            channel.close();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private void onChange() throws IOException
    {
        if (!channel.isConnected() && !(channel.isConnectionPending() && channel.finishConnect()))
        {
            return;
        }
        if (!isStarted)
        {
            isStarted = true;
            time.after(actAfterNs, () -> run(this::act));
            beat();
        }
        flush();
        while (!isHung && !isDeaf && channel.isOpen())
        {
            final int length = channel.read(buffer.clear());
            if (length < 0)
            {
                close();
            }
            if (length <= 0)
            {
                return;
            }
            halfFrame = decoder.decode(halfFrame, buffer.flip(), this);
        }
    }

    private void beat() throws IOException
    {
        if (!isHung)
        {
            if (0 == dribbled)
            {
                send(isQuiet || random.nextInt(3) > 0 ? Frame.PING : Frame.DATA);
            }
            else if (dribbled < DRIBBLED_LENGTH)
            {
                ++dribbled;
                write(1);
            }
            time.after(random.nextLong(periodNs / 2, periodNs), () -> run(this::beat));
        }
    }

    private void act() throws IOException
    {
        hasActed = true;
        switch (kind)
        {
            case SILENT -> isHung = true;
            case DEAF -> isDeaf = true;
            case DEAF_AND_DUMB ->
            {
                isDeaf = true;
                isHung = true;
            }
            case ON_THE_BRINK ->
            {
                isHung = true;
                hesitate();
            }
            case CUT -> cut(0);
            case RESURRECTING ->
            {
                cut(random.nextLong(1_000_000, asked.detectionNs() * 2));
                time.after(asked.detectionNs() * 3, () -> run(this::act));
            }
            case DRIBBLING ->
            {
                dribbled = 1;
                write(Frame.DATA, 0, DRIBBLED_LENGTH >> 8, DRIBBLED_LENGTH & 0xFF);
            }
            case FLOODING -> flood();
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
            }
            case CLOSED_BY_LISTENER, FAILED_BY_LISTENER -> send(Frame.DATA);
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

    /**
     * Speaks up when it is about to be condemned, a little sooner or later.
     */
    private void hesitate()
    {
        final long brinkNs = channel.out().lastArrivedNs() + detectionNs - channel.out().latencyNs();
        time.after(brinkNs - time.elapsedNs() + random.nextLong(-500_000, 3_000_000), () -> run(() ->
        {
            send(Frame.PING);
            time.after(detectionNs / 2, () -> run(this::hesitate));
        }));
    }

    /**
     * From now on no message is begun.
     */
    void quiet()
    {
        isQuiet = true;
    }

    boolean isDeaf()
    {
        return isDeaf;
    }

    private void cut(final long forNs)
    {
        channel.in().cut();
        channel.out().cut();
        if (forNs > 0)
        {
            time.after(forNs, () ->
            {
                channel.in().restore(random.nextLong(500_000_000));
                channel.out().restore(random.nextLong(500_000_000));
            });
        }
    }

    private void flood() throws IOException
    {
        for (int i = 0; i < 20; i++)
        {
            send(Frame.PING);
        }
        time.after(400_000_000, () -> run(this::flood));
    }

    private void send(final int type) throws IOException
    {
        if (!isWritable())
        {
            return;
        }
        final byte[] payload = Frame.DATA == type ? payload(sentCount++) : new byte[0];
        final ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER_LENGTH + payload.length);
        Frame.putHeader(frame, type, 0, payload.length);
        write(frame.put(payload).flip());
    }

    private void write(final int... bytes) throws IOException
    {
        final ByteBuffer some = ByteBuffer.allocate(bytes.length);
        for (final int value : bytes)
        {
            some.put((byte)value);
        }
        write(some.flip());
    }

    private void write(final ByteBuffer bytes) throws IOException
    {
        if (isWritable())
        {
            pending.put(bytes, bytes.remaining());
            flush();
        }
    }

    private boolean isWritable()
    {
        return pending.length() < 100_000 && channel.isConnected() && !isEnded;
    }

    private void flush() throws IOException
    {
        while (pending.length() > 0 && !isEnded)
        {
            final ByteBuffer some = ByteBuffer.allocate(pending.length());
            pending.take(some);
            channel.write(some.flip());
            if (some.hasRemaining())
            {
                final ByteBuffer rest = ByteBuffer.allocate(some.remaining()).put(some).flip();
                pending.put(rest, rest.remaining());
                return;
            }
        }
    }

    @Override
    public boolean onPing(final byte token)
    {
        time.after(random.nextLong(20_000_000), () -> run(() ->
        {
            if (!isHung && 0 == dribbled)
            {
                write(Frame.PONG, token, 0, 0);
            }
        }));
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
        if (!payload.equals(ByteBuffer.wrap(payload(heardCount))))
        {
            throw new AssertionError("message " + heardCount + " of the server arrived wrong at " + this);
        }
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
        throw new AssertionError("the server sent " + what);
    }

    @Override
    public String toString()
    {
        return kind + (hasActed ? "! " : " ") + connection;
    }
}
