package io.heartwheel;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A client of WebSocket over a plain blocking socket, that does only what a test tells it to. Written without the
 * classes that are tested.
 */
final class WebSocketPeer implements AutoCloseable
{
    static final int TEXT = 0x81;
    static final int BINARY = 0x82;
    static final int CLOSE = 0x88;
    static final int PING = 0x89;
    static final int PONG = 0x8A;

    /** From RFC 6455, section 1.3. */
    static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private static final int READ_TIMEOUT_MS = 5_000;
    private static final int MASK_KEY = 0x37FA213D;

    private final Socket socket = new Socket();
    private final DataInputStream in;

    /**
     * A frame as it was read.
     */
    record Received(int first, byte[] payload)
    {
        String text()
        {
            return new String(payload, StandardCharsets.UTF_8);
        }

        /** Code of a CLOSE; -1 if there is none. */
        int code()
        {
            return payload.length < 2 ? -1 : ByteBuffer.wrap(payload).getShort() & 0xFFFF;
        }

        String closeText()
        {
            return new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
        }
    }

    WebSocketPeer(final InetSocketAddress server) throws IOException
    {
        this(server, "127.0.0.1");
    }

    WebSocketPeer(final InetSocketAddress server, final String from) throws IOException
    {
        socket.bind(new InetSocketAddress(from, 0));
        socket.setSoTimeout(READ_TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        socket.connect(server, READ_TIMEOUT_MS);
        in = new DataInputStream(socket.getInputStream());
    }

    /**
     * A right request, with more fields.
     */
    static String request(final String target, final String... fields)
    {
        return "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:7400\r\nUpgrade: websocket\r\n" +
            "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Key: " + KEY + "\r\nSec-WebSocket-Version: 13\r\n" +
            String.join("", java.util.Arrays.stream(fields).map((each) -> each + "\r\n").toList()) + "\r\n";
    }

    WebSocketPeer raw(final String text) throws IOException
    {
        return raw(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    WebSocketPeer raw(final byte... bytes) throws IOException
    {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /**
     * A frame with a mask.
     */
    WebSocketPeer send(final int first, final byte... payload) throws IOException
    {
        return raw(frame(first, payload));
    }

    static byte[] frame(final int first, final byte... payload)
    {
        final ByteBuffer frame = ByteBuffer.allocate(payload.length + 8).put((byte)first);
        if (payload.length < 126)
        {
            frame.put((byte)(0x80 | payload.length));
        }
        else
        {
            frame.put((byte)0xFE).putShort((short)payload.length);
        }
        frame.putInt(MASK_KEY);
        for (int i = 0; i < payload.length; i++)
        {
            frame.put((byte)(payload[i] ^ MASK_KEY >>> 24 - i % 4 * 8));
        }
        final byte[] bytes = new byte[frame.flip().remaining()];
        frame.get(bytes);
        return bytes;
    }

    WebSocketPeer sendText(final String text) throws IOException
    {
        return send(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    WebSocketPeer sendClose(final int code) throws IOException
    {
        return send(CLOSE, (byte)(code >> 8), (byte)code);
    }

    /**
     * The head of an answer: its lines up to the empty one, each with its CRLF.
     */
    String readHead() throws IOException
    {
        final StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0)
        {
            head.append((char)in.readUnsignedByte());
        }
        return head.toString();
    }

    /**
     * All that comes until the connection ends.
     */
    String readAll() throws IOException
    {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /**
     * The next frame, or null at the end of the stream.
     */
    Received read() throws IOException
    {
        final int first;
        try
        {
            first = in.readUnsignedByte();
        }
        catch (final EOFException ex)
        {
            return null;
        }
        final int second = in.readUnsignedByte();
        if (second > 126)
        {
            throw new IOException("second byte " + second + " of a server's frame");
        }
        final byte[] payload = new byte[126 == second ? in.readUnsignedShort() : second];
        in.readFully(payload);
        return new Received(first, payload);
    }

    /**
     * Answer PINGs for a time.
     *
     * @param speakMs time between two PONGs that nobody asked for, or 0 for none.
     * @return false if the connection ends before.
     */
    boolean staysFor(final long ms, final long speakMs) throws IOException
    {
        final long startNs = System.nanoTime();
        long spokenNs = startNs;
        socket.setSoTimeout(20);
        while (System.nanoTime() - startNs < ms * 1_000_000)
        {
            try
            {
                final Received received = read();
                if (null == received || CLOSE == received.first())
                {
                    return false;
                }
                if (PING == received.first())
                {
                    send(PONG, received.payload());
                }
            }
            catch (final SocketTimeoutException ex)
            {
                if (speakMs > 0 && System.nanoTime() - spokenNs > speakMs * 1_000_000)
                {
                    spokenNs = System.nanoTime();
                    send(PONG);
                }
            }
        }
        socket.setSoTimeout(READ_TIMEOUT_MS);
        return true;
    }

    /** End this end of the connection. */
    void end() throws IOException
    {
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException
    {
        socket.close();
    }
}
