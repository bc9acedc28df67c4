package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.Protocol;
import io.heartwheel.metrics.Split;
import io.heartwheel.websocket.CloseCode;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The values by which counters are split. They are bounded, whatever peers send and applications name.
 */
final class Labels
{
    private static final String OTHER = "other";
    private static final List<String> STATUSES = List.of("400", "403", "408", "426", "503", OTHER);
    private static final List<String> CODES = Stream.concat(
        IntStream.concat(
            IntStream.rangeClosed(CloseCode.NORMAL, CloseCode.FAILED)
                .filter((code) -> CloseCode.isValid(code) || CloseCode.NONE == code),
            Stream.of(CloseReason.values()).mapToInt((reason) -> CloseCode.of(reason.code()))
                .filter((code) -> code > CloseCode.PRIVATE)).mapToObj(Integer::toString),
        Stream.of(OTHER)).toList();

    private Labels()
    {
    }

    /**
     * @param protocols names of those that are spoken.
     */
    static Map<Split, List<String>> of(final List<String> protocols)
    {
        final List<String> names = Stream.concat(protocols.stream(), Stream.of(Sniffer.NAME)).toList();
        final boolean isWebSocket = protocols.contains(Protocol.WEBSOCKET.name());
        final List<String> codes = isWebSocket ? CODES : List.of();
        return Map.of(
            Split.OPENED, names,
            Split.CLOSED, names,
            Split.LOST, names,
            Split.OPENINGS_REFUSED, isWebSocket ? STATUSES : List.of(),
            Split.CLOSES_SENT, codes,
            Split.CLOSES_HEARD, codes);
    }
}
