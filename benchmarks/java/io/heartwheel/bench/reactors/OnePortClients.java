package io.heartwheel.bench.reactors;

import io.heartwheel.ClientContext;
import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.HeartbeatClient;
import io.heartwheel.Link;
import io.heartwheel.LinkListener;
import io.heartwheel.support.BindingProvider;
import org.HdrHistogram.Histogram;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Links to whichever process has the port: SOURCE_NETWORK PORT LINKS. Each server tells its number, so that the clients
 * know whose connection has ended, and how. It answers each line of input with one line, and ends with its input.
 */
final class OnePortClients implements LinkListener
{
    /** Links open at present, by server: SERVER=NUMBER, a space between two. */
    static final String OPEN = "open";
    /** How connections ended since the start: SERVER/REASON=NUMBER, a space between two. */
    static final String ENDS = "ends";
    /** Links that came back to a server, and after how long: number, p50, p99 and maximum in ms. */
    static final String BACK = "back";
    /** Instead of its number, of a server that let nobody in. */
    static final String NOBODY = "-";

    /** Whoever is refused leaves a port in TIME_WAIT at each try: one address has too few. */
    private static final int SOURCES = 16;
    private static final long LONGEST_RECONNECT_NS = TimeUnit.SECONDS.toNanos(4);

    private final Map<String, Integer> open = new TreeMap<>();
    private final Map<String, Integer> ends = new TreeMap<>();
    private final Histogram backMs = new Histogram(3);

    private OnePortClients()
    {
    }

    public static void main(final String[] args) throws IOException
    {
        final OnePortClients clients = new OnePortClients();
        final InetSocketAddress server =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1]));
        final HeartbeatClient client = HeartbeatClient.launch(new ClientContext()
            .maxReconnectNs(LONGEST_RECONNECT_NS)
            .selectorProvider(new BindingProvider(sources(args[0])))
            .listener(clients));
        for (int i = Integer.parseInt(args[2]); i > 0; i--)
        {
            client.connect(server);
        }

        final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); null != line; line = in.readLine())
        {
            System.out.println(line + " " + clients.answer(line));
        }
        Runtime.getRuntime().halt(0);
    }

    private static InetSocketAddress[] sources(final String network) throws IOException
    {
        final InetSocketAddress[] sources = new InetSocketAddress[SOURCES];
        for (int i = 0; i < SOURCES; i++)
        {
            sources[i] = new InetSocketAddress(InetAddress.getByName(network + "." + (1 + i)), 0);
        }
        return sources;
    }

    private synchronized String answer(final String question)
    {
        return switch (question)
        {
            case OPEN -> text(open);
            case ENDS -> text(ends);
            case BACK -> String.format(Locale.ROOT, "%d %d %d %d", backMs.getTotalCount(),
                backMs.getValueAtPercentile(50), backMs.getValueAtPercentile(99), backMs.getMaxValue());
            default -> throw new IllegalArgumentException(question);
        };
    }

    private static String text(final Map<String, Integer> numbers)
    {
        return numbers.entrySet().stream().map((each) -> each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining(" "));
    }

    @Override
    public void onOpen(final Connection connection)
    {
    }

    @Override
    public synchronized void onMessage(final Connection connection, final ByteBuffer payload)
    {
        final String server = Integer.toString(payload.get());
        connection.attachment(server);
        open.merge(server, 1, Integer::sum);
        if (connection.link().attachment() instanceof Long lostNs)
        {
            backMs.recordValue(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lostNs));
            connection.link().attachment(null);
        }
    }

    @Override
    public synchronized void onClosed(final Connection connection, final CloseReason reason)
    {
        final Object server = connection.attachment();
        if (null != server)
        {
            open.merge((String)server, -1, Integer::sum);
            connection.link().attachment(System.nanoTime());
        }
        ends.merge((null == server ? NOBODY : server) + "/" + reason, 1, Integer::sum);
    }

    @Override
    public void onReconnecting(final Link link, final int attempt, final long delayNs)
    {
    }
}
