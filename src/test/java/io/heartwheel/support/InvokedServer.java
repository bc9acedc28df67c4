package io.heartwheel.support;

import io.heartwheel.HeartbeatServer;
import io.heartwheel.metrics.Counter;
import org.agrona.concurrent.CachedNanoClock;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A server with real sockets and a virtual clock, driven by the test.
 */
public final class InvokedServer implements AutoCloseable
{
    private static final long REAL_TIME_LIMIT_NS = TimeUnit.SECONDS.toNanos(5);

    public final CachedNanoClock clock = new CachedNanoClock();
    public final List<Throwable> errors = new ArrayList<>();
    public final HeartbeatServer server;

    public InvokedServer(final HeartbeatServer.Context ctx)
    {
        // Half a second before the overflow.
        clock.update(Long.MAX_VALUE - 500_000_000L);
        server = new HeartbeatServer(ctx
            .bindAddress(new InetSocketAddress("127.0.0.1", 0))
            .nanoClock(clock)
            .errorHandler(errors::add)
            .maxParkNs(0));
    }

    public TestPeer connect() throws IOException
    {
        return new TestPeer(server.localAddress());
    }

    /**
     * Let virtual time pass, in steps that are no stalls, with a duty cycle after each.
     */
    public void advance(final long ns)
    {
        final long stepNs = TimeUnit.MILLISECONDS.toNanos(5);
        for (long leftNs = ns; leftNs > 0; leftNs -= stepNs)
        {
            clock.advance(Math.min(stepNs, leftNs));
            server.doWork();
        }
    }

    /**
     * Run duty cycles, without virtual time passing, until the kernel has brought about what is awaited.
     */
    public void awaitTrue(final BooleanSupplier condition)
    {
        final long startNs = System.nanoTime();
        while (!condition.getAsBoolean())
        {
            server.doWork();
            if (System.nanoTime() - startNs > REAL_TIME_LIMIT_NS)
            {
                throw new AssertionError("not within " + REAL_TIME_LIMIT_NS + " ns");
            }
            Thread.onSpinWait();
        }
    }

    /**
     * Run duty cycles until the server has read once more.
     */
    public void awaitRead(final long readsBefore)
    {
        awaitTrue(() -> server.metrics().count(Counter.HEARD) > readsBefore);
    }

    public long reads()
    {
        return server.metrics().count(Counter.HEARD);
    }

    /**
     * Wait until bytes that were sent to the server lie in its kernel, unread: nothing tells, so this sleeps.
     */
    public static void letBytesArrive() throws InterruptedException
    {
        Thread.sleep(20);
    }

    @Override
    public void close()
    {
        clock.advance(1);
        server.close();
    }
}
