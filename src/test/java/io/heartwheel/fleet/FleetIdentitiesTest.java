package io.heartwheel.fleet;

import io.heartwheel.Connection;
import io.heartwheel.IdentityListener;
import io.heartwheel.ServerContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

import static io.heartwheel.fleet.FleetRig.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Which of two connections is the newer one: real sockets of a server in virtual time, another node in memory.
 */
class FleetIdentitiesTest
{
    private static final String ANN = "ann";
    private static final long PEER = 7;
    private static final long RESET_WITHOUT_LINGER = 0;

    private final FleetRig rig = new FleetRig();
    private final FleetRig.Node a = rig.add("a");
    private final FleetRig.Node b = rig.add("b");
    private final RecordingListener listener = new RecordingListener();
    private final InvokedServer server = new InvokedServer(new ServerContext()
        .listener(listener)
        .cadence(Cadence.STANDARD)
        .lingerNs(RESET_WITHOUT_LINGER)
        .identities(new ByTheClockOfTheRig()));

    /** Server and fleet have one clock, which the rig keeps for the fleet. */
    private final class ByTheClockOfTheRig implements IdentityListener
    {
        private final FleetIdentities identities =
            new FleetIdentities(a.node, new LocalConnections(1), new FleetRest());

        @Override
        public void onIdentified(final Connection connection, final long openedNs)
        {
            identities.onIdentified(connection, openedNs - server.clock.nanoTime() + rig.nowNs);
        }

        @Override
        public void onGone(final Connection connection)
        {
            identities.onGone(connection);
        }
    }

    FleetIdentitiesTest()
    {
        rig.run(SECOND);
        a.told.clear();
        b.told.clear();
    }

    @AfterEach
    void after()
    {
        server.close();
    }

    /** Time passes for the server and the fleet alike. */
    private void pass(final long ns)
    {
        server.advance(ns);
        rig.run(ns);
    }

    private TestPeer connect() throws IOException
    {
        final TestPeer peer = server.connect();
        server.awaitTrue(() -> 1 == listener.opened().size());
        return peer;
    }

    private void name(final TestPeer peer) throws IOException
    {
        assertEquals(Frame.HELLO, peer.read().type());
        listener.opened().get(0).identity(ANN);
    }

    @Test
    void shouldLoseToOneThatOpenedLaterThoughThatWasNamedFirst() throws IOException
    {
        try (TestPeer peer = connect())
        {
            pass(10 * SECOND);
            b.open(ANN, PEER);
            pass(10 * SECOND);
            name(peer);
            pass(SECOND);
            assertEquals(List.of("1 taken over by b 7"), a.told);
            assertEquals(List.of(), b.told);
            assertEquals("b", rig.answer(a.node.locate(ANN)).boot());
        }
    }

    @Test
    void shouldTakeOverOneThatOpenedBeforeHoweverLateItIsNamed() throws IOException
    {
        b.open(ANN, PEER);
        pass(SECOND);
        try (TestPeer peer = connect())
        {
            pass(10 * SECOND);
            name(peer);
            pass(SECOND);
            assertEquals(List.of("7 taken over by a 1"), b.told);
            assertEquals(List.of(), a.told);
            assertEquals("a", rig.answer(b.node.locate(ANN)).boot());
        }
    }

    @Test
    void shouldLoseToOneThatOpenedInAStallAfterItself() throws IOException
    {
        try (TestPeer peer = connect())
        {
            server.clock.advance(10 * SECOND);
            rig.run(5 * SECOND);
            b.open(ANN, PEER);
            rig.run(5 * SECOND);
            server.doWork();
            name(peer);
            pass(SECOND);
            assertEquals(List.of("1 taken over by b 7"), a.told);
            assertEquals("b", rig.answer(b.node.locate(ANN)).boot());
        }
    }
}
