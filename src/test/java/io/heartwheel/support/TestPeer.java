package io.heartwheel.support;

import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One end of a connection, over a plain blocking socket, that does only what a test tells it to.
 */
public final class TestPeer implements AutoCloseable
{
    private static final int READ_TIMEOUT_MS = 5_000;

    private final Socket socket;
    private final DataInputStream in;

    /**
     * A frame as it was read.
     */
    public record Received(int type, int token, byte[] payload)
    {
        public String text()
        {
            return new String(payload, StandardCharsets.UTF_8);
        }

        public Hello hello()
        {
            final ByteBuffer buffer = ByteBuffer.wrap(payload);
            return new Hello(buffer.get(), buffer.get(), buffer.getShort() & 0xFFFF,
                buffer.getInt() & 0xFFFF_FFFFL, buffer.getInt() & 0xFFFF_FFFFL);
        }

        /** Reason code of a BYE. */
        public int byeReason()
        {
            return payload[0] & 0xFF;
        }

        /** Text of a BYE. */
        public String byeText()
        {
            return new String(payload, 1, payload.length - 1, StandardCharsets.UTF_8);
        }
    }

    public TestPeer(final InetSocketAddress server) throws IOException
    {
        this(server, 0);
    }

    /**
     * The other end of a client's connection.
     */
    public TestPeer(final Socket accepted) throws IOException
    {
        socket = accepted;
        socket.setSoTimeout(READ_TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    public TestPeer(final InetSocketAddress server, final int receiveBufferLength) throws IOException
    {
        socket = new Socket();
        if (receiveBufferLength > 0)
        {
            socket.setReceiveBufferSize(receiveBufferLength);
        }
        socket.setSoTimeout(READ_TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        socket.connect(server, READ_TIMEOUT_MS);
        in = new DataInputStream(socket.getInputStream());
    }

    public int localPort()
    {
        return socket.getLocalPort();
    }

    public TestPeer send(final int type, final int token, final byte... payload) throws IOException
    {
        final ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER_LENGTH + payload.length);
        Frame.putHeader(frame, type, token, payload.length);
        return sendRaw(frame.put(payload).array());
    }

    public TestPeer send(final Hello hello) throws IOException
    {
        final ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER_LENGTH + Hello.LENGTH);
        hello.putFrame(frame);
        return sendRaw(frame.array());
    }

    public TestPeer sendRaw(final byte... bytes) throws IOException
    {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /**
     * The next frame, or null at the end of the stream.
     */
    public Received read() throws IOException
    {
        final int type;
        try
        {
            type = in.readUnsignedByte();
        }
        catch (final EOFException ex)
        {
            return null;
        }
        final int token = in.readUnsignedByte();
        final byte[] payload = new byte[in.readUnsignedShort()];
        in.readFully(payload);
        return new Received(type, token, payload);
    }

    /**
     * The next frame of a type; others are passed over.
     */
    public Received read(final int type) throws IOException
    {
        Received received = read();
        while (null != received && type != received.type)
        {
            received = read();
        }
        return received;
    }

    /**
     * The next frame that is no PING.
     */
    public Received readAnswer() throws IOException
    {
        Received received = read();
        while (null != received && Frame.PING == received.type)
        {
            received = read();
        }
        return received;
    }

    /**
     * The next bytes as they are; fewer at the end of the stream.
     */
    public String readText(final int length) throws IOException
    {
        return new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    /**
     * Is the connection still there? Waits for what comes within a time.
     */
    public boolean isOpenFor(final int ms) throws IOException
    {
        socket.setSoTimeout(ms);
        try
        {
            return in.read() >= 0;
        }
        catch (final SocketTimeoutException ex)
        {
            return true;
        }
        catch (final IOException ex)
        {
            return false;
        }
        finally
        {
            socket.setSoTimeout(READ_TIMEOUT_MS);
        }
    }

    public void shutdownOutput() throws IOException
    {
        socket.shutdownOutput();
    }

    /**
     * End with RST.
     */
    public void reset() throws IOException
    {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException
    {
        socket.close();
    }
}
