package io.heartwheel.fuzz;

import io.heartwheel.LineProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DelimiterBasedFrameDecoder;
import io.netty.handler.codec.Delimiters;

import java.nio.charset.StandardCharsets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Messages that end with a delimiter: Netty's decoder finds the same, however the bytes are cut. A limit of ours holds
 * for a message with its delimiter, whatever the cuts; that of Netty for a message without it, or for more if it comes
 * in pieces. So one decoder of Netty has a limit that is no narrower, and finds all that we find. Another has one that
 * is no wider, and refuses where we do.
 */
public final class LineProtocolFuzz
{
    /** At a line feed, a carriage return before it is no part of the message. */
    private static final String[] DELIMITERS = {"\n", "\0", "\r\n", "aa", "aab", ";", "\n\n", "\r"};
    private static final int DELIMITER = 0;
    private static final int UNSTRIPPED = 3;
    private static final int SHORT = 4;

    private LineProtocolFuzz()
    {
    }

    /**
     * Jazzer calls it.
     */
    public static void fuzzerTestOneInput(final byte[] input)
    {
        final Chunks options = new Chunks(input);
        final String delimiter = DELIMITERS[options.option(DELIMITER, DELIMITERS.length - 1)];
        final boolean isStripped = !options.option(UNSTRIPPED);
        final int max = options.option(SHORT) ? 16 : 300;
        final LineProtocol protocol = new LineProtocol(new LineProtocol.Context()
            .delimiter(delimiter.getBytes(StandardCharsets.US_ASCII)).strip(isStripped).max(max));

        final FoundMessages ours = FoundMessages.of(protocol, new Chunks(input), max - 1);
        final FoundMessages wide = FoundMessages.of(netty(delimiter, isStripped, max), new Chunks(input), 0);
        if (ours.isRefused)
        {
            assertTrue(wide.messages.size() >= ours.messages.size());
            assertEquals(wide.messages.subList(0, ours.messages.size()), ours.messages);
            final int returnLength = "\n".equals(delimiter) ? 1 : 0;
            assertTrue(FoundMessages.of(
                netty(delimiter, isStripped, max - delimiter.length() - returnLength), new Chunks(input), 0).isRefused);
        }
        else
        {
            assertEquals(wide.messages, ours.messages);
            assertFalse(wide.isRefused);
        }
        if (isStripped)
        {
            // A return at the end would be taken for a part of the delimiter.
            ours.messages.stream().filter((message) -> !message.endsWith("0d") || !"\n".equals(delimiter))
                .forEach((message) -> FoundMessages.assertSameAfterWriting(protocol, message, delimiter.length()));
        }
    }

    private static DelimiterBasedFrameDecoder netty(final String delimiter, final boolean isStripped, final int max)
    {
        final ByteBuf[] delimiters = "\n".equals(delimiter) ? Delimiters.lineDelimiter() :
            new ByteBuf[]{Unpooled.copiedBuffer(delimiter, StandardCharsets.US_ASCII)};
        return new DelimiterBasedFrameDecoder(max, isStripped, true, delimiters);
    }
}
