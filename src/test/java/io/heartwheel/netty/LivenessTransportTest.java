package io.heartwheel.netty;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.netty.NettyServerRig.Pair;
import io.heartwheel.netty.PeerLostEvent.Cause;
import io.heartwheel.netty.PeerLostEvent.Reason;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Real sockets on every transport.
 */
@Timeout(60)
class LivenessTransportTest
{
    private static final long IDLE_MS = 400;
    private static final Cadence PASSIVE = Cadence.passive(MILLISECONDS.toNanos(IDLE_MS));
    private static final Cadence ASKING =
        new Cadence(MILLISECONDS.toNanos(IDLE_MS), MILLISECONDS.toNanos(IDLE_MS), 2);
    private static final int PEERS = 30;
    private static final int SILENT = 10;
    /** More than kernels take. */
    private static final int UNSENT = 24 << 20;

    private static NettyServerRig serve(final Transport transport, final Liveness liveness)
        throws InterruptedException
    {
        return new NettyServerRig(transport, (channel) -> channel.pipeline().addFirst(liveness.newHandler()));
    }

    /**
     * All peers speak while the loop is blocked for longer than their detection time, but for some.
     */
    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    void shouldLoseTheSilentAndNoneOfTheLivingAfterAStall(final Transport transport) throws Exception
    {
        final Liveness liveness = new Liveness(new LivenessContext().cadence(PASSIVE));
        try (NettyServerRig server = serve(transport, liveness))
        {
            final List<Pair> pairs = server.connect(PEERS);
            final List<Pair> living = pairs.subList(SILENT, PEERS);
            speak(pairs);
            server.block(pairs.get(0).channel().eventLoop(), 3 * IDLE_MS);
            for (int i = 0; i < 3 * IDLE_MS / 100; i++)
            {
                Thread.sleep(100);
                speak(living);
            }
            final long stallEndNs = System.nanoTime();
            while (liveness.metrics().watchedCount() > living.size())
            {
                Thread.sleep(50);
                speak(living);
                // The stall's rest, one more full wait as grace, and the noise of a busy machine.
                assertTrue(System.nanoTime() - stallEndNs < MILLISECONDS.toNanos(5 * IDLE_MS),
                    () -> liveness.metrics().watchedCount() + " are watched still");
            }
            assertTrue(living.stream().map(Pair::channel).allMatch(Channel::isOpen), "a living peer was closed");
            assertEquals(SILENT, server.lost().size());
            assertTrue(liveness.metrics().stallCount() > 0);
            assertTrue(liveness.metrics().longestStallNs() > MILLISECONDS.toNanos(IDLE_MS));
            assertEquals(0, server.failures.size(), server.failures::toString);
        }
    }

    /**
     * One turn of NIO hears no more than 1,024 channels. An IdleStateHandler reports the others as idle.
     */
    @Test
    void shouldCountTheLivingThatAnIdleStateHandlerWouldHaveClosed() throws Exception
    {
        final int peers = 1_300;
        final Liveness liveness = new Liveness(new LivenessContext().cadence(Cadence.passive(PASSIVE.idleNs() * 10)));
        try (NettyServerRig server = serve(Transport.NIO, liveness))
        {
            final List<Pair> pairs = server.connect(peers);
            speak(pairs);
            server.block(pairs.get(0).channel().eventLoop(), 12 * IDLE_MS);
            Thread.sleep(IDLE_MS);
            speak(pairs);
            NettyServerRig.await(() -> liveness.metrics().sparedCount() >= peers - 1_024);
            assertEquals(peers, liveness.metrics().watchedCount());
            assertEquals(List.of(), server.lost());
        }
    }

    private static void speak(final List<Pair> pairs) throws Exception
    {
        for (final Pair pair : pairs)
        {
            pair.speak();
        }
    }

    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    void shouldNotTakeItsOwnBackPressureForSilence(final Transport transport) throws Exception
    {
        final Liveness liveness = new Liveness(new LivenessContext().cadence(PASSIVE));
        try (NettyServerRig server = serve(transport, liveness))
        {
            final Pair pair = server.connect();
            pair.speak();
            pair.channel().eventLoop().submit(() -> pair.channel().config().setAutoRead(false)).sync();
            pair.speak();
            Thread.sleep(3 * IDLE_MS);
            assertTrue(pair.channel().isOpen());
            assertEquals(List.of(), server.lost());
            NettyServerRig.await(() -> server.events.stream().anyMatch(PeerSparedEvent.class::isInstance));

            pair.channel().config().setAutoRead(true);
            NettyServerRig.await(() -> !pair.channel().isOpen());
            assertEquals(Reason.SILENT, server.lost().get(0).reason());
        }
    }

    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    void shouldTellThatTheProcessIsSilentAndItsKernelIsNot(final Transport transport) throws Exception
    {
        final Liveness liveness =
            new Liveness(new LivenessContext().cadence(ASKING).probe((channel) -> Unpooled.copyInt(7)));
        try (NettyServerRig server = serve(transport, liveness))
        {
            final Pair pair = server.connect();
            pair.speak();
            NettyServerRig.await(() -> !pair.channel().isOpen());
            final PeerLostEvent event = server.lost().get(0);
            assertEquals(Reason.SILENT, event.reason());
            assertEquals(2, event.probes());
            assertEquals(transport.hasTcpInfo() ? Cause.PROCESS : Cause.UNKNOWN, event.cause());
            assertTrue(pair.socket().getInputStream().available() >= 8);
        }
    }

    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    void shouldLosePeerThatTakesNoBytes(final Transport transport) throws Exception
    {
        final Liveness liveness = new Liveness(new LivenessContext().cadence(Cadence.passive(3 * PASSIVE.idleNs())));
        try (NettyServerRig server = serve(transport, liveness))
        {
            final Pair pair = server.connect();
            pair.channel().writeAndFlush(Unpooled.buffer(UNSENT).writeZero(UNSENT));
            while (pair.channel().isOpen())
            {
                Thread.sleep(20);
                speakWhileOpen(pair);
            }
            NettyServerRig.await(() -> !server.lost().isEmpty());
            assertEquals(Reason.WRITE_STALLED, server.lost().get(0).reason());
            assertEquals(transport.hasTcpInfo() ? Cause.PROCESS : Cause.UNKNOWN, server.lost().get(0).cause());
        }
    }

    private static void speakWhileOpen(final Pair pair)
    {
        try
        {
            pair.speak();
        }
        catch (final java.io.IOException ex)
        {
            // It was closed meanwhile.
            return;
        }
    }

    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    void shouldKeepPeerThatTakesBytesSlowly(final Transport transport) throws Exception
    {
        final Liveness liveness = new Liveness(new LivenessContext().cadence(PASSIVE));
        try (NettyServerRig server = serve(transport, liveness))
        {
            final Pair pair = server.connect();
            pair.channel().writeAndFlush(Unpooled.buffer(UNSENT).writeZero(UNSENT));
            for (int i = 0; i < 5 * IDLE_MS / 50; i++)
            {
                pair.speak();
                pair.socket().getInputStream().readNBytes(200_000);
                Thread.sleep(50);
            }
            assertEquals(List.of(), server.lost());
            assertTrue(pair.channel().isOpen());
        }
    }
}
