package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/**
 * Peers that speak a protocol of the application are watched, bounded and let go as any others.
 */
class HeartbeatServerProtocolTest extends ProtocolRig
{
    @Test
    void shouldFindMessagesHoweverTheirBytesAreCut() throws IOException
    {
        final Protocol protocol =
            new LengthFieldProtocol(new LengthFieldProtocol.Context().offset(1).length(3).adjustment(2).strip(4));
        try (TestPeer peer = startWith(protocol))
        {
            final byte[] bytes = ascii("x\0\0\3__abcx\0\0\0__x\0\0\1__d");
            for (int cut = 1; cut < bytes.length; cut++)
            {
                peer.sendRaw(ByteBuffer.allocate(cut).put(bytes, 0, cut).array());
                final long reads = server.reads();
                server.awaitRead(reads);
                peer.sendRaw(ByteBuffer.allocate(bytes.length - cut).put(bytes, cut, bytes.length - cut).array());
                final int messages = 3 * cut;
                server.awaitTrue(() -> messages == listener.messages().size());
                assertEquals(List.of("__abc", "__", "__d"), listener.messages().subList(messages - 3, messages));
            }
            assertEquals("length-field", opened().protocol());
        }
    }

    @Test
    void shouldAskASilentPeerByItsQuestionAndMeasureTheAnswer() throws IOException
    {
        try (TestPeer peer = startWith(asking()))
        {
            final Connection connection = opened();
            assertEquals(CADENCE, connection.cadence());
            server.advance(CADENCE.idleNs() + 2_000_000);
            assertEquals("PING\n", peer.readText(5));
            assertTrue(listener.probes() >= 1, "one that sets the phase may have come before");

            server.clock.advance(TimeUnit.MILLISECONDS.toNanos(40));
            peer.sendRaw(ascii("PONG\r\n"));
            server.awaitTrue(() -> connection.roundTripNs() >= 0);
            assertEquals(1, server.server.metrics().count(Counter.ANSWERS));
            assertTrue(connection.roundTripNs() >= TimeUnit.MILLISECONDS.toNanos(40));
            assertEquals(List.of(), listener.messages());
        }
    }

    @Test
    void shouldCondemnAPeerThatDoesNotAnswerNoSoonerThanAnyOther() throws IOException
    {
        try (TestPeer peer = startWith(asking()))
        {
            opened();
            server.advance(CADENCE.detectionNs() - 10_000_000);
            assertEquals("PING\nPING\n", peer.readText(10));
            assertEquals(List.of(), listener.closed());
            server.advance(20_000_000);
            assertEquals(List.of(CloseReason.PEER_SILENT), listener.reasons());
        }
    }

    @Test
    void shouldNotAskWhereThereIsNoQuestionAndWaitForAsLong() throws IOException
    {
        try (TestPeer peer = startWith(passive()))
        {
            assertEquals(Cadence.passive(CADENCE.detectionNs()), opened().cadence());
            peer.sendRaw(ascii("hello\n"));
            server.awaitTrue(() -> 1 == listener.messages().size());
            server.advance(CADENCE.detectionNs() - 10_000_000);
            assertEquals(List.of(), listener.closed());
            server.advance(20_000_000);
            assertEnded(CloseReason.PEER_SILENT, "silent for 5005 ms");
            assertEquals(0, listener.probes());
            assertFalse(peer.isOpenFor(100), "and nothing was said to it");
        }
    }

    @Test
    void shouldReplyToHeartbeatsOfThePeer() throws IOException
    {
        final LineProtocol replying = new LineProtocol(new LineProtocol.Context().heartbeat("ping", "pong"));
        try (TestPeer peer = startWith(replying))
        {
            peer.sendRaw(ascii("ping\n"));
            server.awaitTrue(() -> 1 == server.reads());
            assertEquals("pong\n", peer.readText(5));
            assertEquals(List.of(), listener.messages());
        }
    }

    @Test
    void shouldWriteWhatIsSentInTheFormOfTheProtocol() throws IOException
    {
        final Protocol protocol = new LengthFieldProtocol(new LengthFieldProtocol.Context()
            .offset(2).length(2).adjustment(-4).header((byte)'h', (byte)'d', (byte)0, (byte)0));
        try (TestPeer peer = startWith(protocol))
        {
            final Connection connection = opened();
            final ByteBuffer payload = ByteBuffer.wrap(ascii("_abc_")).position(1).limit(4);
            assertEquals(SendResult.ACCEPTED, connection.send(payload));
            assertEquals(1, payload.position());
            assertEquals("hd\0\7abc", peer.readText(7));
            assertEquals(0, connection.unsentBytes());
        }
    }

    @Test
    void shouldSendFromAnotherThread() throws IOException, InterruptedException
    {
        try (TestPeer peer = startWith(passive()))
        {
            final Connection connection = opened();
            final Thread other = new Thread(() -> connection.send(ByteBuffer.wrap(ascii("later"))));
            other.start();
            other.join();
            server.doWork();
            assertEquals("later\n", peer.readText(6));
            assertEquals(0, connection.unsentBytes());
        }
    }

    @Test
    void shouldEndAConnectionWhoseMessageCannotBeWritten() throws IOException
    {
        final Protocol protocol = new LengthFieldProtocol(new LengthFieldProtocol.Context().length(1));
        try (TestPeer peer = startWith(protocol))
        {
            assertEquals(SendResult.CLOSED, opened().send(ByteBuffer.allocate(256)));
            assertEnded(CloseReason.PROTOCOL_FAILED,
                "java.lang.IllegalArgumentException: length 256 does not fit 1 bytes");
            assertEquals("", peer.readText(1));
        }
    }

    @Test
    void shouldEndAtOnceWithoutAGoodbye() throws IOException
    {
        try (TestPeer peer = start(context().lingerNs(SECOND_NS).protocols(passive())))
        {
            opened().close();
            assertEquals("", peer.readText(1));
            peer.shutdownOutput();
            assertEnded(CloseReason.LOCAL_CLOSE, "");
        }
    }

    @Test
    void shouldHoldWhatFollowsACredential() throws IOException
    {
        final List<AdmissionRequest> requests = new ArrayList<>();
        try (TestPeer peer = start(context().protocols(passive()).credentialCheck((request, credential) ->
        {
            assertEquals("line", request.protocol());
            requests.add(request);
        })))
        {
            peer.sendRaw(ascii("secret\none\nt"));
            server.awaitTrue(() -> 1 == requests.size());
            peer.sendRaw(ascii("wo\n"));
            server.doWork();
            assertEquals(List.of(), listener.messages());
            requests.get(0).admit("alice");
            server.awaitTrue(() -> 2 == listener.messages().size());
            assertEquals(List.of("one", "two"), listener.messages());
            assertEquals("alice", opened().attachment());
        }
    }

    /** Lines, with an answer to the first of them where that lets a peer in or does not. */
    private static Protocol answering(final Runnable onWelcome)
    {
        return new ScriptedProtocol((in, out) ->
        {
            final int begin = in.position();
            in.position(in.limit());
            out.message(begin, in.limit());
        })
        {
            @Override
            public void welcome(final Connection connection, final ByteBuffer out)
            {
                assertFalse(connection.isOpen());
                onWelcome.run();
                out.put(ascii("welcome "));
            }

            @Override
            public void goodbye(final Connection connection, final CloseReason reason, final ByteBuffer out)
            {
                out.put(ascii(reason + " " + connection.closeDetail()));
            }
        };
    }

    private ServerContext contextOf(final Protocol protocol, final CredentialCheck check)
    {
        return context().protocols(protocol).credentialCheck(check).listener(new RecordingListener()
        {
            @Override
            public void onOpen(final Connection connection)
            {
                listener.onOpen(connection);
                connection.send(ByteBuffer.wrap(ascii("first")));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAnswerTheFirstMessageByTheVerdictOnIt(final boolean isLater) throws IOException
    {
        final List<AdmissionRequest> requests = new ArrayList<>();
        try (TestPeer peer = start(contextOf(answering(() -> {}), (request, credential) ->
        {
            requests.add(request);
            if (!isLater)
            {
                request.admit();
            }
        })))
        {
            peer.sendRaw(ascii("secret"));
            server.awaitTrue(() -> 1 == requests.size());
            requests.get(0).admit();
            opened();
            assertEquals("welcome first", peer.readText(13));
            assertEquals(0, listener.opened().get(0).unsentBytes());
        }
    }

    @Test
    void shouldSayGoodbyeToWhomTheVerdictDoesNotLetIn() throws IOException
    {
        try (TestPeer peer = start(
            contextOf(answering(() -> fail("not welcome")), (request, credential) -> request.refuse("no"))))
        {
            peer.sendRaw(ascii("secret"));
            server.awaitTrue(() -> 1 == count(CloseReason.REFUSED));
            assertEquals("REFUSED no", peer.readText(10));
            assertEquals(List.of(), listener.opened());
        }
    }

    @Test
    void shouldEndAConnectionWhoseWelcomeFails() throws IOException
    {
        final IllegalStateException failure = new IllegalStateException("told to");
        try (TestPeer peer = start(contextOf(answering(() ->
        {
            throw failure;
        }), (request, credential) -> request.admit())))
        {
            peer.sendRaw(ascii("secret"));
            server.awaitTrue(() -> 1 == count(CloseReason.PROTOCOL_FAILED));
            assertEquals(List.of(failure), server.errors);
            assertEquals(List.of(), listener.opened());
        }
    }

    @Test
    void shouldKeepTheBoundsOfACadenceThatAMessageAsksFor() throws IOException
    {
        final List<Cadence> inForce = new ArrayList<>();
        final ScriptedProtocol told = new ScriptedProtocol((in, out) ->
        {
            final long idleNs = in.get() * SECOND_NS;
            inForce.add(out.cadence(0 == idleNs ? Cadence.OFF : Cadence.passive(idleNs)));
        });
        try (TestPeer peer = start(context().minIdleNs(2 * SECOND_NS).maxIdleNs(60 * SECOND_NS).protocols(told)))
        {
            peer.sendRaw((byte)1, (byte)20, (byte)100, (byte)0);
            server.awaitTrue(() -> 4 == inForce.size());
            assertEquals(List.of(2L, 20L, 60L, 80L),
                inForce.stream().map((each) -> each.idleNs() / SECOND_NS).toList());
            assertEquals(Cadence.passive(80 * SECOND_NS), opened().cadence());
        }
    }
}
