package io.heartwheel.wire;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Random messages, questions and replies go to a kernel that takes random numbers of bytes. The result is compared with
 * a model that sends one after the other, byte by byte.
 */
class ForeignOutboundTest
{
    private static final int RUNS = 30;
    private static final int OPERATIONS = 2_000;
    private static final int LONGEST = 300;

    private final Seed seed = Seed.next();
    private final SplittableRandom random = seed.random();
    private final SpareBuffer spare = new SpareBuffer();
    private final ByteBuffer kernel = ByteBuffer.allocate(OPERATIONS * LONGEST * 2);
    private final ByteBuffer expected = ByteBuffer.allocate(OPERATIONS * LONGEST * 2);
    private final ArrayDeque<byte[]> queue = new ArrayDeque<>();
    private ForeignOutbound outbound;
    private byte[] question;
    private byte[] reply;
    private byte[] leaving;
    private int leavingControl;
    private int leavingOffset;

    @Test
    void shouldSendExactlyWhatTheModelSends()
    {
        for (int run = 0; run < RUNS; run++)
        {
            outbound = new ForeignOutbound();
            kernel.clear();
            expected.clear();
            for (int operation = 0; operation < OPERATIONS; operation++)
            {
                step();
            }
            while (!outbound.isEmpty())
            {
                write();
            }
            assertTrue(queue.isEmpty() && null == question && null == reply && null == leaving, seed::toString);
            assertEquals(expected.flip(), kernel.flip(), seed::toString);
        }
    }

    private void step()
    {
        switch (random.nextInt(8))
        {
            case 0 -> outbound.ask(question = bytes());
            case 1 -> outbound.reply(reply = bytes());
            case 2, 3, 4 ->
            {
                final byte[] message = bytes();
                queue.add(message);
                outbound.enqueue(ByteBuffer.wrap(message), spare);
            }
            default -> write();
        }
        assertEquals(queue.isEmpty() && null == question && null == reply && null == leaving, outbound.isEmpty());
    }

    private byte[] bytes()
    {
        final byte[] bytes = new byte[1 + random.nextInt(LONGEST)];
        random.nextBytes(bytes);
        return bytes;
    }

    private void write()
    {
        final ByteBuffer out = ByteBuffer.allocate(2 * LONGEST + random.nextInt(2_000));
        outbound.fill(out);
        out.flip();
        final int taken = 0 == random.nextInt(3) ? out.remaining() : random.nextInt(out.remaining() + 1);
        kernel.put(out.limit(taken));
        final int sent = model(taken);
        assertEquals(sent, outbound.accepted(taken, spare), seed::toString);
    }

    /**
     * @return flags of the questions and replies that left as a whole.
     */
    private int model(final int byteCount)
    {
        int sent = 0;
        for (int i = 0; i < byteCount; i++)
        {
            if (null == leaving)
            {
                begin();
            }
            expected.put(leaving[leavingOffset++]);
            if (leavingOffset == leaving.length)
            {
                sent |= leavingControl;
                leaving = null;
            }
        }
        return sent;
    }

    private void begin()
    {
        leavingOffset = 0;
        leavingControl = null != reply ? Outbound.PONG_SENT : null != question ? Outbound.PING_SENT : 0;
        leaving = null != reply ? reply : null != question ? question : queue.poll();
        assertNotNull(leaving, seed::toString);
        if (leaving == reply)
        {
            reply = null;
        }
        else if (leaving == question)
        {
            question = null;
        }
    }
}
