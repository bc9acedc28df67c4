package io.heartwheel.reactor;

import io.heartwheel.AcceptSockets;
import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ConnectionListener;
import io.heartwheel.Protocol;
import io.heartwheel.ServerContext;
import io.heartwheel.admission.CidrList;
import io.heartwheel.host.FileLimit;
import io.heartwheel.host.Log;
import io.heartwheel.liveness.Cadence;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server plays all of its part against itself before it binds its port: accept, HELLO, PING, messages, probes,
 * verdicts, BYE, close. A JVM runs what it has never run before many times slower, and loads it first; that is no time
 * for a storm of connects, nor for the loss of a rack. It takes real sockets, as half of the path is the JDK's.
 * <p>
 * The rehearsing reactor is one of its own: its port, listener and metrics are too, and it keeps out of the log and the
 * flight recorder. It runs on the calling thread, and all is closed when it ends.
 */
public final class Rehearsal implements AutoCloseable
{
    /** Connections in all: the JVM compiles for good what was called some thousand times. */
    private static final int PEERS_MAX = 2_048;
    /** Connections at a time, each with two file descriptors. */
    private static final int PEERS_AT_A_TIME = 64;
    /** Half of what is free stays so: a JVM that finds no descriptor while it loads a class may never load it again. */
    private static final int FREE_FILES_PER_PEER = 4;
    /** Short, so that four probes and a verdict take some 30 ms. */
    private static final Cadence CADENCE = new Cadence(5 * Cadence.MIN_NS, 3 * Cadence.MIN_NS, 2);
    private static final int BUFFER_LENGTH = 512;

    private final NanoClock clock = SystemNanoClock.INSTANCE;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_LENGTH);
    private final List<RehearsalPeer> peers = new ArrayList<>(PEERS_AT_A_TIME);
    private final long limitNs;
    private final long startNs;
    private final Acceptor acceptor;
    final Reactor reactor;
    private int begun;

    /** Answers each message, so that the listener's way out is used as well. */
    private static final class Echo implements ConnectionListener
    {
        @Override
        public void onOpen(final Connection connection)
        {
        }

        @Override
        public void onMessage(final Connection connection, final ByteBuffer payload)
        {
            if (RehearsalPeer.GO == payload.get(payload.position()))
            {
                connection.close();
            }
            else
            {
                connection.send(payload);
            }
        }

        @Override
        public void onClosed(final Connection connection, final CloseReason reason)
        {
        }
    }

    Rehearsal(final long limitNs)
    {
        this.limitNs = limitNs;
        startNs = clock.nanoTime();
        acceptor = Acceptor.openMuted(context());
        reactor = acceptor.reactor();
        reactor.enter();
    }

    /**
     * Rehearse on the calling thread. Whatever fails in it is a line of the log, and nothing else.
     *
     * @param limitNs longest time that it may take, in nanoseconds; 0 does without it.
     */
    public static void run(final long limitNs)
    {
        // A selector would not wait, and channels would close themselves.
        if (limitNs <= 0 || Thread.currentThread().isInterrupted())
        {
            return;
        }
        try (Rehearsal rehearsal = new Rehearsal(limitNs))
        {
            rehearsal.play();
        }
        catch (final Exception | LinkageError ex)
        {
            Log.line(Level.INFO, "starts without its rehearsal: {0}", IoFailures.textOf(ex));
        }
    }

    /**
     * Whatever lets peers in or speaks to them is as by default: nobody but ourselves connects.
     */
    private static ServerContext context()
    {
        final CidrList none = CidrList.parse("");
        final ServerContext ctx = new ServerContext();
        ctx.webSocket().shared(false).bindAddress(null);
        return ctx
            .reactors(1)
            .acceptSockets(AcceptSockets.AUTO)
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .listener(new Echo())
            .errorHandler((ex) -> {})
            .cadence(CADENCE)
            .tickNs(1 << 20)
            .stallNs(TimeUnit.SECONDS.toNanos(1))
            .maxParkNs(Cadence.MIN_NS)
            .acceptBacklog(PEERS_AT_A_TIME)
            .maxConnections(2 * PEERS_AT_A_TIME)
            .allowed(none).denied(none).proxies(none).maxPerAddress(0)
            .firstRequired(false)
            .protocols(Protocol.HEARTWHEEL)
            .tls(null);
    }

    void play() throws IOException
    {
        final long free = FileLimit.free();
        final long atATime = Math.min(PEERS_AT_A_TIME, free / FREE_FILES_PER_PEER);
        if (atATime <= 0)
        {
            throw new IOException(free + " file descriptors are free");
        }
        while (begun < PEERS_MAX && isTime())
        {
            // All at once, as a storm comes.
            for (int i = 0; i < atATime; i++)
            {
                peers.add(new RehearsalPeer(acceptor.localAddress(), begun++ % RehearsalPeer.PARTS));
            }
            while (!peers.isEmpty() && isTime())
            {
                reactor.doWork();
                peers.removeIf((peer) -> !peer.play(buffer));
            }
        }
    }

    private boolean isTime()
    {
        return clock.nanoTime() - startNs < limitNs;
    }

    @Override
    public void close()
    {
        reactor.release();
        peers.forEach(CloseHelper::quietClose);
    }
}
