package io.heartwheel.simulation;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.LengthFieldProtocol;
import io.heartwheel.LineProtocol;
import io.heartwheel.Protocol;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Frame;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a simulated peer speaks. The foreign ones are laid out so that frames can be found in them: the peers are those
 * that speak our own. Where several are spoken, each foreign one begins with a preface of its own.
 */
enum Tongue
{
    OWN,
    /** The server has a question, and knows the answer. Frames are messages with a length field. */
    LENGTH_FIELD,
    /** The server has no question. Frames are lines, which end with a frame that has no meaning. */
    LINE,
    /** Frames are messages of bytes, or control frames: see {@link WebSocketTongue}. */
    WEBSOCKET;

    static final int FRAME_LENGTH_MAX = 20_000;
    private static final int WORLDS = 13;
    private static final byte[] PING = {Frame.PING, 0, 0, 0};
    private static final byte[] PONG = {Frame.PONG, 0, 0, 0};
    private static final byte[] QUESTION = {Frame.PING, 9, 0, 0};
    private static final byte[] ANSWER = {Frame.PONG, 9, 0, 0};
    /** No payload has it, as their bytes go up one by one. */
    private static final byte[] END_OF_LINE = {9, 9, 0, 0};

    /**
     * The tongues of a world: our own in most.
     */
    static List<Tongue> of(final long seed)
    {
        return switch (Math.floorMod(seed, WORLDS))
        {
            case 3 -> List.of(LENGTH_FIELD);
            case 4 -> List.of(LINE);
            case 9, 12 -> List.of(OWN, LENGTH_FIELD, LINE);
            case 11 -> List.of(WEBSOCKET);
            case 0 -> List.of(OWN, WEBSOCKET);
            default -> List.of(OWN);
        };
    }

    static Protocol[] protocols(final List<Tongue> tongues)
    {
        return tongues.stream().map((each) -> each.protocol(tongues.size() > 1)).toArray(Protocol[]::new);
    }

    static Tongue of(final String protocolName)
    {
        return Arrays.stream(values())
            .filter((each) -> each.protocolName().equals(protocolName)).findAny().orElseThrow();
    }

    private String protocolName()
    {
        return OWN == this ? Frame.PROTOCOL_NAME : WEBSOCKET == this ? Protocol.WEBSOCKET.name() : name();
    }

    private Protocol protocol(final boolean isShared)
    {
        return switch (this)
        {
            case OWN -> Protocol.HEARTWHEEL;
            case WEBSOCKET -> Protocol.WEBSOCKET;
            case LENGTH_FIELD -> new Prefaced(isShared ? preface() : new byte[0], new LengthFieldProtocol(
                new LengthFieldProtocol.Context().name(name()).offset(2).length(2).strip(0).max(FRAME_LENGTH_MAX)
                .probe(QUESTION, ANSWER).heartbeat(PING, PONG)));
            case LINE -> new Prefaced(isShared ? preface() : new byte[0], new LineProtocol(
                new LineProtocol.Context().name(name()).delimiter(END_OF_LINE).max(FRAME_LENGTH_MAX)
                .heartbeat(text(PING), text(PONG))));
        };
    }

    private static String text(final byte[] bytes)
    {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    byte[] preface()
    {
        return OWN == this ? new byte[0] : name().substring(0, 2).getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * What follows each frame.
     */
    byte[] end()
    {
        return LINE == this ? END_OF_LINE : new byte[0];
    }

    /**
     * Number of bytes before each message, as the listener is given it.
     */
    int headerLength()
    {
        return OWN == this ? 0 : Frame.HEADER_LENGTH;
    }

    /**
     * A message as the application sends it.
     */
    ByteBuffer message(final byte[] payload)
    {
        if (OWN == this)
        {
            return ByteBuffer.wrap(payload);
        }
        final ByteBuffer message = ByteBuffer.allocate(Frame.HEADER_LENGTH + payload.length);
        Frame.putHeader(message, Frame.DATA, 0, payload.length);
        return message.put(payload).flip();
    }

    /**
     * The cadence by which such a peer is watched in place of this one.
     */
    Cadence watchable(final Cadence cadence)
    {
        return LINE == this && cadence.count() > 0 ? Cadence.passive(cadence.detectionNs()) : cadence;
    }

    /**
     * A kind of peer that makes sense in this tongue: only in our own can a cadence be asked for.
     */
    PeerKind kind(final PeerKind kind)
    {
        return OWN != this && (PeerKind.ASKING == kind || PeerKind.DEAF_AND_ASKING == kind) ? PeerKind.SILENT : kind;
    }

    static Tongue any(final List<Tongue> tongues, final SplittableRandom random)
    {
        return 1 == tongues.size() ? tongues.get(0) : tongues.get(random.nextInt(tongues.size()));
    }

    /**
     * A protocol that begins with a preface, and in which BYE says goodbye.
     */
    private static final class Prefaced implements Protocol, Protocol.Messages
    {
        private final byte[] preface;
        private final Protocol protocol;
        private ByteBuffer bytes;
        private Messages out;

        Prefaced(final byte[] preface, final Protocol protocol)
        {
            this.preface = preface;
            this.protocol = protocol;
        }

        @Override
        public String name()
        {
            return protocol.name();
        }

        @Override
        public Object decode(final Connection connection, final Object state, final ByteBuffer in, final Messages to)
        {
            if (null == state && preface.length > 0)
            {
                if (in.remaining() < preface.length)
                {
                    return null;
                }
                in.position(in.position() + preface.length);
                return preface;
            }
            bytes = in;
            out = to;
            final Object next = protocol.decode(connection, preface == state ? null : state, in, this);
            return null == next && preface.length > 0 ? preface : next;
        }

        @Override
        public boolean hasProbe()
        {
            return protocol.hasProbe();
        }

        @Override
        public void probe(final Connection connection, final byte token, final ByteBuffer to)
        {
            protocol.probe(connection, token, to);
        }

        @Override
        public void frame(final Connection connection, final ByteBuffer payload, final ByteBuffer to)
        {
            protocol.frame(connection, payload, to);
        }

        @Override
        public Greeting greet(final ByteBuffer first)
        {
            if (preface[0] != first.get(first.position()))
            {
                return Greeting.NOT_MINE;
            }
            return first.remaining() < preface.length ? Greeting.MORE :
                preface[1] == first.get(first.position() + 1) ? Greeting.MINE : Greeting.NOT_MINE;
        }

        @Override
        public void message(final int from, final int to)
        {
            if (Frame.BYE == bytes.get(from))
            {
                out.left("");
            }
            else
            {
                out.message(from, to);
            }
        }

        @Override
        public void message(final ByteBuffer payload)
        {
            out.message(payload);
        }

        @Override
        public void answered(final byte token)
        {
            out.answered(token);
        }

        @Override
        public void answered()
        {
            out.answered();
        }

        @Override
        public void reply(final ByteBuffer reply)
        {
            out.reply(reply);
        }

        @Override
        public void write(final ByteBuffer more)
        {
            out.write(more);
        }

        @Override
        public Cadence cadence(final Cadence cadence)
        {
            return out.cadence(cadence);
        }

        @Override
        public void left(final String text)
        {
            out.left(text);
        }

        @Override
        public void refuse(final CloseReason reason, final String what)
        {
            out.refuse(reason, what);
        }
    }
}
