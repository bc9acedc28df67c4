package io.heartwheel.simulation;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.Link;
import io.heartwheel.reactor.Insides;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A server of WebSocket on another host, which by turns is honest or breaks the rules, and the part of the client's
 * application that has a link to it.
 */
final class Impostor
{
    static final String TEXT = "of an impostor";
    private static final int PORT = 7_401;
    private static final long TURN_NS = 7 * Scenario.MS;

    private final PairSimulation pair;
    private final SimulatedServerChannel listener;
    private final List<ImpostorVisit> visits = new ArrayList<>();
    private final Map<Integer, ImpostorVisit> visitsByPort = new HashMap<>();
    private final Set<String> keys = new HashSet<>();
    private int count;
    private boolean isEnded;

    Impostor(final PairSimulation pair) throws IOException
    {
        this.pair = pair;
        listener = (SimulatedServerChannel)pair.network.openServerSocketChannel();
        listener.configureBlocking(false);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT));
        pair.time.after(TURN_NS, this::turn);
    }

    void connect()
    {
        final Link link = pair.client.connect(URI.create("ws://127.0.0.1:" + PORT + "/"));
        link.attachment(this);
    }

    private void turn()
    {
        if (isEnded)
        {
            return;
        }
        try
        {
            accept();
            for (final ImpostorVisit visit : List.copyOf(visits))
            {
                if (visit.isOver())
                {
                    visits.remove(visit);
                }
            }
        }
        catch (final Error ex)
        {
            if (!OnPurpose.is(ex))
            {
                throw ex;
            }
            // It was meant for the reactors.
            pair.network.failNext(ex);
        }
        pair.time.after(TURN_NS, this::turn);
    }

    private void accept()
    {
        try
        {
            final SimulatedSocketChannel channel = (SimulatedSocketChannel)listener.accept();
            if (null != channel)
            {
                channel.configureBlocking(false);
                final ImpostorVisit.Kind[] kinds = ImpostorVisit.Kind.values();
                final ImpostorVisit visit = new ImpostorVisit(this, channel, kinds[count++ % kinds.length]);
                visits.add(visit);
                visitsByPort.put(channel.remoteAddress.getPort(), visit);
            }
        }
        catch (final IOException ex)
        {
            // There are no descriptors just now.
            pair.note("impostor: " + ex.getMessage());
        }
    }

    /**
     * No two connections may begin with the same bytes.
     */
    void onKey(final String key)
    {
        Simulation.require(keys.add(key), "the key " + key + " was another connection's");
    }

    /**
     * Does the client end, or may it have been hit by a failure?
     */
    boolean isExcused()
    {
        return pair.process.isToldToEnd() || pair.ending.isBegun() || pair.isShuttingDown() ||
            pair.scenario.steps().stream().anyMatch((step) -> Step.Kind.FAIL == step.kind());
    }

    private ImpostorVisit of(final Connection connection)
    {
        return visitsByPort.get(((SimulatedSocketChannel)Insides.channel(connection)).localAddress.getPort());
    }

    void onOpen(final Connection connection)
    {
        Simulation.require(of(connection).kind.isRight, "an impostor is taken for a server: " + of(connection).kind);
        connection.send(ByteBuffer.wrap(Messages.payload(1)));
    }

    void onText(final Connection connection, final ByteBuffer utf8)
    {
        final String text = StandardCharsets.UTF_8.decode(utf8).toString();
        Simulation.require(ImpostorVisit.Kind.HONEST == of(connection).kind && TEXT.equals(text),
            "message of an impostor: " + text);
    }

    void onClosed(final Connection connection, final CloseReason reason)
    {
        final ImpostorVisit visit = of(connection);
        pair.note("impostor " + visit.kind + " closed: " + reason + " " + connection.closeDetail());
        final CloseReason expected = ImpostorVisit.Kind.MASKING == visit.kind ?
            CloseReason.PROTOCOL_ERROR : CloseReason.PEER_LEFT;
        Simulation.require(expected == reason || isExcused(), visit.kind + " ended by " + reason);
    }

    /**
     * The world ends.
     */
    void end()
    {
        isEnded = true;
        try
        {
            visits.forEach(ImpostorVisit::close);
            listener.close();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
