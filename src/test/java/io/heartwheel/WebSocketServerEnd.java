package io.heartwheel;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The server's end of a WebSocket over a plain blocking socket, that does only what a test tells it to. Written without
 * the classes that are tested.
 */
final class WebSocketServerEnd implements AutoCloseable
{
    private static final int READ_TIMEOUT_MS = 5_000;
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    final List<Integer> masks = new ArrayList<>();
    private final Socket socket;
    private final DataInputStream in;
    private String request;

    WebSocketServerEnd(final Socket accepted) throws IOException
    {
        socket = accepted;
        socket.setSoTimeout(READ_TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    /**
     * Read the request: its lines up to the empty one, each with its CRLF.
     */
    String readRequest() throws IOException
    {
        final StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0)
        {
            head.append((char)in.readUnsignedByte());
        }
        request = head.toString();
        return request;
    }

    /**
     * The value of a field of the request, or null.
     */
    String field(final String name)
    {
        final String begin = "\r\n" + name + ": ";
        final int at = request.indexOf(begin);
        return at < 0 ? null : request.substring(at + begin.length(), request.indexOf("\r\n", at + 2));
    }

    /**
     * What lets the client in.
     *
     * @param fields that the answer has besides.
     */
    String answer(final String... fields) throws IOException
    {
        readRequest();
        return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            "Sec-WebSocket-Accept: " + acceptOf(field("Sec-WebSocket-Key")) + "\r\n" +
            String.join("", List.of(fields).stream().map((each) -> each + "\r\n").toList()) + "\r\n";
    }

    static String acceptOf(final String key)
    {
        assertEquals(16, Base64.getDecoder().decode(key).length);
        try
        {
            return Base64.getEncoder().encodeToString(
                MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII)));
        }
        catch (final NoSuchAlgorithmException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    WebSocketServerEnd raw(final String text) throws IOException
    {
        return raw(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    WebSocketServerEnd raw(final byte... bytes) throws IOException
    {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /**
     * A frame without a mask.
     */
    static byte[] frame(final int first, final byte... payload)
    {
        final ByteBuffer frame = ByteBuffer.allocate(payload.length + 4).put((byte)first);
        if (payload.length < 126)
        {
            frame.put((byte)payload.length);
        }
        else
        {
            frame.put((byte)126).putShort((short)payload.length);
        }
        final byte[] bytes = new byte[frame.put(payload).flip().remaining()];
        frame.get(bytes);
        return bytes;
    }

    WebSocketServerEnd send(final int first, final byte... payload) throws IOException
    {
        return raw(frame(first, payload));
    }

    WebSocketServerEnd sendText(final String text) throws IOException
    {
        return send(WebSocketPeer.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    WebSocketServerEnd sendClose(final int code, final String text) throws IOException
    {
        final byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return send(WebSocketPeer.CLOSE,
            ByteBuffer.allocate(2 + utf8.length).putShort((short)code).put(utf8).array());
    }

    /**
     * The next frame, which has to have a mask, or null at the end of the stream.
     */
    WebSocketPeer.Received read() throws IOException
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
        assertTrue(second >= 0x80, "frame without a mask");
        final byte[] payload = new byte[0xFE == second ? in.readUnsignedShort() : second & 0x7F];
        final int mask = in.readInt();
        masks.add(mask);
        in.readFully(payload);
        for (int i = 0; i < payload.length; i++)
        {
            payload[i] ^= (byte)(mask >>> 24 - i % 4 * 8);
        }
        return new WebSocketPeer.Received(first, payload);
    }

    /** Nothing more comes for a while, not even the end of the stream. */
    boolean isQuietFor(final int ms) throws IOException
    {
        socket.setSoTimeout(ms);
        try
        {
            in.readUnsignedByte();
            return false;
        }
        catch (final EOFException ex)
        {
            return false;
        }
        catch (final java.net.SocketTimeoutException ex)
        {
            return true;
        }
        finally
        {
            socket.setSoTimeout(READ_TIMEOUT_MS);
        }
    }

    @Override
    public void close() throws IOException
    {
        socket.close();
    }
}
