package io.heartwheel.wire;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Random frames go through buffers of random size to a kernel that takes random numbers of bytes. The result is
 * compared with a model that sends frame after frame, byte by byte.
 */
class OutboundModelTest
{
    private static final int RUNS = 50;
    private static final int OPERATIONS_PER_RUN = 2_000;
    private static final int LEAST_CAPACITY = 24;

    private final Seed seed = Seed.next();
    private final SplittableRandom random = seed.random();
    private final SpareBuffer spare = new SpareBuffer();
    private final FrameDecoder decoder = new FrameDecoder(Frame.MAX_PAYLOAD_LENGTH);
    private final RecordingFrameHandler decoded = new RecordingFrameHandler();
    private final List<String> expected = new ArrayList<>();

    private int run;
    private int operation;
    private Outbound outbound;
    private HalfFrame half;

    private Hello hello;
    private Byte pongToken;
    private Byte pingToken;
    private final ArrayDeque<byte[]> queue = new ArrayDeque<>();
    /** The frame that is leaving, and which control frame it is. */
    private byte[] leaving;
    private int leavingOffset;
    private int leavingControl;

    @Test
    void shouldSendExactlyWhatTheModelSends()
    {
        for (run = 0; run < RUNS; run++)
        {
            outbound = new Outbound();
            for (operation = 0; operation < OPERATIONS_PER_RUN; operation++)
            {
                step();
            }
            while (!outbound.isEmpty())
            {
                write();
            }
            assertNull(half, this::where);
            assertNull(leaving, this::where);
            assertTrue(queue.isEmpty(), this::where);
            assertEquals(expected, decoded.frames, this::where);
            expected.clear();
            decoded.frames.clear();
        }
    }

    private void step()
    {
        switch (random.nextInt(12))
        {
            case 0 -> outbound.ping(pingToken = (byte)random.nextInt());
            case 1 -> outbound.pong(pongToken = (byte)random.nextInt());
            case 2 -> outbound.hello(hello = new Hello(random.nextInt(100), random.nextInt(), 7));
            case 3, 4, 5 -> enqueue();
            default -> write();
        }

        assertEquals(
            null == hello && null == pongToken && null == pingToken && null == leaving && queue.isEmpty(),
            outbound.isEmpty(),
            this::where);
        final int left = null == leaving ? 0 : leaving.length - leavingOffset;
        final int queued = queue.stream().mapToInt((frame) -> frame.length).sum();
        assertEquals(left + queued, outbound.queuedBytes(), this::where);
    }

    private void enqueue()
    {
        if (queue.size() > 40)
        {
            return;
        }
        final byte[] payload = new byte[random.nextInt(1 << random.nextInt(random.nextInt(50) == 0 ? 15 : 9))];
        random.nextBytes(payload);
        if (random.nextBoolean())
        {
            outbound.enqueue(ByteBuffer.wrap(payload), spare);
        }
        else
        {
            outbound.enqueue(Frame.DATA, payload, 0, payload.length, spare);
        }
        final ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER_LENGTH + payload.length);
        Frame.putHeader(frame, Frame.DATA, 0, payload.length);
        queue.add(frame.put(payload).array());
    }

    private void write()
    {
        final boolean wasEmpty = outbound.isEmpty();
        final ByteBuffer out = ByteBuffer.allocate(LEAST_CAPACITY + random.nextInt(1 << random.nextInt(14)));
        outbound.fill(out);
        assertEquals(wasEmpty, 0 == out.position(), this::where);

        final int filled = out.flip().limit();
        final int taken = random.nextInt(3) == 0 ? filled : random.nextInt(Math.min(filled, 60) + 1);
        int sent = 0;
        for (int i = 0; i < taken; i++)
        {
            if (null == leaving)
            {
                pick();
            }
            if (leaving[leavingOffset] != out.get(i))
            {
                assertEquals(leaving[leavingOffset], out.get(i), "byte " + i + " of " + filled + ", " + where());
            }
            if (++leavingOffset == leaving.length)
            {
                sent |= leavingControl;
                leaving = null;
            }
        }

        assertEquals(sent, outbound.accepted(taken, spare), this::where);
        half = decoder.decode(half, out.limit(taken), decoded);
    }

    private void pick()
    {
        final ByteBuffer control = ByteBuffer.allocate(Frame.HEADER_LENGTH + Hello.LENGTH);
        leavingOffset = 0;
        leavingControl = 0;
        if (null != hello)
        {
            leavingControl = Outbound.HELLO_SENT;
            hello.putFrame(control);
            expected.add(new Hello(hello.count(), hello.idleMs() & Hello.MAX_MS, hello.intervalMs()).toString());
            hello = null;
        }
        else if (null != pongToken)
        {
            leavingControl = Outbound.PONG_SENT;
            Frame.putHeader(control, Frame.PONG, pongToken, 0);
            expected.add("PONG " + pongToken);
            pongToken = null;
        }
        else if (null != pingToken)
        {
            leavingControl = Outbound.PING_SENT;
            Frame.putHeader(control, Frame.PING, pingToken, 0);
            expected.add("PING " + pingToken);
            pingToken = null;
        }

        if (0 != leavingControl)
        {
            leaving = new byte[control.position()];
            control.flip().get(leaving);
        }
        else
        {
            leaving = queue.remove();
            final byte[] payload = new byte[leaving.length - Frame.HEADER_LENGTH];
            System.arraycopy(leaving, Frame.HEADER_LENGTH, payload, 0, payload.length);
            expected.add(RecordingFrameHandler.data(payload));
        }
    }

    private String where()
    {
        return seed + ", run " + run + ", operation " + operation;
    }
}
