package io.heartwheel.netty;

import io.heartwheel.netty.Transport.Pair;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.concurrent.Callable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What the operating system tells of a socket that nobody reads.
 */
class LastLookTest
{
    private static final int ESTABLISHED = 1;
    private static final int PEER_ENDED = 8;

    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    void shouldSeeBytesUntilTheyAreRead(final Transport transport) throws Exception
    {
        final EventLoopGroup group = transport.group();
        try (Pair pair = transport.connect(group, (channel) -> channel.config().setAutoRead(false)))
        {
            final LastLook look = LastLook.at(pair.server);
            assertFalse(look.hasUnread(pair.server), "before the first byte");

            pair.write(1);
            await(() -> look.hasUnread(pair.server));
            assertTrue(look.hasUnread(pair.server), "a look consumes nothing");

            pair.server.read();
            await(() -> !look.hasUnread(pair.server));
        }
        Transport.stop(group);
    }

    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    void shouldSeeNothingOfClosedChannel(final Transport transport) throws Exception
    {
        final EventLoopGroup group = transport.group();
        try (Pair pair = transport.connect(group, (channel) -> channel.config().setAutoRead(false)))
        {
            final LastLook look = LastLook.at(pair.server);
            pair.write(1);
            await(() -> look.hasUnread(pair.server));

            pair.server.close().sync();

            assertFalse(look.hasUnread(pair.server));
            assertEquals(LastLook.UNKNOWN_NS, look.silenceNs(pair.server));
            assertNull(TcpInfo.of(pair.server));
        }
        Transport.stop(group);
    }

    @ParameterizedTest
    @MethodSource("io.heartwheel.netty.Transport#all")
    void shouldSeeNothingWhereInputIsShutDown(final Transport transport) throws Exception
    {
        final EventLoopGroup group = transport.group();
        try (Pair pair = transport.connect(group, (channel) ->
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true)))
        {
            pair.client.shutdownOutput();
            await(() -> ((DuplexChannel)pair.server).isInputShutdown());

            assertTrue(pair.server.isOpen());
            assertFalse(LastLook.at(pair.server).hasUnread(pair.server));
        }
        Transport.stop(group);
    }

    @Test
    void shouldTellSinceWhenTheKernelReceivedNothing() throws Exception
    {
        for (final Transport transport : Transport.all())
        {
            final EventLoopGroup group = transport.group();
            try (Pair pair = transport.connect(group, (channel) ->
                channel.config().setAutoRead(false).setOption(ChannelOption.ALLOW_HALF_CLOSURE, true)))
            {
                final LastLook look = LastLook.at(pair.server);
                pair.write(1);
                await(() -> look.hasUnread(pair.server));
                final long atNs = System.nanoTime();
                if (Transport.NIO == transport)
                {
                    assertEquals(LastLook.UNKNOWN_NS, look.silenceNs(pair.server));
                    assertNull(TcpInfo.of(pair.server));
                    continue;
                }

                Thread.sleep(100);
                final long silenceNs = look.silenceNs(pair.server);
                final long elapsedNs = System.nanoTime() - atNs;
                assertTrue(
                    silenceNs > 50_000_000 && silenceNs < elapsedNs + 100_000_000,
                    () -> transport + " told " + silenceNs + " of " + elapsedNs);

                final TcpInfo info = TcpInfo.of(pair.server);
                assertEquals(ESTABLISHED, info.state());
                assertEquals(0, info.unacked());
                assertEquals(0, info.retransmits());
                pair.client.shutdownOutput();
                await(() -> hasEnded(TcpInfo.of(pair.server)));
            }
            finally
            {
                Transport.stop(group);
            }
        }
    }

    /** A loop that noticed the end may have closed the channel, which then tells nothing. */
    private static boolean hasEnded(final TcpInfo info)
    {
        return null == info || PEER_ENDED == info.state();
    }

    @Test
    void shouldLeaveToTheLoopWhatHasNoSocketOfTcp()
    {
        assertTrue(LastLook.at(new LocalChannel()).isBlind());
        final NioDatagramChannel datagrams = new NioDatagramChannel();
        assertTrue(LastLook.at(datagrams).isBlind());
        assertFalse(LastLook.at(datagrams).hasUnread(datagrams));
        datagrams.unsafe().closeForcibly();
    }

    @Test
    void shouldNotWaitForTurnsOfEmbeddedChannel()
    {
        final Channel channel = new EmbeddedChannel();

        assertNotNull(LastLook.at(channel));
        assertFalse(LastLook.at(channel).isBlind());
        assertFalse(LastLook.at(channel).hasUnread(channel));
    }

    private static void await(final Callable<Boolean> condition) throws Exception
    {
        final long deadlineNs = System.nanoTime() + 10_000_000_000L;
        while (!condition.call())
        {
            assertTrue(System.nanoTime() - deadlineNs < 0, "not within 10 s");
            Thread.sleep(1);
        }
    }
}
