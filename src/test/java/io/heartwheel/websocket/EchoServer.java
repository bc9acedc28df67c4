package io.heartwheel.websocket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server that sends each message back, one thread for each connection.
 */
final class EchoServer implements AutoCloseable
{
    /** The suite sends messages of 16 MiB. */
    private static final int MAX_MESSAGE_LENGTH = 1 << 25;
    private static final int READ_LENGTH = 1 << 16;
    private static final int LINGER_MS = 1_000;

    private final ServerSocket listening;
    private final ExecutorService threads = Executors.newCachedThreadPool((task) ->
    {
        final Thread thread = new Thread(task, "echo");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param port to listen on, 0 for any.
     */
    EchoServer(final int port) throws IOException
    {
        listening = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    int port()
    {
        return listening.getLocalPort();
    }

    @Override
    public void close() throws IOException
    {
        listening.close();
        threads.shutdownNow();
    }

    private void accept()
    {
        try
        {
            while (true)
            {
                final Socket socket = listening.accept();
                threads.execute(() -> serve(socket));
            }
        }
        catch (final IOException ex)
        {
            // It is closed.
        }
    }

    private static void serve(final Socket socket)
    {
        try (socket)
        {
            final byte[] bytes = new byte[READ_LENGTH];
            final ByteBuffer opening = open(socket, bytes);
            if (null != opening)
            {
                echo(socket, bytes, opening);
            }
            // FIN first: a reset could take the last bytes from the client.
            socket.shutdownOutput();
            socket.setSoTimeout(LINGER_MS);
            while (socket.getInputStream().read(bytes) > 0)
            {
                continue;
            }
        }
        catch (final SocketTimeoutException ex)
        {
            // The client does not close.
        }
        catch (final IOException ex)
        {
            // The client is gone.
        }
    }

    /**
     * @return the bytes behind the request; null if it was refused.
     */
    private static ByteBuffer open(final Socket socket, final byte[] bytes) throws IOException
    {
        final HttpHead head = HttpHead.ofRequest();
        try
        {
            ByteBuffer in;
            do
            {
                final int length = socket.getInputStream().read(bytes);
                if (length < 0)
                {
                    return null;
                }
                in = ByteBuffer.wrap(bytes, 0, length);
            }
            while (!head.read(in));
            final OpeningRequest request = OpeningRequest.of(head);
            OriginRule.of(OriginRule.SAME_HOST, true).check(request, false);
            socket.getOutputStream().write(OpeningAnswer.accept(request, null));
            return in;
        }
        catch (final OpeningException ex)
        {
            socket.getOutputStream().write(OpeningAnswer.refuse(ex.status(), ex.getMessage()));
            return null;
        }
    }

    private static void echo(final Socket socket, final byte[] bytes, final ByteBuffer first) throws IOException
    {
        final WebSocketDecoder decoder = WebSocketDecoder.ofServer(MAX_MESSAGE_LENGTH, true);
        final Echo echo = new Echo();
        HalfMessage half = decoder.decode(null, first, echo);
        while (true)
        {
            socket.getOutputStream().write(echo.out.array(), 0, echo.out.position());
            echo.out.clear();
            final int length = HalfMessage.CLOSED == half ? -1 : socket.getInputStream().read(bytes);
            if (length < 0)
            {
                return;
            }
            half = decoder.decode(half, ByteBuffer.wrap(bytes, 0, length), echo);
        }
    }

    /**
     * Gathers the answers to what one read has brought.
     */
    private static final class Echo implements WebSocketHandler
    {
        private ByteBuffer out = ByteBuffer.allocate(READ_LENGTH);

        @Override
        public boolean onText(final ByteBuffer payload)
        {
            return put(WebSocketFrame.TEXT, payload);
        }

        @Override
        public boolean onBinary(final ByteBuffer payload)
        {
            return put(WebSocketFrame.BINARY, payload);
        }

        @Override
        public boolean onPing(final ByteBuffer payload)
        {
            return put(WebSocketFrame.PONG, payload);
        }

        @Override
        public boolean onPong(final ByteBuffer payload)
        {
            return true;
        }

        @Override
        public boolean onFragment(final int messageLength)
        {
            return true;
        }

        @Override
        public void onClose(final int code, final String text)
        {
            WebSocketFrame.putClose(room(WebSocketFrame.MAX_CONTROL_FRAME_LENGTH), code, "");
        }

        @Override
        public void onProtocolError(final int code, final String what)
        {
            WebSocketFrame.putClose(room(WebSocketFrame.MAX_CONTROL_FRAME_LENGTH), code, what);
        }

        private boolean put(final int opcode, final ByteBuffer payload)
        {
            final int length = payload.remaining();
            WebSocketFrame.put(room(WebSocketFrame.headerLength(length, false) + length), opcode, payload);
            return true;
        }

        private ByteBuffer room(final int length)
        {
            if (out.remaining() < length)
            {
                out = ByteBuffer.allocate(Math.max(out.capacity() << 1, out.position() + length)).put(out.flip());
            }
            return out;
        }
    }
}
