package io.heartwheel.bench.netty;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Clients on one thread that say something each second, the next one a little later than the one before. Some of them
 * fall silent when they are told to, and stay connected. It notes when the server closes which.
 */
final class StallClients implements AutoCloseable
{
    private static final long PERIOD_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int ANSWER_LENGTH = 4_096;
    private static final byte[] BYTE = {1};
    /** A PONG of the client without payload, its mask zero. */
    private static final byte[] PONG = {(byte)0x8A, (byte)0x80, 0, 0, 0, 0};
    private static final byte[] UPGRADE = ("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n" +
        "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);

    private final Selector selector = Selector.open();
    private final ByteBuffer answer = ByteBuffer.allocate(ANSWER_LENGTH);
    private final ByteBuffer message;
    private final SocketChannel[] channels;
    private final long[] closedNs;
    private final int silent;
    private final long startNs;
    private boolean isSilenced;
    private long said;

    /**
     * Connect them all.
     *
     * @param silent how many of them, the first ones, will fall silent.
     */
    StallClients(final int port, final int count, final int silent, final boolean isWebSocket) throws IOException
    {
        this.silent = silent;
        channels = new SocketChannel[count];
        closedNs = new long[count];
        message = ByteBuffer.wrap(isWebSocket ? PONG : BYTE);
        startNs = System.nanoTime();
        final InetSocketAddress server = new InetSocketAddress("127.0.0.1", port);
        for (int i = 0; i < count; i++)
        {
            channels[i] = SocketChannel.open(server);
            if (isWebSocket)
            {
                channels[i].write(ByteBuffer.wrap(UPGRADE));
                awaitUpgrade(channels[i]);
            }
            else
            {
                channels[i].write(message.rewind());
            }
            channels[i].configureBlocking(false);
            channels[i].register(selector, SelectionKey.OP_READ, i);
            // The first ones would be idle before the last ones are connected.
            speak(System.nanoTime());
        }
    }

    private void awaitUpgrade(final SocketChannel channel) throws IOException
    {
        answer.clear();
        do
        {
            if (channel.read(answer) < 0)
            {
                throw new IOException("no upgrade: " + text());
            }
        }
        while (!text().endsWith("\r\n\r\n"));
        if (!text().startsWith("HTTP/1.1 101 "))
        {
            throw new IOException("no upgrade: " + text());
        }
    }

    private String text()
    {
        return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
    }

    void silence()
    {
        isSilenced = true;
    }

    /**
     * Speak for some time.
     */
    void run(final long ms) throws IOException
    {
        final long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        for (long nowNs = System.nanoTime(); nowNs - endNs < 0; nowNs = System.nanoTime())
        {
            speak(nowNs);
            selector.select((key) -> onReadable((int)key.attachment()), 10);
        }
    }

    private void speak(final long nowNs)
    {
        // A client a turn, by the time that has passed: each has one turn a second.
        final long due = (nowNs - startNs) / (PERIOD_NS / channels.length);
        for (; said < due; said++)
        {
            final int i = (int)(said % channels.length);
            if (null != channels[i] && 0 == closedNs[i] && !(isSilenced && i < silent))
            {
                try
                {
                    channels[i].write(message.rewind());
                }
                catch (final IOException ex)
                {
                    onClosed(i);
                }
            }
        }
    }

    private void onReadable(final int i)
    {
        try
        {
            if (channels[i].read(answer.clear()) < 0)
            {
                onClosed(i);
            }
        }
        catch (final IOException ex)
        {
            onClosed(i);
        }
    }

    private void onClosed(final int i)
    {
        if (0 == closedNs[i])
        {
            closedNs[i] = System.nanoTime();
            try
            {
                channels[i].close();
            }
            catch (final IOException ex)
            {
                // It is closed all the same.
            }
        }
    }

    int livingClosed()
    {
        return closed(silent, channels.length);
    }

    int silentClosed()
    {
        return closed(0, silent);
    }

    private int closed(final int from, final int to)
    {
        int count = 0;
        for (int i = from; i < to; i++)
        {
            count += 0 == closedNs[i] ? 0 : 1;
        }
        return count;
    }

    /**
     * When the last of the silent was closed.
     */
    long lastSilentNs(final long sinceNs)
    {
        long last = 0;
        for (int i = 0; i < silent; i++)
        {
            last = Math.max(last, 0 == closedNs[i] ? 0 : closedNs[i] - sinceNs);
        }
        return last;
    }

    @Override
    public void close() throws IOException
    {
        for (final SocketChannel channel : channels)
        {
            if (null != channel)
            {
                channel.close();
            }
        }
        selector.close();
    }
}
