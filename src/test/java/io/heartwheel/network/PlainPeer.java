package io.heartwheel.network;

import io.heartwheel.wire.Frame;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The other end, which uses nothing of Heartwheel but its frames. It answers PING with PONG until it is told to
 * misbehave. {@code listen PORT} or {@code connect HOST PORT}.
 */
final class PlainPeer
{
    static final String NAME = PlainPeer.class.getName();

    private static final int RECEIVE_BUFFER_LENGTH = 64 * 1024;
    private static final int DRIBBLE_LENGTH = 10_000;

    private volatile Socket socket;
    private volatile boolean isDeaf;
    private volatile boolean isMute;

    private PlainPeer()
    {
    }

    public static void main(final String[] args) throws IOException
    {
        new Thread(Watched::endInTime).start();
        final PlainPeer peer = new PlainPeer();
        if ("listen".equals(args[0]))
        {
            final ServerSocket listener = new ServerSocket();
            listener.setReceiveBufferSize(RECEIVE_BUFFER_LENGTH);
            listener.bind(new InetSocketAddress(Integer.parseInt(args[1])));
            new Thread(() -> peer.accept(listener)).start();
        }
        else
        {
            final Socket socket = new Socket();
            socket.setReceiveBufferSize(RECEIVE_BUFFER_LENGTH);
            socket.connect(new InetSocketAddress(args[1], Integer.parseInt(args[2])));
            peer.serve(socket);
        }
        Watched.print("ready");
        final Scanner in = new Scanner(System.in, StandardCharsets.UTF_8);
        while (in.hasNextLine())
        {
            peer.obey(in.nextLine());
            Watched.print("done");
        }
        Runtime.getRuntime().halt(0);
    }

    private void accept(final ServerSocket listener)
    {
        try
        {
            while (true)
            {
                serve(listener.accept());
            }
        }
        catch (final IOException ex)
        {
            Watched.print("accept: " + ex);
        }
    }

    private void serve(final Socket next) throws IOException
    {
        next.setTcpNoDelay(true);
        socket = next;
        isDeaf = false;
        isMute = false;
        new Thread(() -> read(next)).start();
        Watched.print("connected");
    }

    private void read(final Socket from)
    {
        try
        {
            final DataInputStream in = new DataInputStream(from.getInputStream());
            while (true)
            {
                if (isDeaf && socket == from)
                {
                    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
                    continue;
                }
                final int header = in.readInt();
                in.readNBytes(header & 0xFFFF);
                if (Frame.PING == header >>> 24 && !isMute)
                {
                    send(from, ByteBuffer.allocate(4).putInt(Frame.PONG << 24 | header & 0xFF_0000).array());
                }
            }
        }
        catch (final IOException ex)
        {
            Watched.print("read: " + ex);
        }
    }

    private synchronized void send(final Socket to, final byte... bytes) throws IOException
    {
        to.getOutputStream().write(bytes);
    }

    private void send(final int type, final byte... payload) throws IOException
    {
        send(socket, ByteBuffer.allocate(4 + payload.length)
            .putInt(type << 24 | payload.length).put(payload).array());
    }

    private void obey(final String command) throws IOException
    {
        switch (command)
        {
            case "fin" -> socket.close();
            case "half-close" -> socket.shutdownOutput();
            case "reset" ->
            {
                socket.setSoLinger(true, 0);
                socket.close();
            }
            case "stop reading" -> isDeaf = true;
            case "talk" -> each(300, ByteBuffer.allocate(4).putInt(Frame.PING << 24).array());
            case "dribble" ->
            {
                isMute = true;
                send(socket, ByteBuffer.allocate(4).putInt(Frame.DATA << 24 | DRIBBLE_LENGTH).array());
                each(1000, (byte)0);
            }
            default -> send(Frame.DATA, command.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void each(final long intervalMs, final byte... bytes)
    {
        final Socket to = socket;
        new Thread(() ->
        {
            try
            {
                while (true)
                {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(intervalMs));
                    send(to, bytes);
                }
            }
            catch (final IOException ex)
            {
                Watched.print("write: " + ex);
            }
        }).start();
    }
}
