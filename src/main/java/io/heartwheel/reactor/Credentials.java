package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.CredentialCheck;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Has the application judge the credential of a peer: its first message, or the request by which it opens a WebSocket.
 * The answer may come at once, or later from any thread.
 * <p>
 * <b>Note:</b> For the reactor thread only, but for {@link #onAnswer}.
 */
final class Credentials
{
    private final CredentialCheck check;
    private final GuardedListener listener;
    private final Departures departures;
    private final Commands commands;
    private final SocketIo io;
    private final Curfew curfew;
    private final Consumer<Peer> opener;

    /**
     * @param opener takes the next step with a peer that is let in.
     */
    Credentials(
        final CredentialCheck check,
        final GuardedListener listener,
        final Departures departures,
        final Commands commands,
        final SocketIo io,
        final Curfew curfew,
        final Consumer<Peer> opener)
    {
        this.check = check;
        this.listener = listener;
        this.departures = departures;
        this.commands = commands;
        this.io = io;
        this.curfew = curfew;
        this.opener = opener;
    }

    /**
     * @param check of the application, or null for none.
     * @param next  step with a peer that is let in.
     * @return null if there is no check.
     */
    static Credentials of(final CredentialCheck check, final Reactor reactor, final Consumer<Peer> next)
    {
        return null == check ? null : new Credentials(check, reactor.listener, reactor.departures, reactor.commands,
            reactor.io, reactor.curfew, next);
    }

    void onCredential(final Peer peer, final ByteBuffer credential)
    {
        final CredentialRequest request = new CredentialRequest(peer, this::onAnswer);
        peer.entry.isAsking = true;
        if (listener.onCredential(check, request, credential))
        {
            decide(peer, request);
        }
        else
        {
            // The check failed, so its answers do not count.
            departures.leave(peer, CloseReason.REFUSED, "credential check failed");
        }
    }

    /**
     * A request was answered, on any thread.
     */
    private void onAnswer(final CredentialRequest request)
    {
        commands.submit(request.peer(), () -> onAnswered(request));
    }

    private void onAnswered(final CredentialRequest request)
    {
        final Peer peer = request.peer();
        final Entry entry = peer.entry;
        // The answer may have come at once, or the peer may have gone meanwhile.
        if (Peer.JOINING == peer.state && null != entry)
        {
            decide(peer, request);
            if (peer.isOpen() || Peer.JOINING == peer.state && !entry.isAsking)
            {
                final ByteBuffer held = entry.held;
                entry.held = null;
                io.resume(peer, held);
                if (null != peer.tls)
                {
                    curfew.onRecords(peer, peer.tls.hasHalfRecord());
                }
            }
        }
    }

    private void decide(final Peer peer, final CredentialRequest request)
    {
        final CredentialRequest.Answer answer = request.answer();
        if (null == answer || Peer.JOINING != peer.state)
        {
            return;
        }
        if (null != answer.refusal())
        {
            departures.leave(peer, CloseReason.REFUSED, answer.refusal());
        }
        else
        {
            if (null != answer.attachment())
            {
                peer.attachment(answer.attachment());
            }
            if (null != answer.identity())
            {
                peer.name(answer.identity());
            }
            peer.entry.isAsking = false;
            opener.accept(peer);
        }
    }
}
