package io.heartwheel.network;

import io.heartwheel.ClientContext;
import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.HeartbeatClient;
import io.heartwheel.Link;
import io.heartwheel.LinkListener;
import io.heartwheel.config.Configuration;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;

/**
 * Clients of a fleet, each a link that prints what becomes of it: {@code open IDENTITY ADDRESS},
 * {@code message IDENTITY TEXT}, {@code closed IDENTITY ADDRESS REASON DETAIL}. Standard input:
 * {@code IDENTITY ADDRESS}, to connect.
 */
final class FleetClients implements LinkListener
{
    static final String NAME = FleetClients.class.getName();

    private FleetClients()
    {
    }

    public static void main(final String[] args)
    {
        new Thread(Watched::endInTime).start();
        final HeartbeatClient client = HeartbeatClient.launch(new ClientContext().listener(new FleetClients()));
        final Scanner in = new Scanner(System.in, StandardCharsets.UTF_8);
        while (in.hasNextLine())
        {
            final String[] words = in.nextLine().split(" ");
            client.connect(words[0], Configuration.parseAddress(words[1]));
        }
        Runtime.getRuntime().halt(0);
    }

    private static String text(final Connection connection)
    {
        return connection.link().identity() + ' ' + Configuration.addressText(connection.remoteAddress());
    }

    @Override
    public void onOpen(final Connection connection)
    {
        Watched.print("open " + text(connection));
    }

    @Override
    public void onMessage(final Connection connection, final ByteBuffer payload)
    {
        Watched.print("message " + connection.link().identity() + ' ' + StandardCharsets.UTF_8.decode(payload));
    }

    @Override
    public void onClosed(final Connection connection, final CloseReason reason)
    {
        Watched.print("closed " + text(connection) + ' ' + reason + ' ' + connection.closeDetail());
    }

    @Override
    public void onReconnecting(final Link link, final int attempt, final long delayNs)
    {
    }
}
