package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.wire.Frame;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * A client that plays one part in a {@link Rehearsal}. It speaks once it has been greeted, answers some probes, and
 * goes in the way of its part. It closes by a reset, which leaves no port in TIME_WAIT; only the few that go by FIN do.
 */
final class RehearsalPeer implements AutoCloseable
{
    /** Parts, of which each eighth connection plays one. */
    static final int PARTS = 8;

    /** A message by which a peer asks the listener to close its connection. */
    static final byte GO = -1;

    private static final int GOES_BY_FIN = 0;
    private static final int GOES_BY_RESET = 1;
    private static final int GOES_BY_BYE = 2;
    private static final int IS_TOLD_TO_GO = 3;

    private static final int PROBES_ANSWERED = 3;
    private static final int TOKEN = 1;

    private final int part;
    private final SocketChannel channel;
    private boolean isGreeted;
    private int answered;

    RehearsalPeer(final InetSocketAddress server, final int part) throws IOException
    {
        this.part = part;
        channel = SocketChannel.open();
        try
        {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.configureBlocking(false);
            channel.connect(server);
        }
        catch (final IOException | RuntimeException ex)
        {
            channel.close();
            throw ex;
        }
    }

    /**
     * Read what the server said, and act on it.
     *
     * @param buffer to read to and write from.
     * @return false if the connection is closed.
     */
    boolean play(final ByteBuffer buffer)
    {
        try
        {
            if (!channel.isConnected() && !channel.finishConnect())
            {
                return true;
            }
            final int length = channel.read(buffer.clear());
            if (length < 0)
            {
                channel.close();
            }
            else if (length > 0)
            {
                hear(buffer.flip());
                if (buffer.hasRemaining())
                {
                    channel.write(buffer);
                }
            }
        }
        catch (final IOException ex)
        {
            // The server went first, which is a part too.
            close();
        }
        return channel.isOpen();
    }

    /**
     * Each frame comes whole: a few bytes at a time cross the loopback in one piece. The answers take the place of what
     * was read.
     */
    private void hear(final ByteBuffer buffer) throws IOException
    {
        int probes = 0;
        int token = 0;
        while (buffer.remaining() >= Frame.HEADER_LENGTH)
        {
            final int header = buffer.getInt();
            if (Frame.PING == header >>> 24)
            {
                probes++;
                token = header >> 16;
            }
            buffer.position(Math.min(buffer.limit(), buffer.position() + (header & Frame.MAX_PAYLOAD_LENGTH)));
        }
        buffer.clear();
        if (!isGreeted)
        {
            isGreeted = true;
            speak(buffer);
        }
        else if (probes > 0 && part <= IS_TOLD_TO_GO)
        {
            answer(buffer, token);
        }
        buffer.flip();
    }

    private void speak(final ByteBuffer out)
    {
        Frame.putHeader(out, Frame.PING, TOKEN, 0);
        Frame.putHeader(out, Frame.DATA, 0, 1);
        out.put((byte)part);
    }

    private void answer(final ByteBuffer out, final int token) throws IOException
    {
        if (++answered <= PROBES_ANSWERED)
        {
            Frame.putHeader(out, Frame.PONG, token, 0);
            return;
        }
        switch (part)
        {
            case GOES_BY_FIN -> channel.shutdownOutput();
            case GOES_BY_RESET -> channel.close();
            case GOES_BY_BYE ->
            {
                Frame.putHeader(out, Frame.BYE, 0, 1);
                out.put((byte)CloseReason.SHUTDOWN.code());
            }
            default ->
            {
                Frame.putHeader(out, Frame.DATA, 0, 1);
                out.put(GO);
            }
        }
    }

    @Override
    public void close()
    {
        try
        {
            channel.close();
        }
        catch (final IOException ex)
        {
            // Nothing is left of it all the same.
        }
    }
}
