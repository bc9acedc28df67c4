package io.heartwheel.websocket;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class Utf8Test
{
    /**
     * Every character there is, as the JDK writes it, gives each beginning the bytes that may follow. No other byte is
     * taken behind any of them.
     */
    @Test
    void shouldTakeWhatBelongsToACharacterAndNothingElse()
    {
        final Map<String, Set<Integer>> following = new HashMap<>();
        for (int code = 0; code <= Character.MAX_CODE_POINT; code++)
        {
            if (code < Character.MIN_SURROGATE || code > Character.MAX_SURROGATE)
            {
                final byte[] utf8 = Character.toString(code).getBytes(StandardCharsets.UTF_8);
                final String text = new String(utf8, StandardCharsets.ISO_8859_1);
                for (int length = 0; length < utf8.length; length++)
                {
                    following.computeIfAbsent(text.substring(0, length), (each) -> new HashSet<>())
                        .add(utf8[length] & 0xFF);
                }
            }
        }

        following.forEach((beginning, next) ->
        {
            for (int value = 0; value < 256; value++)
            {
                final byte[] bytes = (beginning + (char)value).getBytes(StandardCharsets.ISO_8859_1);
                final int state = Utf8.check(Utf8.WHOLE, ByteBuffer.wrap(bytes), 0, bytes.length);
                assertEquals(!next.contains(value), state < 0);
                assertTrue(state >= 0 || ~state == bytes.length - 1);
                assertEquals(
                    next.contains(value) && !following.containsKey(beginning + (char)value), Utf8.WHOLE == state);
            }
        });
        assertTrue(following.size() > 10_000);
    }

    @Test
    void shouldFindAByteThatIsWrongAtEveryDistanceFromTheBeginning()
    {
        for (int length = 1; length < 40; length++)
        {
            for (int wrong = 0; wrong < length; wrong++)
            {
                final ByteBuffer bytes = ByteBuffer.allocate(length + 3);
                bytes.put(3 + wrong, (byte)0x80);
                assertEquals(~(3 + wrong), Utf8.check(Utf8.WHOLE, bytes, 3, 3 + length));
            }
        }
    }

    @Test
    void shouldNotLookBehindTheEnd()
    {
        final ByteBuffer bytes = ByteBuffer.wrap(new byte[]{'a', 'b', 'c', (byte)0xFF});

        assertEquals(Utf8.WHOLE, Utf8.check(Utf8.WHOLE, bytes, 0, 3));
        assertEquals(7, Utf8.check(7, bytes, 2, 2));
    }
}
