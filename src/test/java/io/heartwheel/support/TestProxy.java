package io.heartwheel.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A proxy of HTTP that knows CONNECT alone, over plain blocking sockets. Whatever name it is asked for, it connects to
 * one server: nobody else knows the names.
 */
public final class TestProxy implements AutoCloseable
{
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<String> requests = new ArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();
    private final InetSocketAddress server;
    private final Function<String, String> answers;

    /**
     * @param server  that all tunnels lead to.
     * @param answers given the head of a request, what is answered: a tunnel is made if it begins a success; null says
     *                nothing.
     */
    public TestProxy(final InetSocketAddress server, final Function<String, String> answers) throws IOException
    {
        this.server = server;
        this.answers = answers;
        start(this::accept);
    }

    private static void start(final Runnable task)
    {
        final Thread thread = new Thread(task, "test-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    public InetSocketAddress address()
    {
        return new InetSocketAddress("127.0.0.1", listener.getLocalPort());
    }

    public synchronized List<String> requests()
    {
        return List.copyOf(requests);
    }

    private synchronized Socket keep(final Socket socket)
    {
        sockets.add(socket);
        return socket;
    }

    private void accept()
    {
        while (!listener.isClosed())
        {
            try
            {
                final Socket client = keep(listener.accept());
                start(() -> serve(client));
            }
            catch (final IOException ex)
            {
                return;
            }
        }
    }

    private void serve(final Socket client)
    {
        try
        {
            client.setTcpNoDelay(true);
            final StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0)
            {
                head.append((char)client.getInputStream().read());
            }
            synchronized (this)
            {
                requests.add(head.toString());
            }
            final String answer = answers.apply(head.toString());
            if (null == answer)
            {
                return;
            }
            if (!answer.matches("(?s)HTTP/1\\.[01] 2.*"))
            {
                client.getOutputStream().write(answer.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
                client.close();
                return;
            }
            final Socket to = keep(new Socket(server.getAddress(), server.getPort()));
            to.setTcpNoDelay(true);
            client.getOutputStream().write(answer.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            start(() -> pump(client, to));
            pump(to, client);
        }
        catch (final IOException ex)
        {
            closeQuietly(client);
        }
    }

    private static void pump(final Socket from, final Socket to)
    {
        final byte[] buffer = new byte[8_192];
        try
        {
            final InputStream in = from.getInputStream();
            final OutputStream out = to.getOutputStream();
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer))
            {
                out.write(buffer, 0, length);
            }
            to.shutdownOutput();
        }
        catch (final IOException ex)
        {
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private static void closeQuietly(final Socket socket)
    {
        try
        {
            socket.close();
        }
        catch (final IOException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    @Override
    public synchronized void close() throws IOException
    {
        listener.close();
        sockets.forEach(TestProxy::closeQuietly);
    }
}
