package io.heartwheel.reactor;

import io.heartwheel.AdmissionRequest;
import io.heartwheel.websocket.OpeningRequest;
import io.heartwheel.wire.Identity;

import javax.net.ssl.SSLSession;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A credential that waits for its answer. The application sees it as {@link AdmissionRequest}. The first answer counts.
 */
final class CredentialRequest implements AdmissionRequest
{
    private final Consumer<CredentialRequest> onAnswer;
    private final Peer peer;
    private final Opening opening;
    private final AtomicReference<Answer> answer = new AtomicReference<>();

    /**
     * @param refusal    what to tell the peer, or null if it is let in.
     * @param attachment of the connection, or null.
     * @param identity   of the peer, or null.
     */
    record Answer(String refusal, Object attachment, String identity)
    {
    }

    CredentialRequest(final Peer peer, final Consumer<CredentialRequest> onAnswer)
    {
        this.onAnswer = onAnswer;
        this.peer = peer;
        opening = peer.entry.opening;
    }

    @Override
    public InetSocketAddress remoteAddress()
    {
        return peer.remoteAddress();
    }

    @Override
    public String protocol()
    {
        return peer.protocol();
    }

    @Override
    public SSLSession tlsSession()
    {
        return peer.tlsSession();
    }

    @Override
    public OpeningRequest opening()
    {
        return null == opening ? null : opening.request;
    }

    @Override
    public String subprotocol()
    {
        return null == opening ? null : opening.subprotocol;
    }

    @Override
    public long connectionId()
    {
        return peer.id();
    }

    @Override
    public void admit()
    {
        admit(null);
    }

    @Override
    public void admit(final Object attachment)
    {
        answer(new Answer(null, attachment, null));
    }

    @Override
    public void admit(final Object attachment, final String identity)
    {
        answer(new Answer(null, attachment, Identity.required(identity)));
    }

    @Override
    public void refuse(final String text)
    {
        answer(new Answer(Objects.requireNonNull(text, "text"), null, null));
    }

    Peer peer()
    {
        return peer;
    }

    /**
     * The answer, or null if there is none yet.
     */
    Answer answer()
    {
        return answer.get();
    }

    private void answer(final Answer given)
    {
        if (answer.compareAndSet(null, given))
        {
            onAnswer.accept(this);
        }
    }
}
