package io.heartwheel.cli;

import io.heartwheel.CloseReason;
import io.heartwheel.Configuration;
import io.heartwheel.Connection;
import io.heartwheel.HeartbeatClient;
import io.heartwheel.Link;
import io.heartwheel.LinkListener;
import io.heartwheel.SendResult;
import io.heartwheel.wire.PlainText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import javax.net.ssl.SSLContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Holds one link, and prints a line for each event.
 */
@Command(
    name = "connect",
    description = "Hold one link to a server, print what happens to it, and send what is typed, a line a message.",
    footer = {
        "", "Set by system properties before -jar, such as -Dheartwheel.cadence=strict; the README lists them all.",
        "Ends with exit code 0 at the end of the input, and with 1 if the link is given up." },
    mixinStandardHelpOptions = true,
    versionProvider = Heartwheel.Version.class)
final class ConnectCommand implements Callable<Integer>, LinkListener
{
    private static final long RETRY_SEND_MS = 20;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "HOST:PORT", split = ",", arity = "1",
        description = "address of the server; of several servers, separated by commas, one at a time is connected to")
    private List<String> servers;

    @Option(names = "--tls",
        description = "speak TLS, and trust whom -Djavax.net.ssl.trustStore, or else the JVM, trusts")
    private boolean isTls;

    private PrintWriter out;
    private volatile Connection connection;
    private volatile boolean isGivenUp;

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        final InetSocketAddress[] addresses = addresses();
        out = spec.commandLine().getOut();
        final HeartbeatClient.Context ctx = new HeartbeatClient.Context().listener(this).sslContext(sslContext());
        try (HeartbeatClient client = HeartbeatClient.launch(ctx))
        {
            Runtime.getRuntime().addShutdownHook(new Thread(client::close, "heartwheel-shutdown"));
            client.ended().whenComplete((nothing, failure) -> onEnded(failure));
            client.connect(addresses);
            sendLines();
        }
        return isGivenUp ? Heartwheel.FAILED : 0;
    }

    private void onEnded(final Throwable failure)
    {
        if (null != failure)
        {
            Heartwheel.exitAfter(failure, spec);
        }
    }

    private SSLContext sslContext() throws IOException
    {
        try
        {
            return isTls ? SSLContext.getDefault() : null;
        }
        catch (final NoSuchAlgorithmException ex)
        {
            throw new IOException("no TLS: " + (null == ex.getCause() ? ex : ex.getCause()).getMessage(), ex);
        }
    }

    private InetSocketAddress[] addresses()
    {
        try
        {
            return servers.stream().map(Configuration::parseUnresolvedAddress).toArray(InetSocketAddress[]::new);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), "HOST:PORT expected, " + ex.getMessage());
        }
    }

    /**
     * Lines typed while there is no connection wait for one, and those after them.
     */
    private void sendLines() throws IOException, InterruptedException
    {
        final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
        for (String line = in.readLine(); null != line && !isGivenUp; line = in.readLine())
        {
            final ByteBuffer message = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
            while (!isGivenUp && !isSent(message))
            {
                Thread.sleep(RETRY_SEND_MS);
            }
        }
    }

    private boolean isSent(final ByteBuffer message)
    {
        final Connection current = connection;
        try
        {
            return null != current && SendResult.ACCEPTED == current.send(message);
        }
        catch (final IllegalArgumentException ex)
        {
            print("not sent: " + ex.getMessage());
            return true;
        }
    }

    @Override
    public void onOpen(final Connection connection)
    {
        this.connection = connection;
        print("open " + connection.remoteAddress().getHostString() + ":" + connection.remoteAddress().getPort());
    }

    @Override
    public void onMessage(final Connection connection, final ByteBuffer payload)
    {
        print("< " + PlainText.of(StandardCharsets.UTF_8.decode(payload).toString()));
    }

    @Override
    public void onClosed(final Connection connection, final CloseReason reason)
    {
        this.connection = null;
        final String detail = connection.closeDetail();
        print("closed " + reason + " after " + Durations.text(connection.ageNs()) +
            (detail.isEmpty() ? "" : " (" + detail + ")"));
    }

    @Override
    public void onReconnecting(final Link link, final int attempt, final long delayNs)
    {
        print("reconnecting in " + Durations.text(delayNs) + " (attempt " + attempt + ")" +
            (link.failure().isEmpty() ? "" : ": " + link.failure()));
    }

    @Override
    public void onGivenUp(final Link link)
    {
        print("given up: " + link.failure());
        isGivenUp = true;
        // The main thread may be reading standard input, which nothing interrupts.
        new Thread(() -> System.exit(Heartwheel.FAILED), "heartwheel-exit").start();
    }

    private void print(final String line)
    {
        out.println(line);
        out.flush();
    }
}
