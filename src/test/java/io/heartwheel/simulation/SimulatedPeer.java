package io.heartwheel.simulation;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Frame;

import javax.net.ssl.SSLContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * The other end of a server's connection. It behaves until its time comes, and then does what its kind does.
 */
final class SimulatedPeer extends SpeakingPeer
{
    static final int DRIBBLED_LENGTH = 10_000;
    /** Far less than the time that a frame has. */
    private static final long NONSENSE_NS = 15_000_000_000L;
    /** The time that a frame has, and more: the next look at a peer that was silent for a while. */
    private static final long DRIBBLED_NS = 50_000_000_000L;
    private static final long SLOW_READ_NS = 100_000_000;
    private static final long UPLOAD_NS = 80_000_000;
    private static final int UPLOADS_MAX = 200;
    /** Nine a second. */
    private static final long CHAT_NS = 111_000_000;
    private static final int LONG_MESSAGE_LENGTH = 16_000;
    private static final int PUSHES = 200;
    private static final int UNLIMITED_SEND_LENGTH = 4 << 20;
    /** Of the slowest path on which a peer answers in time what it is asked. */
    private static final int RATE_MIN = 50_000;

    final int number;
    final PeerKind kind;
    private final Cadence cadence;
    private final Entrance entrance;
    private long actAfterNs;
    private boolean hasActed;
    private boolean isStarted;
    private long connectedNs;
    private boolean isDeaf;
    private boolean isSlow;
    private boolean isQuiet;
    private boolean isMute;
    private int uploaded;
    private final byte[] preface;
    /** It is the page of another host, and so must not be let in. */
    private final boolean isForged;
    /** Messages the server is to send it at one go. */
    private int pushes;

    SimulatedPeer(
        final SimulatedNetwork network,
        final SplittableRandom random,
        final int number,
        final PeerKind kind,
        final Cadence cadence,
        final Doors doors,
        final Tongue tongue,
        final boolean isTongueShown,
        final SSLContext tlsContext) throws IOException
    {
        super(network, random, cadence, tongue);
        this.number = number;
        this.kind = tongue.kind(kind);
        this.cadence = cadence;
        isForged = Tongue.WEBSOCKET == tongue && PeerKind.MALFORMED == kind && 0 == number % 2;
        preface = Tongue.WEBSOCKET == tongue ? WebSocketTongue.request(isForged) :
            isTongueShown ? tongue.preface() : new byte[0];
        entrance = new Entrance(this, cadence, doors, tlsContext);
        isOfTls = doors.isTls();
        if (kind.isDeaf() || PeerKind.SLOW_PATH != kind && 0 == random.nextInt(4))
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
        if (PeerKind.SLOW_PATH == kind)
        {
            channel.in().wholeSegments().maxSegmentLength(1460).sendCapacity(UNLIMITED_SEND_LENGTH).lossRate(0);
            channel.in().rate(slowRate());
            sentByServerLength = LONG_MESSAGE_LENGTH;
        }
        else if (PeerKind.UPLOADING == kind)
        {
            channel.out().wholeSegments().maxSegmentLength(1460);
            sentLength = LONG_MESSAGE_LENGTH;
        }
    }

    /**
     * What the kernel may queue passes in a quarter of the time in which an answer has to come.
     */
    private int slowRate()
    {
        final long answerMs = Math.max(1_000, cadence.intervalNs() * cadence.count() / 1_000_000);
        return (int)Math.max(RATE_MIN, 4_000L * ServerSimulation.SEND_BUFFER_LENGTH / answerMs);
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
        Simulation.require(!isForged, this + " was let in, though it is the page of another host");
        Simulation.require(tongue == Tongue.of(connection.protocol()), this + " speaks " + connection.protocol());
        watch = new Watch(connection, tongue.watchable(cadence), time.elapsedNs());
        if ((PeerKind.ASKING == kind || PeerKind.DEAF_AND_ASKING == kind) && hasActed)
        {
            watch.orBy(asked.inForce(), time.elapsedNs());
        }
    }

    /**
     * Shall the server send it one more of what it is sent at one go?
     */
    boolean isToBePushed()
    {
        return pushes > 0 && null != watch && watch.isWatched();
    }

    void onPushed()
    {
        --pushes;
    }

    /**
     * Does it take itself for connected, and nothing keeps the server from it?
     */
    boolean isToBeAccepted()
    {
        return isStarted && !isForged && channel.isOpen() && !channel.in().isEndReceived() && !channel.isReset() &&
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
            entrance.enter();
            writeAsIs(ByteBuffer.wrap(preface));
            beat();
        }
        flush();
        boolean isMore = !isSlow;
        while (isMore && !isHung && !isDeaf && channel.isOpen())
        {
            isMore = read();
        }
    }

    private void beat() throws IOException
    {
        if (!isHung)
        {
            if (PeerKind.DEAF_AND_ASKING == kind && hasActed)
            {
                ask();
            }
            else if (0 == dribbled && !isMute)
            {
                speak(isQuiet || isChatting() || random.nextInt(3) > 0 ? Frame.PING : Frame.DATA);
            }
            else if (dribbled > 0 && dribbled < DRIBBLED_LENGTH)
            {
                ++dribbled;
                write(1);
            }
            final long periodNs = Math.min(cadence.idleNs(), asked.inForce().idleNs()) / 4;
            after(isChatting() ? CHAT_NS : random.nextLong(periodNs / 2, periodNs), this::beat);
        }
    }

    private boolean isChatting()
    {
        return hasActed && PeerKind.CHATTY == kind;
    }

    private void act() throws IOException
    {
        hasActed = true;
        expect(kind.reasons());
        switch (kind)
        {
            case SILENT -> isHung = true;
            case DEAF, DEAF_AND_ASKING -> isDeaf = true;
            case SLOW_PATH ->
            {
                isMute = tongue.watchable(cadence).count() > 0;
                pushes = PUSHES;
            }
            case UPLOADING -> upload();
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
            case NEW_KEYS, HALF_RECORD, HOARDING -> entrance.whenIn();
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
                due(time.elapsedNs(), DRIBBLED_NS + Doors.frameNs(cadence));
                write(Frame.DATA, 0, DRIBBLED_LENGTH >> 8, DRIBBLED_LENGTH & 0xFF);
            }
            case HALF_FRAME ->
            {
                write(Frame.DATA, 0, 1);
                isHung = true;
            }
            case MALFORMED -> sayNonsense();
            case ASKING ->
            {
                ask();
                after(random.nextLong(cadence.detectionNs()), () -> isHung = true);
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
                send(Frame.BYE, (byte)CloseReason.LOCAL_CLOSE.code());
                channel.shutdownOutput();
                isEnded = true;
            }
            default ->
            {
            }
        }
    }

    /**
     * A heartbeat with a payload, or a message that is longer than may be: its length is told, or it has no end.
     */
    private void sayNonsense() throws IOException
    {
        switch (tongue)
        {
            case OWN ->
            {
                due(time.elapsedNs(), NONSENSE_NS);
                write(Frame.PING, 0, 0, 1);
            }
            case LENGTH_FIELD ->
            {
                due(time.elapsedNs(), NONSENSE_NS);
                write(Frame.DATA, 0, 0xFF, 0xFF);
            }
            case WEBSOCKET ->
            {
                due(time.elapsedNs(), NONSENSE_NS);
                writeAsIs(WebSocketTongue.nonsense(number / 2 % 4));
            }
            default -> write(ByteBuffer.allocate(Tongue.FRAME_LENGTH_MAX));
        }
    }

    private void upload() throws IOException
    {
        if (!isQuiet && ++uploaded <= UPLOADS_MAX)
        {
            speak(Frame.DATA);
            after(UPLOAD_NS, this::upload);
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

    /**
     * Has the server sent it away, as far as either of the two knows?
     */
    boolean isOver()
    {
        return null != watch ? !watch.connection.isOpen() :
            !channel.isOpen() || channel.in().isEndReceived() || channel.isReset();
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
    public String toString()
    {
        return "peer " + number + " " + kind + (hasActed ? "!" : "");
    }
}
