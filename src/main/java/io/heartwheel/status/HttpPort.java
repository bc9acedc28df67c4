package io.heartwheel.status;

import org.agrona.CloseHelper;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.HttpProcessors;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnectionFactory;
import org.apache.hc.core5.http.impl.io.HttpService;
import org.apache.hc.core5.http.io.HttpServerConnection;
import org.apache.hc.core5.http.io.HttpServerRequestHandler;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.http.protocol.HttpProcessor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Listens for HTTP, and answers each connection on a thread of its own. A library parses HTTP. This class decides which
 * connections are accepted and which are closed. The JDK's own server lets a client that holds connections keep all
 * others out, and spins when there are no file descriptors. Here:
 * <ul>
 *   <li>If there are too many connections, the one that has kept us waiting longest is closed.
 *   <li>A request has to be whole, and its answer taken, within {@link #PATIENCE_NS}, however slowly the bytes come.
 *   <li>If there are no file descriptors, a few spare ones are used; after these, accepting pauses.
 * </ul>
 */
final class HttpPort implements AutoCloseable
{
    static final int CONNECTIONS_MAX = 32;
    /** Not a round number, so that a client that asks periodically does not ask just as its connection is closed. */
    static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(11);
    private static final int SPARES = 4;
    private static final int BACKLOG = 1_024;
    private static final int LOOK_ROUND_MS = 500;
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final HttpProcessor PROCESSOR = HttpProcessors.server("heartwheel");
    private static final Http1Config LIMITS =
        Http1Config.custom().setMaxLineLength(8_192).setMaxHeaderCount(50).setMaxEmptyLineCount(5).build();
    private static final DefaultBHttpServerConnectionFactory FACTORY =
        DefaultBHttpServerConnectionFactory.builder().http1Config(LIMITS).build();

    private final Function<ClassicHttpRequest, ClassicHttpResponse> answers;
    private final ServerSocketChannel listening = ServerSocketChannel.open();
    private final Selector selector = Selector.open();
    private final Set<Exchange> exchanges = new HashSet<>();
    /** Channels that only hold file descriptors. One is closed when there is no other descriptor to accept with. */
    private final ArrayDeque<SocketChannel> spares = new ArrayDeque<>();
    private final ExecutorService threads = Executors.newCachedThreadPool((task) ->
    {
        final Thread thread = new Thread(task, "heartwheel-http");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean isClosed;

    /**
     * Bind, and begin to answer requests.
     *
     * @param answers makes an answer; called by several threads at a time.
     * @throws IOException if the address cannot be bound.
     */
    HttpPort(final InetSocketAddress address, final Function<ClassicHttpRequest, ClassicHttpResponse> answers)
        throws IOException
    {
        this.answers = answers;
        try
        {
            listening.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            listening.bind(address, BACKLOG);
            listening.configureBlocking(false);
            listening.register(selector, SelectionKey.OP_ACCEPT);
            spare();
            threads.execute(this::accept);
        }
        catch (final IOException | RuntimeException | Error ex)
        {
            close();
            throw ex;
        }
    }

    InetSocketAddress address()
    {
        return (InetSocketAddress)listening.socket().getLocalSocketAddress();
    }

    @Override
    public synchronized void close()
    {
        isClosed = true;
        CloseHelper.quietClose(listening);
        CloseHelper.quietClose(selector);
        exchanges.forEach(Exchange::end);
        CloseHelper.quietCloseAll(spares);
        threads.shutdownNow();
    }

    private void accept()
    {
        boolean isFailing = false;
        while (!isClosed)
        {
            try
            {
                if (isFailing && !giveUpSpare())
                {
                    LockSupport.parkNanos(PAUSE_NS);
                    makeRoom();
                }
                isFailing = false;
                // Select before each accept: without a descriptor, accept fails even if no connection waits.
                if (selector.select(LOOK_ROUND_MS) > 0)
                {
                    selector.selectedKeys().clear();
                    final SocketChannel channel = listening.accept();
                    if (null != channel)
                    {
                        begin(channel.socket());
                    }
                }
                lookRound(System.nanoTime());
            }
            catch (final IOException | RuntimeException | Error ex)
            {
                // Go on: file descriptors, threads or memory may be available again later.
                isFailing = true;
            }
        }
    }

    private void begin(final Socket socket)
    {
        final Exchange exchange = new Exchange(socket);
        boolean isBegun = false;
        try
        {
            if (admit(exchange))
            {
                threads.execute(exchange);
                isBegun = true;
            }
        }
        finally
        {
            if (!isBegun)
            {
                remove(exchange);
            }
        }
    }

    private synchronized boolean admit(final Exchange exchange)
    {
        if (!isClosed && (exchanges.size() < CONNECTIONS_MAX || makeRoom()))
        {
            exchanges.add(exchange);
            return true;
        }
        return false;
    }

    private synchronized boolean makeRoom()
    {
        final Optional<Exchange> longest = exchanges.stream().filter((exchange) -> !exchange.isAnswering)
            .max(Comparator.comparingLong((exchange) -> System.nanoTime() - exchange.sinceNs));
        longest.ifPresent((exchange) ->
        {
            exchanges.remove(exchange);
            exchange.end();
        });
        return longest.isPresent();
    }

    synchronized void lookRound(final long nowNs)
    {
        exchanges.stream().filter((exchange) -> nowNs - exchange.sinceNs > PATIENCE_NS).forEach(Exchange::end);
        spare();
    }

    /** The released descriptor becomes a spare at once, before another thread can take it. */
    private synchronized void remove(final Exchange exchange)
    {
        exchanges.remove(exchange);
        exchange.end();
        spare();
    }

    private synchronized void spare()
    {
        try
        {
            while (!isClosed && spares.size() < SPARES)
            {
                spares.add(SocketChannel.open());
            }
        }
        catch (final IOException ex)
        {
            // No descriptor is available now.
        }
    }

    private synchronized boolean giveUpSpare()
    {
        final SocketChannel spare = spares.poll();
        CloseHelper.quietClose(spare);
        return null != spare;
    }

    private synchronized boolean isShort()
    {
        return spares.size() < SPARES;
    }

    /**
     * One connection, which handles its requests one after the other.
     */
    private final class Exchange implements Runnable, HttpServerRequestHandler
    {
        private final Socket socket;
        private long sinceNs = System.nanoTime();
        private boolean isAnswering;

        Exchange(final Socket socket)
        {
            this.socket = socket;
        }

        @Override
        public void run()
        {
            final HttpService service = new HttpService(PROCESSOR, this);
            try (HttpServerConnection connection = FACTORY.createConnection(socket))
            {
                while (connection.isOpen())
                {
                    turn(false);
                    service.handleRequest(connection, HttpCoreContext.create());
                }
            }
            catch (final IOException | HttpException | RuntimeException | Error ex)
            {
                // Only this connection ends.
            }
            finally
            {
                remove(this);
            }
        }

        @Override
        public void handle(final ClassicHttpRequest request, final ResponseTrigger trigger, final HttpContext context)
            throws HttpException, IOException
        {
            if (turn(true))
            {
                final ClassicHttpResponse response = answers.apply(request);
                // An unread body would be taken for the next request.
                if (null != request.getEntity() || isShort())
                {
                    response.setHeader(HttpHeaders.CONNECTION, "close");
                }
                turn(false);
                trigger.submitResponse(response);
            }
        }

        /**
         * Note whose turn it is, and since when: ours, to make an answer, or the client's.
         *
         * @return false if the connection was closed to make room.
         */
        private boolean turn(final boolean isOurs)
        {
            synchronized (HttpPort.this)
            {
                isAnswering = isOurs;
                sinceNs = System.nanoTime();
                return exchanges.contains(this);
            }
        }

        void end()
        {
            CloseHelper.quietClose(socket);
        }
    }
}
