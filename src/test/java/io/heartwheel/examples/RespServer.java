package io.heartwheel.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Speaks as much of the Redis protocol as a client needs to connect: PING is answered by PONG, all else by OK.
 */
final class RespServer implements AutoCloseable
{
    final AtomicInteger pings = new AtomicInteger();
    final AtomicInteger connections = new AtomicInteger();
    /** It takes what it is sent, and says nothing. */
    volatile boolean isMute;
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final BlockingQueue<Socket> ended = new LinkedBlockingQueue<>();

    RespServer() throws IOException
    {
        start(this::accept);
    }

    InetSocketAddress address()
    {
        return (InetSocketAddress)listener.getLocalSocketAddress();
    }

    Socket awaitEnd() throws InterruptedException
    {
        return ended.poll(10, TimeUnit.SECONDS);
    }

    private static void start(final Runnable task)
    {
        final Thread thread = new Thread(task, "resp");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept()
    {
        try
        {
            while (true)
            {
                final Socket socket = listener.accept();
                connections.incrementAndGet();
                start(() -> serve(socket));
            }
        }
        catch (final IOException ex)
        {
            // The listener was closed.
            return;
        }
    }

    private void serve(final Socket socket)
    {
        try (socket; BufferedReader in =
            new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)))
        {
            String line = in.readLine();
            while (null != line)
            {
                final boolean isPing = isPing(in, Integer.parseInt(line.substring(1)));
                if (!isMute)
                {
                    socket.getOutputStream().write(
                        (isPing ? "+PONG\r\n" : "+OK\r\n").getBytes(StandardCharsets.US_ASCII));
                }
                line = in.readLine();
            }
        }
        catch (final IOException ex)
        {
            // A reset is an end as well.
            ended.add(socket);
            return;
        }
        ended.add(socket);
    }

    /**
     * @return true for a PING.
     */
    private boolean isPing(final BufferedReader in, final int words) throws IOException
    {
        String command = "";
        for (int i = 0; i < words; i++)
        {
            in.readLine();
            final String word = in.readLine();
            command = 0 == i ? word : command;
        }
        if ("PING".equals(command))
        {
            pings.incrementAndGet();
            return true;
        }
        return false;
    }

    @Override
    public void close() throws IOException
    {
        listener.close();
    }
}
