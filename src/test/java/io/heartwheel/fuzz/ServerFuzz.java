package io.heartwheel.fuzz;

import io.heartwheel.AdmissionRequest;
import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ConnectionListener;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.admission.CidrList;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.reactor.Insides;
import io.heartwheel.simulation.PeerTls;
import io.heartwheel.simulation.SimulatedNetwork;
import io.heartwheel.simulation.VirtualThreads;
import io.heartwheel.simulation.VirtualTime;
import io.heartwheel.wire.Foreign;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.FrameDecoder;
import io.heartwheel.wire.RecordingFrameHandler;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A real server in a simulated network, to which one peer sends anything at all: another, honest one does not notice,
 * memory stays bounded, and every connection ends once, for the right reason.
 * <p>
 * The first byte of an input says what the server asks for before it lets anybody in: from 0x80 a credential, from 0xA0
 * a PROXY header, from 0xC0 both, from 0xE0 TLS; below it is a byte like any other, and the server asks for nothing.
 */
public final class ServerFuzz implements ConnectionListener
{
    private static final long MS = 1_000_000;
    private static final int MAX_MESSAGE_LENGTH = 1000;
    private static final int MAX_OUTBOUND_LENGTH = 4000;
    private static final int MAX_CONTROL_LENGTH = 1000;
    private static final long PARK_NS = 20 * MS;
    private static final Cadence CADENCE = new Cadence(1000 * MS, 500 * MS, 2);
    /**
     * Beyond the detection time, and what the attacker may stretch it to by a HELLO: 3 s; but one that takes no more
     * bytes just when it is asked, after 2 s, has that time again to take some.
     */
    private static final long SILENCE_NS = 6000 * MS;

    private static final long HANDSHAKE_NS = 3000 * MS;
    private static final CidrList NOBODY = CidrList.parse("");
    private static final CidrList EVERYBODY = CidrList.parse("0.0.0.0/0");

    private static final int NO_DOOR = 0;
    private static final int CREDENTIAL_DOOR = 1;
    private static final int PROXY_DOOR = 2;
    private static final int TLS_DOOR = 4;

    private static final int ECHOING = 0;
    private static final int DEAF = 1;
    private static final int SILENT = 2;
    private static final int END = 3;

    /** Held, or its level would be forgotten with it. */
    private static final Logger LOGGER = Logger.getLogger("io.heartwheel");

    private final Chunks chunks;
    private final int door;
    // The clock overflows on the way.
    private final VirtualTime time = new VirtualTime(Long.MAX_VALUE - 100 * MS);
    private final SimulatedNetwork network = new SimulatedNetwork(time, 1);
    private final List<Throwable> errors = new ArrayList<>();
    private final Map<Integer, Connection> connections = new HashMap<>();
    private final Map<Connection, CloseReason> reasons = new HashMap<>();
    private final List<String> messages = new ArrayList<>();
    private final HeartbeatServer server;
    private final HonestPeer honest;
    private final FuzzPeer attacker;

    static
    {
        LOGGER.setLevel(Level.OFF);
    }

    private ServerFuzz(final Chunks chunks, final int door) throws IOException
    {
        this.chunks = chunks;
        this.door = door;
        final ServerContext ctx = Insides.parker(new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .cadence(CADENCE)
            .maxConnections(4)
            .maxMessageLength(MAX_MESSAGE_LENGTH)
            .maxOutboundLength(MAX_OUTBOUND_LENGTH)
            .maxParkNs(PARK_NS)
            .maxIdleNs(2 * CADENCE.idleNs())
            .maxIntervalNs(CADENCE.intervalNs())
            .maxCount(CADENCE.count())
            .handshakeTimeoutNs(HANDSHAKE_NS)
            .credentialCheck(isAsked(CREDENTIAL_DOOR) ? ServerFuzz::onCredential : null)
            .proxies(isAsked(PROXY_DOOR) ? EVERYBODY : NOBODY)
            .selectorProvider(network)
            .nanoClock(time)
            .errorHandler(errors::add)
            .listener(this), time::advance);
        if (isAsked(TLS_DOOR))
        {
            ctx.tls(PeerTls.SERVER).tlsReloadNs(0);
            Insides.tlsTasks(ctx, new VirtualThreads(time, new SplittableRandom(1)));
        }
        server = new HeartbeatServer(ctx);
        honest = new HonestPeer(network, server.localAddress());
        attacker = new FuzzPeer(network, server.localAddress(), chunks.option(DEAF));
    }

    /**
     * Jazzer calls it.
     */
    public static void fuzzerTestOneInput(final byte[] input) throws IOException
    {
        final int door = input.length > 0 && input[0] < 0 ? 1 + ((input[0] & 0x7F) >> 5) : NO_DOOR;
        final byte[] bytes = NO_DOOR == door ? input : Arrays.copyOfRange(input, 1, input.length);
        new ServerFuzz(new Chunks(bytes), door).run();
    }

    private boolean isAsked(final int what)
    {
        return 0 != (door & what);
    }

    /**
     * By its first byte one is let in, refused, left without an answer, or more than the check can bear.
     */
    private static void onCredential(final AdmissionRequest request, final ByteBuffer credential)
    {
        switch (credential.get() & 3)
        {
            case 0 -> request.admit(null);
            case 1 -> request.refuse("no");
            default ->
            {
                // No server answers.
            }
        }
    }

    private void run() throws IOException
    {
        work(PARK_NS);
        honest.enter(isAsked(PROXY_DOOR), isAsked(CREDENTIAL_DOOR), isAsked(TLS_DOOR));
        work(2 * PARK_NS);
        assertEquals(NO_DOOR == door ? 2 : 1, connections.size());
        feed();
        work(PARK_NS);
        if (NO_DOOR == door)
        {
            checkAttacker();
        }

        end();
        work(chunks.option(SILENT) ? SILENCE_NS : PARK_NS);
        assertFalse(chunks.option(SILENT) && Insides.slots(server) > 1, "the silent attacker is still there");
        honest.ping();
        work(PARK_NS);
        assertTrue(honest.isAnswered(), "an honest peer was not answered");

        honest.release();
        server.close();
        checkEnds();
    }

    private void feed()
    {
        for (ByteBuffer chunk = chunks.next(); null != chunk; chunk = chunks.next())
        {
            attacker.write(chunk);
            work(MS);
        }
    }

    private void end() throws IOException
    {
        if (!attacker.channel.isOpen())
        {
            return;
        }
        switch (chunks.option(END, 3))
        {
            case 1 -> attacker.channel.close();
            case 2 -> attacker.channel.shutdownOutput();
            case 3 -> attacker.channel.setOption(StandardSocketOptions.SO_LINGER, 0).close();
            default ->
            {
            }
        }
    }

    private void work(final long ns)
    {
        final long untilNs = time.elapsedNs() + ns;
        do
        {
            server.doWork();
            requireNoError();
            for (final Connection connection : connections.values())
            {
                if (connection.isOpen())
                {
                    assertTrue(Insides.unsentBytes(connection) <= MAX_OUTBOUND_LENGTH + MAX_CONTROL_LENGTH);
                    assertTrue(
                        Insides.halfFrameLength(connection) <= Math.min(chunks.length(), Frame.MAX_PAYLOAD_LENGTH + 4));
                }
            }
        }
        while (time.elapsedNs() < untilNs);
    }

    /**
     * An empty credential is more than the check can bear, which is told, and refuses it.
     */
    private void requireNoError()
    {
        errors.removeIf((error) -> isAsked(CREDENTIAL_DOOR) && error instanceof BufferUnderflowException);
        assertEquals(List.of(), errors);
    }

    /**
     * All it has sent was heard, up to what ends its connection.
     */
    private void checkAttacker()
    {
        final ByteBuffer whole = chunks.whole();
        if (whole.remaining() >= Frame.HEADER_LENGTH && null != Foreign.of(whole.getInt(whole.position())))
        {
            assertEquals(CloseReason.PROTOCOL_ERROR, connections.get(attacker.port).closeReason());
            assertEquals(List.of(), messages);
            return;
        }
        final RecordingFrameHandler sent = new RecordingFrameHandler();
        new FrameDecoder(MAX_MESSAGE_LENGTH).decode(null, chunks.whole(), sent);
        assertEquals(
            sent.frames.stream().filter((frame) -> frame.startsWith("DATA ")).collect(Collectors.toList()), messages);

        // Known at once, though the listener is told only when a deaf peer has had its time to read the BYE.
        final CloseReason reason = connections.get(attacker.port).closeReason();
        if (FrameDecoderFuzz.isOver(sent))
        {
            final boolean isBye = sent.frames.get(sent.frames.size() - 1).startsWith("BYE ");
            assertEquals(isBye ? CloseReason.PEER_LEFT : CloseReason.PROTOCOL_ERROR, reason);
        }
        else
        {
            assertNull(reason);
        }
    }

    private void checkEnds()
    {
        requireNoError();
        assertEquals(connections.size(), reasons.size());
        assertEquals(CloseReason.SHUTDOWN, reasons.get(connections.get(honest.port)));
        assertEquals(0, Insides.slots(server));
        assertEquals(0, Insides.watched(server));
        assertFalse(Insides.hasDeadline(server));
        assertEquals(0, network.openSockets());
    }

    @Override
    public void onOpen(final Connection connection)
    {
        // Behind a proxy it may come from any port, that of another as well.
        final int port = connection.remoteAddress().getPort();
        final int key = isAsked(PROXY_DOOR) && connections.containsKey(port) ? -1 - connections.size() : port;
        assertNull(connections.put(key, connection));
    }

    @Override
    public void onMessage(final Connection connection, final ByteBuffer payload)
    {
        assertNull(reasons.get(connection), "a message after the end");
        final byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        messages.add(RecordingFrameHandler.data(bytes));
        if (chunks.option(ECHOING))
        {
            connection.send(ByteBuffer.wrap(bytes));
        }
    }

    @Override
    public void onClosed(final Connection connection, final CloseReason reason)
    {
        assertNull(reasons.put(connection, reason), "closed twice");
        assertEquals(reason, connection.closeReason());
    }
}
