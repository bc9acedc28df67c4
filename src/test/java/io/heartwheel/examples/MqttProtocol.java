package io.heartwheel.examples;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.Protocol;
import io.heartwheel.liveness.Cadence;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * MQTT 3.1.1 at quality of service 0. The listener is given what follows the header of each PUBLISH, and sends the
 * same. MQTT has no question for clients: each tells in CONNECT how often it speaks, and is held to that. If there is a
 * credential check, it is given what follows the header of CONNECT, and its verdict is the answer to that.
 */
final class MqttProtocol implements Protocol
{
    private static final int CONNECT = 1;
    private static final int PUBLISH = 3;
    private static final int SUBSCRIBE = 8;
    private static final int PINGREQ = 12;
    private static final int DISCONNECT = 14;
    private static final int LENGTH_MAX = 16 << 10;
    private static final byte[] CONNACK = {0x20, 2, 0, 0};
    private static final byte[] NOT_AUTHORISED = {0x20, 2, 0, 5};
    private static final byte[] PINGRESP = {(byte)0xD0, 0};

    @Override
    public String name()
    {
        return "mqtt";
    }

    @Override
    public Object decode(final Connection connection, final Object isConnected, final ByteBuffer in, final Messages out)
    {
        final int begin = in.position();
        int at = begin + 1;
        int length = 0;
        for (int shift = 0, more = 1; more != 0; shift += 7)
        {
            if (at >= in.limit())
            {
                return isConnected;
            }
            more = in.get(at) & 0x80;
            length |= (in.get(at++) & 0x7F) << shift;
            if (length > LENGTH_MAX || shift > 21)
            {
                out.refuse(CloseReason.PROTOCOL_ERROR, "packet of more than " + LENGTH_MAX + " bytes");
                return null;
            }
        }
        if (in.limit() - at < length)
        {
            return isConnected;
        }
        in.position(at + length);
        final int type = in.get(begin) >> 4 & 0xF;
        if (null == isConnected != (CONNECT == type))
        {
            out.refuse(CloseReason.PROTOCOL_ERROR, "packet of type " + type + (null == isConnected ? " first" : ""));
            return null;
        }
        switch (type)
        {
            case CONNECT -> onConnect(connection, in, at, length, out);
            case PUBLISH -> out.message(at, at + length);
            case SUBSCRIBE -> out.write(suback(in, at, at + length));
            case PINGREQ -> out.reply(ByteBuffer.wrap(PINGRESP));
            case DISCONNECT -> out.left("");
            default -> out.refuse(CloseReason.PROTOCOL_ERROR, "packet of type " + type);
        }
        return Boolean.TRUE;
    }

    private static void onConnect(
        final Connection connection, final ByteBuffer in, final int at, final int length, final Messages out)
    {
        if (length < 12 || 4 != in.get(at + 6))
        {
            out.refuse(CloseReason.PROTOCOL_ERROR, "CONNECT of another version than 3.1.1");
            return;
        }
        // A client is gone after one and a half times its keep alive [MQTT-3.1.2-24].
        final long idleNs = TimeUnit.SECONDS.toNanos(in.getShort(at + 8) & 0xFFFF) * 3 / 2;
        final Cadence inForce = out.cadence(0 == idleNs ? Cadence.OFF : Cadence.passive(idleNs));
        if (inForce.detectionNs() < idleNs)
        {
            out.refuse(CloseReason.REFUSED, "its keep alive is longer than heartwheel.idle.max allows");
            return;
        }
        if (connection.isOpen())
        {
            out.write(ByteBuffer.wrap(CONNACK));
        }
        else
        {
            out.message(at, at + length);
        }
    }

    @Override
    public void welcome(final Connection connection, final ByteBuffer out)
    {
        out.put(CONNACK);
    }

    @Override
    public void goodbye(final Connection connection, final CloseReason reason, final ByteBuffer out)
    {
        if (CloseReason.REFUSED == reason)
        {
            out.put(NOT_AUTHORISED);
        }
    }

    /**
     * The user and the password of a CONNECT, as far as it has them.
     */
    static List<String> credentials(final ByteBuffer connect)
    {
        final int flags = connect.get(connect.position() + 7);
        connect.position(connect.position() + 10);
        final List<String> texts = new ArrayList<>();
        // The name of the client, and what it leaves behind, come before.
        final int before = 0 == (flags & 0x04) ? 1 : 3;
        for (int i = before + Integer.bitCount(flags & 0xC0); i > 0; i--)
        {
            final byte[] text = new byte[connect.getShort() & 0xFFFF];
            connect.get(text);
            texts.add(new String(text, StandardCharsets.UTF_8));
        }
        return texts.subList(before, texts.size());
    }

    private static ByteBuffer suback(final ByteBuffer in, final int begin, final int end)
    {
        int filters = 0;
        for (int at = begin + 2; at + 2 < end; filters++)
        {
            at += 2 + (in.getShort(at) & 0xFFFF) + 1;
        }
        return ByteBuffer.allocate(4 + filters).put((byte)0x90).put((byte)(2 + filters))
            .putShort(in.getShort(begin)).rewind();
    }

    @Override
    public void frame(final Connection connection, final ByteBuffer payload, final ByteBuffer out)
    {
        out.put((byte)(PUBLISH << 4));
        for (int left = payload.remaining(); left > 0; left >>= 7)
        {
            out.put((byte)(left & 0x7F | (left > 0x7F ? 0x80 : 0)));
        }
        out.put(payload);
    }

    /** A client that begins with CONNECT, whose packet has the type 1. */
    @Override
    public Greeting greet(final ByteBuffer first)
    {
        return 0x10 == first.get(first.position()) ? Greeting.MINE : Greeting.NOT_MINE;
    }
}
