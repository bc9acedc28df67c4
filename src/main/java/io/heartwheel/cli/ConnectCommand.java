package io.heartwheel.cli;

import io.heartwheel.ClientContext;
import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.HeartbeatClient;
import io.heartwheel.Link;
import io.heartwheel.LinkListener;
import io.heartwheel.SendResult;
import io.heartwheel.WebSocketRequest;
import io.heartwheel.config.Configuration;
import io.heartwheel.config.Durations;
import io.heartwheel.config.HttpProxy;
import io.heartwheel.config.WebSocketTarget;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Identity;
import io.heartwheel.wire.PlainText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import javax.net.ssl.SSLContext;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The command {@code connect}: holds one link, and prints a line for each event.
 */
@Command(
    name = "connect",
    description = "Hold one link to a server, print what happens to it, and send what is typed, a line a message.",
    footer = {
        "", "Set by system properties before -jar, such as -Dheartwheel.cadence=strict; see src/docs/knobs.md.",
        "Ends with exit code 0 at the end of the input when the peer has taken all of it, and with 1 if it has not or",
        "the link is given up." },
    mixinStandardHelpOptions = true,
    versionProvider = Heartwheel.Version.class)
final class ConnectCommand implements Callable<Integer>, LinkListener
{
    private static final long RETRY_SEND_MS = 20;
    private static final long LINGER_MAX_NS = TimeUnit.MINUTES.toNanos(1);
    private static final long LINGER_SPARE_NS = TimeUnit.MILLISECONDS.toNanos(200);

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "HOST:PORT|URI", split = ",", arity = "1",
        description = "address of the server, or for WebSocket its URI such as ws://HOST:PORT/PATH or " +
            "wss://HOST/PATH; of several servers, separated by commas, one at a time is connected to")
    private List<String> servers;

    @Option(names = "--tls",
        description = "speak TLS, and trust whom -Djavax.net.ssl.trustStore, or else the JVM, trusts; so does wss")
    private boolean isTls;

    @Option(names = "--identity", paramLabel = "USER[/DEVICE]",
        description = "say who this client is, to a server that takes the word of its clients for that")
    private String identity;
    @Option(names = "--proxy", paramLabel = "PROXY",
        description = "go through a proxy of HTTP, by CONNECT: HOST:PORT or http://USER@HOST:PORT; the password is " +
            "that of -Dheartwheel.client.proxy.password")
    private String proxy;

    @Option(names = "--header", paramLabel = "NAME:VALUE",
        description = "WebSocket: a field of the request, such as Origin or Authorization; may be repeated")
    private List<String> headers = List.of();

    @Option(names = "--subprotocol", paramLabel = "NAME", split = ",",
        description = "WebSocket: subprotocols to ask for, the best liked first")
    private List<String> subprotocols = List.of();

    @Option(names = "--hold",
        description = "hold the link at the end of the input too, until SIGTERM or Ctrl-C")
    private boolean isHeld;

    private Printer printer;
    private boolean isWebSocket;
    private long lingerNs;
    private long patienceNs;
    private boolean hasSent;
    private volatile Connection connection;
    private volatile boolean isGivenUp;
    private volatile boolean hasLost;

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        final WebSocketRequest request = request();
        final InetSocketAddress[] addresses = null == request ? addresses() : null;
        printer = new Printer(spec.commandLine().getOut());
        isWebSocket = null != request;
        final boolean isSecure = isTls || isWebSocket && request.targets().stream().anyMatch(WebSocketTarget::isSecure);
        final ClientContext ctx = new ClientContext().listener(this).sslContext(isSecure ? sslContext() : null)
            .identity(identity());
        ctx.proxy(null == proxy ? ctx.proxy() : proxy());
        lingerNs = ctx.lingerNs() + LINGER_SPARE_NS;
        patienceNs = (ctx.cadence().isOff() ? Cadence.STANDARD : ctx.cadence()).detectionNs();
        ctx.lingerNs(Math.min(LINGER_MAX_NS, Math.max(ctx.lingerNs(), patienceNs)));
        final HeartbeatClient client = HeartbeatClient.launch(ctx);
        Ending.before(() -> end(client));
        client.ended().whenComplete((nothing, failure) -> Heartwheel.onEnded(failure, spec));
        final Link link = isWebSocket ? client.connect(request) : client.connect(addresses);
        sendLines(isWebSocket ? ctx.maxWebSocketMessageLength() : ctx.maxMessageLength());
        if (isHeld)
        {
            new CountDownLatch(1).await();
        }
        awaitTaken();
        leave(link);
        return isGivenUp || hasLost ? Heartwheel.FAILED : 0;
    }

    /**
     * Close the client, but wait no longer than the linger that the user set. The client's own linger is longer, as the
     * end of the input may take that long to be sent.
     */
    private void end(final HeartbeatClient client)
    {
        final Thread closer = new Thread(client::close, "heartwheel-close");
        closer.setDaemon(true);
        closer.start();
        try
        {
            TimeUnit.NANOSECONDS.timedJoin(closer, lingerNs);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
        printer.close();
    }

    private String identity()
    {
        final String fault = null == identity ? null : Identity.faultOf(identity);
        if (null != fault)
        {
            throw wrong("--identity: " + fault);
        }
        return identity;
    }

    /**
     * What is asked for by WebSocket, or null if no URI is given.
     */
    private WebSocketRequest request()
    {
        if (servers.stream().noneMatch((each) -> each.contains("://")))
        {
            if (!headers.isEmpty() || !subprotocols.isEmpty())
            {
                throw wrong("--header and --subprotocol are for WebSocket, whose URI is such as ws://HOST:PORT/PATH");
            }
            return null;
        }
        try
        {
            final WebSocketRequest request =
                new WebSocketRequest(servers.stream().map(URI::create).toArray(URI[]::new))
                .subprotocols(subprotocols.toArray(new String[0]));
            for (final String header : headers)
            {
                final int colon = header.indexOf(':');
                request.header(header.substring(0, Math.max(0, colon)), header.substring(colon + 1).strip());
            }
            if (isTls && !request.targets().stream().allMatch(WebSocketTarget::isSecure))
            {
                throw wrong("--tls is at odds with ws://, wss:// speaks TLS");
            }
            return request;
        }
        catch (final IllegalArgumentException ex)
        {
            throw wrong("HOST:PORT, or a URI of WebSocket expected: " + ex.getMessage());
        }
    }

    private HttpProxy proxy()
    {
        try
        {
            return HttpProxy.configured(proxy);
        }
        catch (final IllegalArgumentException ex)
        {
            throw wrong("--proxy: " + ex.getMessage());
        }
    }

    private ParameterException wrong(final String what)
    {
        return new ParameterException(spec.commandLine(), what);
    }

    private static SSLContext sslContext() throws IOException
    {
        try
        {
            return SSLContext.getDefault();
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
            throw wrong("HOST:PORT expected, " + ex.getMessage());
        }
    }

    /**
     * Send the lines of the input in order. A line waits while there is no connection.
     */
    private void sendLines(final int maxLength) throws IOException, InterruptedException
    {
        final InputLines lines = new InputLines(System.in, maxLength);
        byte[] line = lines.next();
        if (null == line && !isHeld)
        {
            final PrintWriter err = spec.commandLine().getErr();
            err.println(spec.qualifiedName() + ": the input is empty, and the link ends with it: --hold holds it");
        }
        for (; null != line && !isGivenUp; line = lines.next())
        {
            if (lines.isCut())
            {
                print("not sent: a line of more than " + maxLength + " bytes");
                hasLost = true;
                continue;
            }
            final ByteBuffer message = ByteBuffer.wrap(utf8(line));
            while (!isGivenUp && !isSent(message))
            {
                Thread.sleep(RETRY_SEND_MS);
            }
            hasSent = true;
        }
    }

    private static byte[] utf8(final byte[] typed)
    {
        final Charset charset = Heartwheel.charset(System.getProperty("native.encoding"));
        return StandardCharsets.UTF_8.equals(charset) ? typed :
            new String(typed, charset).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Wait until the last lines are sent, for as long as the peer takes some bytes. Lines that it does not take are
     * lost, which is reported when the connection ends.
     */
    private void awaitTaken() throws InterruptedException
    {
        int last = 0;
        long progressNs = System.nanoTime();
        while (true)
        {
            final Connection current = connection;
            final int unsent = null == current ? 0 : current.unsentBytes();
            if (0 == unsent)
            {
                return;
            }
            final long nowNs = System.nanoTime();
            if (last != unsent)
            {
                last = unsent;
                progressNs = nowNs;
            }
            else if (nowNs - progressNs > patienceNs)
            {
                return;
            }
            Thread.sleep(RETRY_SEND_MS);
        }
    }

    /**
     * Say BYE, and wait for the server to close its end: then it has read all that came before the BYE. If this end
     * closed first, bytes on their way would be lost as soon as the server sent anything.
     */
    private void leave(final Link link) throws InterruptedException
    {
        link.close();
        final long startNs = System.nanoTime();
        while (null != connection)
        {
            if (System.nanoTime() - startNs > (hasSent ? patienceNs : lingerNs))
            {
                if (hasSent)
                {
                    print("the server has not closed its end within " + Durations.text(patienceNs) +
                        ": what was sent last may be lost");
                    hasLost = true;
                }
                return;
            }
            Thread.sleep(RETRY_SEND_MS);
        }
    }

    private boolean isSent(final ByteBuffer message)
    {
        final Connection current = connection;
        try
        {
            return null != current &&
                SendResult.ACCEPTED == (isWebSocket ? current.sendText(message) : current.send(message));
        }
        catch (final IllegalArgumentException ex)
        {
            print("not sent: " + ex.getMessage());
            hasLost = true;
            return true;
        }
    }

    @Override
    public void onOpen(final Connection connection)
    {
        this.connection = connection;
        final String subprotocol = connection.link().subprotocol();
        print("open " + Configuration.addressText(connection.remoteAddress()) +
            (null == subprotocol ? "" : " with " + subprotocol));
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
        if (connection.unsentBytes() > 0)
        {
            print("lost " + connection.unsentBytes() + " bytes that had not left yet");
            hasLost = true;
        }
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
        // The main thread may be blocked in a read of standard input, which cannot be interrupted.
        new Thread(() -> Ending.exit(Heartwheel.FAILED), "heartwheel-exit").start();
    }

    private void print(final String line)
    {
        printer.line(line);
    }
}
