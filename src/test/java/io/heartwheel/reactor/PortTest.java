package io.heartwheel.reactor;

import io.heartwheel.AcceptSockets;
import io.heartwheel.ServerContext;
import io.heartwheel.config.ConfigurationException;
import io.heartwheel.simulation.SimulatedNetwork;
import io.heartwheel.simulation.VirtualTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.net.InetSocketAddress;
import java.util.Locale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Which listening sockets several reactors have, with SO_REUSEPORT and without: the sockets of the
 * simulation have none.
 */
class PortTest
{
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);

    private static Port port(final ServerContext ctx, final AcceptSockets sockets)
    {
        return new Port(ctx.acceptSockets(sockets), ANY_PORT);
    }

    private static ServerContext without()
    {
        return new ServerContext().reactors(2).selectorProvider(new SimulatedNetwork(new VirtualTime(0), 1));
    }

    @Test
    void shouldHaveASocketForEachReactorOnLinux()
    {
        final Port port = port(new ServerContext().reactors(2), AcceptSockets.AUTO);
        assertTrue(port.isForEach());
        assertEquals("2 reactors, each with a listening socket of its own (SO_REUSEPORT)", port.text());
        assertFalse(port(new ServerContext().reactors(2), AcceptSockets.ONE).isForEach());
        assertFalse(port(new ServerContext().reactors(1), AcceptSockets.EACH).isForEach());
    }

    @Test
    void shouldAcceptByTheFirstWhereReusePortIsLackingAndSayWhy()
    {
        final Port port = port(without(), AcceptSockets.AUTO);
        assertFalse(port.isForEach());
        assertEquals(
            "2 reactors, of which the first accepts for all, because there is no SO_REUSEPORT here", port.text());
    }

    @ParameterizedTest
    @EnumSource(value = AcceptSockets.class, names = {"EACH", "SHARED"})
    void shouldRefuseWhatIsAskedForWhereReusePortIsLacking(final AcceptSockets sockets)
    {
        final String message =
            assertThrows(ConfigurationException.class, () -> port(without(), sockets)).getMessage();
        assertEquals("heartwheel.accept.sockets=" + sockets.name().toLowerCase(Locale.ROOT) +
            ": there is no SO_REUSEPORT here", message);
    }
}
