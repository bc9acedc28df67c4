package io.heartwheel.simulation;

import java.net.ConnectException;

/**
 * The handshake of TCP: a request, its answer, and the confirmation. Each may be lost, and is sent again as Linux does.
 * <p>
 * Left out: bytes of the client do not stand in for a confirmation that was lost.
 */
final class Handshake
{
    private static final long FIRST_RETRY_NS = 1_000_000_000L;
    private static final int MAX_REQUEST_RETRIES = 6;
    private static final int MAX_ANSWER_RETRIES = 5;

    private final SimulatedNetwork network;
    private final VirtualTime time;
    private final SimulatedSocketChannel client;
    private final Path toServer;
    private final Path toClient;
    private final int port;
    private SimulatedSocketChannel server;
    private boolean isOver;

    Handshake(final SimulatedNetwork network, final SimulatedSocketChannel client, final int port)
    {
        this.network = network;
        this.client = client;
        this.port = port;
        time = network.time();
        toServer = client.out();
        toClient = client.in();
    }

    void request(final int retries)
    {
        if (!client.isAwaitingAnswer())
        {
            return;
        }
        if (retries > MAX_REQUEST_RETRIES)
        {
            client.answer(new ConnectException("Connection timed out"));
            return;
        }
        if (!network.isSilent(port))
        {
            toServer.carry(this::onRequest);
        }
        time.after(FIRST_RETRY_NS << retries, () -> request(retries + 1));
    }

    /**
     * While too many connections wait to be accepted, further requests are ignored.
     */
    private void onRequest()
    {
        final SimulatedServerChannel listener = network.listener(port);
        if (null == listener)
        {
            toClient.carry(() -> client.answer(new ConnectException("Connection refused")));
        }
        else if (null != server)
        {
            toClient.carry(this::onAnswer);
        }
        else if (!listener.isFull())
        {
            server = listener.endFor(client);
            answer(0);
        }
    }

    private void answer(final int retries)
    {
        if (isOver)
        {
            return;
        }
        if (retries > MAX_ANSWER_RETRIES)
        {
            forget();
            return;
        }
        toClient.carry(this::onAnswer);
        time.after(FIRST_RETRY_NS << retries, () -> answer(retries + 1));
    }

    private void onAnswer()
    {
        if (client.isDestroyed())
        {
            toServer.carry(this::forget);
        }
        else
        {
            client.answer(null);
            toServer.carry(this::onConfirmation);
        }
    }

    private void onConfirmation()
    {
        final SimulatedServerChannel listener = network.listener(port);
        if (isOver || null != listener && listener.isFull())
        {
            return;
        }
        isOver = true;
        if (null == listener)
        {
            server.refuse();
        }
        else
        {
            listener.offer(server);
        }
    }

    /**
     * The server does not wait any longer: what arrives now is answered by a reset.
     */
    private void forget()
    {
        if (!isOver)
        {
            isOver = true;
            server.abandon();
        }
    }
}
