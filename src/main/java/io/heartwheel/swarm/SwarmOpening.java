package io.heartwheel.swarm;

import io.heartwheel.config.Configuration;
import io.heartwheel.websocket.ClientOpening;
import io.heartwheel.websocket.HttpHead;
import io.heartwheel.websocket.OpeningException;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Opens WebSockets: it sends each request, and reads the answer.
 */
final class SwarmOpening
{
    private static final int ANSWER_CAPACITY = 2 * HttpHead.MAX_LENGTH;

    private final String host;
    private final SplittableRandom nonces = new SplittableRandom();
    private final ByteBuffer in = ByteBuffer.allocateDirect(ANSWER_CAPACITY);

    /** What is kept for a client until it is let in. */
    private record Asked(ClientOpening opening, HttpHead answer)
    {
    }

    SwarmOpening(final InetSocketAddress server)
    {
        host = Configuration.addressText(server);
    }

    /**
     * Send the request of a client that is connected.
     *
     * @throws IOException if the connection has failed.
     */
    void begin(final SwarmClient client) throws IOException
    {
        final byte[] nonce = new byte[ClientOpening.NONCE_LENGTH];
        nonces.nextBytes(nonce);
        final ClientOpening opening = new ClientOpening(host, "/", nonce, List.of(), Map.of());
        client.kept = new Asked(opening, HttpHead.ofAnswer());
        final ByteBuffer request = ByteBuffer.wrap(opening.request());
        client.channel.write(request);
        if (request.hasRemaining())
        {
            throw new IOException("no room for the request of " + request.capacity() + " bytes");
        }
    }

    /**
     * Read the answer, or what has come of it.
     *
     * @return what came behind it, possibly nothing; null if more has to come.
     * @throws IOException if the client is not let in, or the connection has ended.
     */
    ByteBuffer read(final SwarmClient client) throws IOException
    {
        final Asked asked = (Asked)client.kept;
        if (client.channel.read(in.clear()) < 0)
        {
            throw new IOException("closed before it had answered");
        }
        try
        {
            if (!asked.answer.read(in.flip()))
            {
                return null;
            }
            asked.opening.check(asked.answer);
        }
        catch (final OpeningException ex)
        {
            throw new IOException(ex.getMessage(), ex);
        }
        client.kept = null;
        return in;
    }
}
