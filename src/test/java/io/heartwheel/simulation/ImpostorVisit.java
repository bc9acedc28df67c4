package io.heartwheel.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * One connection of a client to an {@link Impostor}. Written without the classes that are tested.
 */
final class ImpostorVisit
{
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final String KEY_FIELD = "\r\nSec-WebSocket-Key: ";
    private static final int BINARY = 0x82;
    private static final int CLOSE = 0x88;
    private static final int PING = 0x89;
    private static final int PONG = 0x8A;
    private static final int GOING_AWAY = 1001;
    private static final int PROTOCOL_ERROR = 1002;
    /** So long, in turns, does an honest one stay, and then wait for an answer. */
    private static final int STAYS = 100;
    private static final int WAITS = 3_000;

    final Kind kind;
    private final Impostor impostor;
    private final SimulatedSocketChannel channel;
    private final ByteBuffer read = ByteBuffer.allocate(64 << 10);
    private final ByteQueue unsent = new ByteQueue();
    private boolean isAnswered;
    private boolean hasPonged;
    private int turns;
    private int saidCloseTurn;
    private int heardCloseTurn;

    /**
     * What it does.
     */
    enum Kind
    {
        HONEST(true),
        /** Answers with what proves that it read another key. */
        OTHER_KEY(false),
        /** Masks what it sends, as no server may. */
        MASKING(true),
        REFUSING(false);

        final boolean isRight;

        Kind(final boolean isRight)
        {
            this.isRight = isRight;
        }
    }

    ImpostorVisit(final Impostor impostor, final SimulatedSocketChannel channel, final Kind kind)
    {
        this.impostor = impostor;
        this.channel = channel;
        this.kind = kind;
    }

    /**
     * Take a turn.
     *
     * @return true if the connection is over.
     */
    boolean isOver()
    {
        ++turns;
        try
        {
            final boolean isEnd = channel.read(read) < 0;
            read.flip();
            handle();
            read.compact();
            flush();
            Simulation.require(!isEnd || 0 == heardCloseTurn || impostor.isExcused(), "the client closed first");
            if (isEnd || isDone())
            {
                close();
                return true;
            }
            return false;
        }
        catch (final IOException ex)
        {
            close();
            return true;
        }
    }

    private boolean isDone()
    {
        return heardCloseTurn > 0 && turns > heardCloseTurn + 2 || saidCloseTurn > 0 && turns > saidCloseTurn + WAITS;
    }

    private void handle()
    {
        if (!isAnswered)
        {
            final String request = StandardCharsets.US_ASCII.decode(read.duplicate()).toString();
            final int end = request.indexOf("\r\n\r\n");
            if (end >= 0)
            {
                read.position(read.position() + end + 4);
                answer(request);
            }
        }
        while (isAnswered && hasFrame())
        {
            onFrame();
        }
        if (isAnswered && Kind.HONEST == kind && turns == STAYS)
        {
            say(CLOSE, ByteBuffer.allocate(2).putShort((short)GOING_AWAY).array());
            saidCloseTurn = turns;
        }
    }

    private void answer(final String request)
    {
        isAnswered = true;
        turns = 1;
        Simulation.require(request.startsWith("GET / HTTP/1.1\r\n"), request);
        final int at = request.indexOf(KEY_FIELD) + KEY_FIELD.length();
        final String key = request.substring(at, request.indexOf("\r\n", at));
        Simulation.require(16 == Base64.getDecoder().decode(key).length, key);
        impostor.onKey(key);
        if (Kind.REFUSING == kind)
        {
            put("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n\r\n");
            return;
        }
        put("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
            acceptOf(Kind.OTHER_KEY == kind ? "dGhlIHNhbXBsZSBub25jZQ==" : key) + "\r\n\r\n");
        final byte[] text = Impostor.TEXT.getBytes(StandardCharsets.US_ASCII);
        if (Kind.MASKING == kind)
        {
            put(new byte[]{(byte)0x81, (byte)0x82, 1, 2, 3, 4, 'a' ^ 1, 'b' ^ 2});
            return;
        }
        put(new byte[]{0x01, 3, text[0], text[1], text[2]});
        say(PING, new byte[]{4, 2});
        say(0x80, java.util.Arrays.copyOfRange(text, 3, text.length));
    }

    private static String acceptOf(final String key)
    {
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

    private boolean hasFrame()
    {
        return read.remaining() >= 2 && read.remaining() >= headLength() + payloadLength();
    }

    private int headLength()
    {
        return 126 == (read.get(read.position() + 1) & 0x7F) ? 8 : 6;
    }

    private int payloadLength()
    {
        final int length = read.get(read.position() + 1) & 0x7F;
        return length < 126 ? length :
            read.remaining() < 4 ? Integer.MAX_VALUE >> 1 : read.getShort(read.position() + 2) & 0xFFFF;
    }

    private void onFrame()
    {
        Simulation.require(read.get(read.position() + 1) < 0, "a frame of the client has no mask");
        final int first = read.get(read.position()) & 0xFF;
        final int head = headLength();
        final byte[] payload = new byte[payloadLength()];
        read.position(read.position() + head);
        final int key = read.position() - 4;
        for (int i = 0; i < payload.length; i++)
        {
            payload[i] = (byte)(read.get() ^ read.get(key + i % 4));
        }
        switch (first)
        {
            case PING -> say(PONG, payload);
            case PONG ->
            {
                Simulation.require(2 == payload.length && 4 == payload[0] && 2 == payload[1], "another PONG");
                hasPonged = true;
            }
            case BINARY -> Simulation.require(Messages.isPayload(ByteBuffer.wrap(payload), 1), "message arrived wrong");
            case CLOSE -> onClose(ByteBuffer.wrap(payload).getShort());
            default -> Simulation.require(false, "a frame of the client that begins with " + first);
        }
    }

    private void onClose(final int code)
    {
        final int expected = Kind.MASKING == kind ? PROTOCOL_ERROR : GOING_AWAY;
        Simulation.require(expected == code || impostor.isExcused(), kind + " is told " + code);
        Simulation.require(Kind.MASKING == kind || hasPonged || impostor.isExcused(), "a PING was not answered");
        heardCloseTurn = turns;
    }

    private void say(final int first, final byte[] payload)
    {
        put(new byte[]{(byte)first, (byte)payload.length});
        put(payload);
    }

    private void put(final String text)
    {
        put(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void put(final byte[] bytes)
    {
        unsent.put(ByteBuffer.wrap(bytes), bytes.length);
    }

    private void flush() throws IOException
    {
        if (unsent.length() > 0)
        {
            final ByteBuffer some = ByteBuffer.allocate(unsent.length());
            unsent.take(some);
            channel.write(some.flip());
            unsent.put(some, some.remaining());
        }
    }

    void close()
    {
        try
        {
            channel.close();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
