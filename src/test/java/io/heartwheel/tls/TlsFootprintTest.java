package io.heartwheel.tls;

import io.heartwheel.tls.TlsSettings.ClientCertificates;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import javax.net.ssl.SSLContext;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Prints the heap that the server's end of an idle connection takes.
 */
@Tag("slow")
class TlsFootprintTest
{
    private static final int CONNECTIONS = 500;
    private static final int BYTES_MAX = 16 * 1024;

    @ParameterizedTest
    @CsvSource({"TLSv1.2,", "TLSv1.2,client", "TLSv1.3,", "TLSv1.3,client"})
    void shouldTakeLittleHeapPerIdleConnection(final String protocol, final String client) throws IOException
    {
        final TlsSettings settings =
            TlsPair.settings(null == client ? ClientCertificates.NONE : ClientCertificates.REQUIRED);
        final SSLContext serverContext = settings.context();
        final SSLContext clientContext = TlsPair.clientContext(client);
        // Or the sessions that clients keep would be counted.
        clientContext.getClientSessionContext().setSessionCacheSize(1);
        establish(settings, serverContext, clientContext, protocol, 10);

        final long before = usedHeap();
        final List<TlsChannel> idle = establish(settings, serverContext, clientContext, protocol, CONNECTIONS);
        final long bytes = (usedHeap() - before) / idle.size();

        System.out.println("TLS footprint: " + bytes + " bytes of heap per idle connection, " + protocol + ", " +
            idle.get(0).session().getCipherSuite() + (null == client ? "" : ", with client certificate") + ", JDK " +
            Runtime.version().feature());
        assertTrue(bytes < BYTES_MAX, () -> bytes + " bytes");
    }

    private static List<TlsChannel> establish(
        final TlsSettings settings,
        final SSLContext serverContext,
        final SSLContext clientContext,
        final String protocol,
        final int count) throws IOException
    {
        final List<TlsChannel> channels = new ArrayList<>();
        for (int i = 0; i < count; i++)
        {
            final TlsPair pair = new TlsPair(
                settings.newEngine(serverContext), TlsPair.clientEngine(clientContext, protocol)).establish();
            pair.client.write(new byte[4]);
            pair.run();
            pair.server.tls.write(ByteBuffer.allocate(4));
            channels.add(pair.server.tls);
            pair.server.socket.forget();
        }
        return channels;
    }

    private static long usedHeap()
    {
        for (int i = 0; i < 5; i++)
        {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
