package io.heartwheel;

import io.heartwheel.config.Configuration;
import io.heartwheel.support.InvokedClient;
import io.heartwheel.support.RecordingLinkListener;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * An address has the same spelling wherever it is shown.
 */
class AddressTextTest
{
    private static final byte[] LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private final RecordingLinkListener listener = new RecordingLinkListener();

    @Test
    void shouldPutAnIpv6AddressInBracketsBeforeAPort() throws IOException
    {
        final InetAddress loopback = InetAddress.getByAddress(LOOPBACK);
        assertEquals("[::1]:7400", Configuration.addressText(new InetSocketAddress(loopback, 7400)));
        assertEquals("127.0.0.1:7400", Configuration.addressText(new InetSocketAddress("127.0.0.1", 7400)));
        assertEquals("example.org:7400",
            Configuration.addressText(InetSocketAddress.createUnresolved("example.org", 7400)));
        assertEquals("[::1]:7400",
            Configuration.addressText(Configuration.parseUnresolvedAddress("[0:0:0:0:0:0:0:1]:7400")));
    }

    @Test
    void shouldSpellItSoOfConnectionsLinksAndFailures() throws IOException
    {
        final InetAddress loopback = InetAddress.getByAddress(LOOPBACK);
        try (ServerSocket serverSocket = serverSocket(loopback); InvokedClient client = client())
        {
            final String address = "[::1]:" + serverSocket.getLocalPort();
            final Link link = client.client.connect(new InetSocketAddress(loopback, serverSocket.getLocalPort()));
            assertEquals("link to " + address, link.toString());
            client.awaitTrue(() -> 1 == listener.opened().size());
            assertTrue(listener.opened().get(0).toString().endsWith(" " + address));
            client.client.connect(InetSocketAddress.createUnresolved("0:0:0:0:0:0:0:1", 1));
            client.advance(10_000_000);
            client.awaitTrue(() -> 1 == listener.reconnects().size());
            assertEquals("[::1]:1: unknown host", listener.reconnects().get(0).failure());
        }
    }

    private InvokedClient client()
    {
        return new InvokedClient(new ClientContext().listener(listener).lingerNs(0).directory((host) ->
        {
            throw new UnknownHostException(host + ": Name or service not known");
        }));
    }

    private static ServerSocket serverSocket(final InetAddress address)
    {
        try
        {
            return new ServerSocket(0, 1, address);
        }
        catch (final IOException ex)
        {
            return Assumptions.abort("no IPv6: " + ex);
        }
    }
}
