package io.heartwheel;

import javax.net.ssl.SSLSession;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A peer that waits to be let in. The first answer counts, unless the call of the check that was asked ends by an
 * exception: then the peer is refused. An answer that comes after the peer has gone or was sent away is of no effect.
 * Threadsafe.
 */
public final class AdmissionRequest
{
    private final Admission admission;
    private final Connection connection;
    private final AtomicReference<Answer> answer = new AtomicReference<>();

    /**
     * @param refusal    what to tell the peer, or null if it is let in.
     * @param attachment of the connection.
     */
    record Answer(String refusal, Object attachment)
    {
    }

    AdmissionRequest(final Admission admission, final Connection connection)
    {
        this.admission = admission;
        this.connection = connection;
    }

    /**
     * The address of the peer.
     *
     * @return the address.
     */
    public InetSocketAddress remoteAddress()
    {
        return connection.remoteAddress();
    }

    /**
     * TLS as it was agreed on, with the certificates of the peer if it was asked for them.
     *
     * @return the session, or null without TLS.
     */
    public SSLSession tlsSession()
    {
        return connection.tlsSession();
    }

    /**
     * The number that the connection will have.
     *
     * @return generation and slot.
     */
    public long connectionId()
    {
        return connection.id();
    }

    /**
     * Let the peer in.
     */
    public void admit()
    {
        admit(null);
    }

    /**
     * Let the peer in.
     *
     * @param attachment that {@link Connection#attachment()} is to be, such as who it is.
     */
    public void admit(final Object attachment)
    {
        answer(new Answer(null, attachment));
    }

    /**
     * Send the peer away with {@link CloseReason#REFUSED}.
     *
     * @param text to tell it in the BYE.
     */
    public void refuse(final String text)
    {
        answer(new Answer(Objects.requireNonNull(text, "text"), null));
    }

    /**
     * The answer, or null as long as there is none.
     */
    Answer answer()
    {
        return answer.get();
    }

    private void answer(final Answer given)
    {
        if (answer.compareAndSet(null, given))
        {
            admission.onAnswer(connection);
        }
    }
}
