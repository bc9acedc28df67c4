package io.heartwheel.examples;

import io.heartwheel.liveness.Cadence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.Socket;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * The worked example for a host with its own selector, against real sockets.
 */
@Timeout(60)
class SelectorHostTest
{
    /** Asked after 200 ms, lost after 600 ms. */
    private static final Cadence CADENCE = new Cadence(MILLISECONDS.toNanos(200), MILLISECONDS.toNanos(200), 2);

    private static void work(final SelectorHost host, final long timeMs, final Socket living) throws Exception
    {
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < MILLISECONDS.toNanos(timeMs))
        {
            host.doWork();
            if (living.getInputStream().available() > 0)
            {
                living.getInputStream().readNBytes(living.getInputStream().available());
                living.getOutputStream().write('!');
            }
        }
    }

    @Test
    void shouldKeepPeerThatAnswersAndLoseOneThatDoesNot() throws Exception
    {
        try (SelectorHost host = new SelectorHost(CADENCE);
            Socket living = new Socket("127.0.0.1", host.address().getPort());
            Socket silent = new Socket("127.0.0.1", host.address().getPort()))
        {
            work(host, 1_500, living);
            assertEquals(1, host.lost);
            assertEquals(1, host.open);
            silent.getInputStream().readAllBytes();

            living.shutdownOutput();
            host.doWork();
            assertEquals(0, host.open);
            assertEquals(1, host.lost);
        }
    }

    @Test
    void shouldKeepPeersWhenItWasAwayItself() throws Exception
    {
        try (SelectorHost host = new SelectorHost(CADENCE);
            Socket living = new Socket("127.0.0.1", host.address().getPort()))
        {
            work(host, 250, living);
            Thread.sleep(1_000);
            work(host, 1_000, living);
            assertEquals(0, host.lost);
            assertEquals(1, host.open);
        }
    }
}
