package io.heartwheel.websocket;

import io.heartwheel.CloseReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CloseCodeTest
{
    @ParameterizedTest
    @CsvSource({
        "LOCAL_CLOSE, 1000",
        "SHUTDOWN, 1001",
        "PROTOCOL_ERROR, 1002",
        "FLOODING, 1008",
        "REFUSED, 1008",
        "LISTENER_FAILED, 1011",
        "INTERNAL_ERROR, 1011",
        "PEER_SILENT, 4001",
        "WRITE_STALLED, 4002",
        "HANDSHAKE_TIMEOUT, 4005"})
    void shouldTellAReasonByTheCodeThatWebSocketHasForIt(final CloseReason reason, final int code)
    {
        assertEquals(code, CloseCode.of(reason.code()));
    }

    @ParameterizedTest
    @EnumSource(CloseReason.class)
    void shouldTellEveryReasonByACodeThatMayBeSent(final CloseReason reason)
    {
        assertTrue(CloseCode.isValid(CloseCode.of(reason.code())));
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1003, 1007, 1014, 3000, 4999})
    void shouldTakeCodesWithAMeaning(final int code)
    {
        assertTrue(CloseCode.isValid(code));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535})
    void shouldNotTakeCodesThatMayNotBeSent(final int code)
    {
        assertFalse(CloseCode.isValid(code));
    }

    @ParameterizedTest
    @CsvSource({"1001, SHUTDOWN", "1012, SHUTDOWN", "1002, PROTOCOL_ERROR", "1007, PROTOCOL_ERROR",
        "1009, PROTOCOL_ERROR", "4018, TAKEN_OVER"})
    void shouldTellTheReasonOfACodeThatHasOneAlone(final int code, final CloseReason reason)
    {
        assertEquals(reason.code(), CloseCode.reasonOf(code));
    }

    /** Each server has a meaning of its own for those of 4000 and more, but for the one that keeps a client away. */
    @ParameterizedTest
    @ValueSource(ints = {1000, 1005, 1008, 1011, 3000, 4001, 4999})
    void shouldTellNoReasonOfACodeThatHasNoneOrSeveral(final int code)
    {
        assertEquals(0, CloseCode.reasonOf(code));
    }

    @Test
    void shouldRangeOverAllCodesOfReasons()
    {
        for (int reason = 1; reason < 256; reason++)
        {
            assertTrue(CloseCode.isValid(CloseCode.of(reason)));
        }
    }
}
