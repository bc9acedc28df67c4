package io.heartwheel.fuzz;

import io.heartwheel.LengthFieldProtocol;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;

import java.nio.ByteOrder;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Length fields of any layout: Netty's decoder with the same options finds the same messages and refuses the same,
 * however the bytes are cut. What is found is found again once it is written.
 */
public final class LengthFieldProtocolFuzz
{
    private static final int[] LENGTHS = {1, 2, 3, 4, 8, 2, 4, 1};
    private static final int LENGTH = 0;
    private static final int LITTLE_ENDIAN = 3;
    private static final int OFFSET = 4;
    private static final int ADJUSTMENT = 5;
    private static final int STRIP = 6;
    private static final int SHORT = 7;

    private LengthFieldProtocolFuzz()
    {
    }

    /**
     * Jazzer calls it.
     */
    public static void fuzzerTestOneInput(final byte[] input)
    {
        final Chunks options = new Chunks(input);
        final int length = LENGTHS[options.option(LENGTH, LENGTHS.length - 1)];
        final ByteOrder order = options.option(LITTLE_ENDIAN) ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        final int offset = options.option(OFFSET) ? 3 : 0;
        // The field counts what is up to its end, or a trailer that is not counted follows.
        final int adjustment = options.option(ADJUSTMENT) ? options.option(STRIP) ? 2 : -offset - length : 0;
        // The field, nothing, or more than there may be behind it.
        final int strip = options.option(STRIP) ? options.option(ADJUSTMENT) ? offset + length + 2 : 0 :
            offset + length;
        final int max = options.option(SHORT) ? 40 : 600;

        final LengthFieldProtocol protocol = new LengthFieldProtocol(new LengthFieldProtocol.Context()
            .length(length).order(order).offset(offset).adjustment(adjustment).strip(strip).max(max));
        final FoundMessages ours = FoundMessages.of(protocol, new Chunks(input), max);
        // Netty waits for the end of a message before it looks whether there is enough to be stripped.
        final FoundMessages netty = FoundMessages.of(
            new LengthFieldBasedFrameDecoder(order, max, offset, length, adjustment, strip, true), new Chunks(input),
            ours.isRefused ? max : 0);
        assertEquals(netty.messages, ours.messages);
        assertEquals(netty.isRefused, ours.isRefused);
        ours.messages.forEach((message) -> FoundMessages.assertSameAfterWriting(protocol, message, strip));
    }
}
