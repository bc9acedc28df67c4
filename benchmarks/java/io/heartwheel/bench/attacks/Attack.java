package io.heartwheel.bench.attacks;

import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A kind of attack by a client, named as in the results: the bytes of one write, how often it is written, and what else
 * the client does.
 */
public enum Attack
{
    NONE("none", 0)
    {
        @Override
        int attackersOf(final int attackers)
        {
            return 0;
        }
    },
    PING_FLOOD("ping-flood", 10)
    {
        @Override
        public int put(final ByteBuffer out, final int connection, final int turn)
        {
            return repeat(out, FLOOD_LENGTH / Frame.HEADER_LENGTH, Frame.PING, 0);
        }
    },
    HELLO_FLOOD("hello-flood", 10)
    {
        @Override
        public int put(final ByteBuffer out, final int connection, final int turn)
        {
            final int frames = FLOOD_LENGTH / (Frame.HEADER_LENGTH + Hello.LENGTH);
            for (int i = 0; i < frames; i++)
            {
                new Hello(0, 2_000 + i, 0).putFrame(out);
            }
            return frames;
        }
    },
    EMPTY_DATA_FLOOD("empty-data-flood", 10)
    {
        @Override
        public int put(final ByteBuffer out, final int connection, final int turn)
        {
            return repeat(out, FLOOD_LENGTH / Frame.HEADER_LENGTH, Frame.DATA, 0);
        }
    },
    UNKNOWN_TYPE_FLOOD("unknown-type-flood", 10)
    {
        @Override
        public int put(final ByteBuffer out, final int connection, final int turn)
        {
            return repeat(out, FLOOD_LENGTH / Frame.HEADER_LENGTH, UNKNOWN_TYPE, 0);
        }
    },
    /** Demands to be sent a lot, and takes none of it. Few do, as the kernel keeps megabytes for each. */
    NEVER_READS("never-reads", 10)
    {
        @Override
        int attackersOf(final int attackers)
        {
            return Math.max(1, attackers / 20);
        }

        @Override
        public int put(final ByteBuffer out, final int connection, final int turn)
        {
            return repeat(out, 4, Frame.DATA, ECHOED_LENGTH);
        }
    },
    /** Begins a frame, and goes on with a byte each second. */
    HALF_FRAME("half-frame", 1, "-Dheartwheel.frame.timeout=5s")
    {
        @Override
        public int put(final ByteBuffer out, final int connection, final int turn)
        {
            if (0 == turn)
            {
                Frame.putHeader(out, Frame.DATA, 0, ECHOED_LENGTH);
            }
            out.put((byte)turn);
            return 0;
        }
    },
    MUTE("mute", 0, "-Dheartwheel.first.required=true", "-Dheartwheel.handshake.timeout=3s"),
    /** Asks to open a WebSocket, and goes on with a line of its request each second. The honest speak WebSocket too. */
    SLOW_OPENING("slow-opening", 1, "-Dheartwheel.handshake.timeout=5s")
    {
        @Override
        public int put(final ByteBuffer out, final int connection, final int turn)
        {
            final String line = 0 == turn ? "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" : "X-" + turn + ": x\r\n";
            out.put(line.getBytes(StandardCharsets.US_ASCII));
            return 0;
        }

        @Override
        boolean isWebSocket()
        {
            return true;
        }
    },
    FIN_STORM("fin-storm", 0),
    RESET_STORM("reset-storm", 0),
    OVERSIZED("oversized", 10)
    {
        @Override
        public int put(final ByteBuffer out, final int connection, final int turn)
        {
            if (0 == turn)
            {
                Frame.putHeader(out, Frame.DATA, 0, Frame.MAX_PAYLOAD_LENGTH);
            }
            out.position(out.position() + FLOOD_LENGTH);
            return 0;
        }
    },
    /** One kind after the other, of {@link #MALFORMED_KINDS}; the last is no certain error: anything. */
    MALFORMED("malformed", 10)
    {
        @Override
        public int put(final ByteBuffer out, final int connection, final int turn)
        {
            switch (connection % MALFORMED_KINDS)
            {
                case 0 -> repeat(out, 1, Frame.PING, 4);
                case 1 -> repeat(out, 1, Frame.PONG, 1);
                case 2 -> repeat(out, 1, Frame.HELLO, Hello.LENGTH - 1);
                case 3 -> new Hello(Hello.VERSION + 1, 0, 3, 15_000, 5_000).putFrame(out);
                default ->
                {
                    final byte[] anything = new byte[FLOOD_LENGTH];
                    new Random(connection * 31L + turn).nextBytes(anything);
                    out.put(anything);
                }
            }
            return 1;
        }
    };

    /** Longest write. */
    public static final int WRITE_LENGTH_MAX = 64 * 1024;
    public static final int MALFORMED_KINDS = 5;

    private static final int FLOOD_LENGTH = 4 * 1024;
    private static final int UNKNOWN_TYPE = 200;
    /** Of a message that comes back. */
    private static final int ECHOED_LENGTH = 16_000;

    private final String label;
    private final int writesPerS;
    private final List<String> serverFlags;

    Attack(final String label, final int writesPerS, final String... serverFlags)
    {
        this.label = label;
        this.writesPerS = writesPerS;
        this.serverFlags = List.of(serverFlags);
    }

    /**
     * The attack of a name.
     */
    static Attack of(final String label)
    {
        return Arrays.stream(values()).filter((attack) -> attack.label.equals(label)).findFirst().orElseThrow(
            () -> new IllegalArgumentException("no attack " + label + ", but " + List.of(values())));
    }

    /**
     * Of one attacker.
     */
    public int writesPerS()
    {
        return writesPerS;
    }

    /**
     * Do the honest clients speak WebSocket, at a server that speaks nothing else?
     */
    boolean isWebSocket()
    {
        return false;
    }

    /**
     * What the server has to be told so that this can be seen in seconds.
     */
    List<String> serverFlags()
    {
        return serverFlags;
    }

    /**
     * How many take part.
     */
    int attackersOf(final int attackers)
    {
        return attackers;
    }

    /**
     * Put what is written next on a connection.
     *
     * @param connection its number.
     * @param turn       how often it has written.
     * @return number of frames.
     */
    public int put(final ByteBuffer out, final int connection, final int turn)
    {
        return 0;
    }

    private static int repeat(final ByteBuffer out, final int frames, final int type, final int payloadLength)
    {
        for (int i = 0; i < frames; i++)
        {
            Frame.putHeader(out, type, i, payloadLength);
            out.position(out.position() + payloadLength);
        }
        return frames;
    }

    @Override
    public String toString()
    {
        return label;
    }
}
