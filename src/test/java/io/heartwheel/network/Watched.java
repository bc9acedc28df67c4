package io.heartwheel.network;

import io.heartwheel.ClientContext;
import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.HeartbeatClient;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.Link;
import io.heartwheel.LinkListener;
import io.heartwheel.SendResult;
import io.heartwheel.ServerContext;
import io.heartwheel.config.Configuration;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A server or a client of Heartwheel that prints each event at once, with the time in nanoseconds:
 * {@code serve} or {@code connect HOST:PORT}. Standard input: {@code send TEXT}, or {@code flood}: send without end.
 */
final class Watched implements LinkListener
{
    static final String NAME = Watched.class.getName();

    private static final int LIFE_MINUTES = 5;
    private static final int FLOOD_LENGTH = 8 * 1024;

    private volatile Connection connection;

    private Watched()
    {
    }

    public static void main(final String[] args)
    {
        new Thread(Watched::endInTime).start();
        final Watched watched = new Watched();
        if ("serve".equals(args[0]))
        {
            HeartbeatServer.launch(new ServerContext().listener(watched));
        }
        else
        {
            HeartbeatClient.launch(new ClientContext().listener(watched))
                .connect(Configuration.parseAddress(args[1]));
        }
        print("ready");
        final Scanner in = new Scanner(System.in, StandardCharsets.UTF_8);
        while (in.hasNextLine())
        {
            final String line = in.nextLine();
            if ("flood".equals(line))
            {
                new Thread(watched::flood).start();
            }
            else
            {
                watched.send(line.substring("send ".length()));
            }
        }
        Runtime.getRuntime().halt(0);
    }

    /** The process that started this one may have ended abruptly. */
    static void endInTime()
    {
        try
        {
            new CountDownLatch(1).await(LIFE_MINUTES, TimeUnit.MINUTES);
        }
        catch (final InterruptedException ex)
        {
            print("interrupted");
        }
        Runtime.getRuntime().halt(1);
    }

    static synchronized void print(final String event)
    {
        System.out.println(event);
        System.out.flush();
    }

    private void send(final String text)
    {
        final Connection to = connection;
        print("send " + (null == to ? SendResult.CLOSED : to.send(bytes(text))) + " " + text);
    }

    private void flood()
    {
        final ByteBuffer message = bytes("x".repeat(FLOOD_LENGTH));
        SendResult result = connection.send(message);
        while (SendResult.CLOSED != result)
        {
            if (SendResult.BACK_PRESSURED == result)
            {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            result = connection.send(message);
        }
    }

    private static ByteBuffer bytes(final String text)
    {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void onOpen(final Connection connection)
    {
        this.connection = connection;
        print("open " + System.nanoTime());
    }

    @Override
    public void onMessage(final Connection connection, final ByteBuffer payload)
    {
        print("message " + System.nanoTime() + " " + StandardCharsets.UTF_8.decode(payload));
    }

    @Override
    public void onClosed(final Connection connection, final CloseReason reason)
    {
        print("closed " + System.nanoTime() + " " + reason + " " + (connection.nowNs() - connection.lastHeardNs()) +
            " " + connection.closeDetail());
    }

    @Override
    public void onReconnecting(final Link link, final int attempt, final long delayNs)
    {
        print("reconnecting " + System.nanoTime() + " " + attempt + " " + delayNs + " " + link.failure());
    }
}
