package io.heartwheel.bench.hops;

import io.heartwheel.ClientContext;
import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.HeartbeatClient;
import io.heartwheel.Link;
import io.heartwheel.LinkListener;
import io.heartwheel.liveness.Cadence;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * All clients of the fleet, on one reactor.
 */
final class Hoppers implements LinkListener, AutoCloseable
{
    private static final long TURN_MS = 20;
    private static final int TURNS_PER_S = 50;

    private final List<Hopper> all;
    private final HeartbeatClient client;
    private final List<InetSocketAddress> entries;
    private final Random random;
    private long hops;

    /**
     * @param entries addresses of the nodes, and of the balancer. A client prefers one of them, drawn at random, and
     *                takes the others when that one does not answer.
     */
    Hoppers(final int number, final List<InetSocketAddress> entries, final Random random)
    {
        all = IntStream.range(0, number).mapToObj((i) -> new Hopper("u" + i)).toList();
        this.entries = entries;
        this.random = random;
        client = HeartbeatClient.launch(new ClientContext().cadence(Cadence.STRICT).listener(this));
    }

    List<Hopper> all()
    {
        return all;
    }

    long hops()
    {
        return hops;
    }

    /** Let all that are away come, so many a second. */
    void come(final int perSecond) throws InterruptedException
    {
        int turn = 0;
        for (final Hopper each : all)
        {
            each.come(client, drawn());
            if (0 == ++turn % Math.max(1, perSecond / TURNS_PER_S))
            {
                Thread.sleep(TURN_MS);
            }
        }
    }

    /** Let clients, drawn at random, hop for some time. */
    void hop(final int perSecond, final long forMs) throws InterruptedException
    {
        final long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(forMs);
        while (System.nanoTime() - endNs < 0)
        {
            for (int i = 0; i < perSecond / TURNS_PER_S; i++)
            {
                if (all.get(random.nextInt(all.size())).hop(client, random.nextBoolean(), drawn()))
                {
                    hops++;
                }
            }
            Thread.sleep(TURN_MS);
        }
    }

    /** Of those whose connections end from now on, one in so many does not come back; 0 is none. */
    void stayAway(final int oneIn)
    {
        IntStream.range(0, all.size())
            .forEach((i) -> all.get(i).toStayAway(0 != oneIn && 0 == i % oneIn));
    }

    private InetSocketAddress[] drawn()
    {
        final InetSocketAddress[] addresses = entries.toArray(new InetSocketAddress[0]);
        final int first = random.nextInt(addresses.length);
        final InetSocketAddress swapped = addresses[first];
        addresses[first] = addresses[0];
        addresses[0] = swapped;
        return addresses;
    }

    @Override
    public void onOpen(final Connection connection)
    {
        of(connection).onOpen(connection, System.nanoTime());
    }

    @Override
    public void onMessage(final Connection connection, final ByteBuffer payload)
    {
        of(connection).onMessage(connection);
    }

    @Override
    public void onClosed(final Connection connection, final CloseReason reason)
    {
        of(connection).onClosed(connection, System.nanoTime());
    }

    @Override
    public void onReconnecting(final Link link, final int attempt, final long delayNs)
    {
    }

    private Hopper of(final Connection connection)
    {
        return all.get(Integer.parseInt(connection.link().identity().substring(1)));
    }

    @Override
    public void close()
    {
        client.close();
    }
}
