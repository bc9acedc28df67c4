package io.heartwheel.status;

import io.heartwheel.CloseReason;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

class HistoryTest
{
    private static final long START_S = 1_000_000;

    private final ReactorMetrics metrics = new ReactorMetrics(CloseReason.values().length);
    private final History history = new History(metrics);

    private void sample(final long... seconds)
    {
        for (final long second : seconds)
        {
            history.sample((START_S + second) * 1_000);
        }
    }

    private List<Long> seconds()
    {
        return history.columns().epochS().stream().map((epochS) -> epochS - START_S).toList();
    }

    private void lose(final int count)
    {
        for (int i = 0; i < count; i++)
        {
            metrics.closed(CloseReason.PEER_SILENT.ordinal());
        }
    }

    private List<Long> lost()
    {
        return history.columns().lost().get("PEER_SILENT");
    }

    @Test
    void shouldShowAPauseAsAGap()
    {
        metrics.add(Counter.OPENED, 7);
        sample(0, 1);
        lose(2);
        sample(21, 22);

        assertEquals(List.of(0L, 1L, 2L, 21L, 22L), seconds());
        assertEquals(Arrays.asList(7L, 7L, null, 7L, 7L), history.columns().open());
        assertEquals(Arrays.asList(0L, 0L, null, 2L, 0L), lost());
    }

    @Test
    void shouldTakeALateSampleForNoGap()
    {
        sample(0, History.GAP_S, 2 * History.GAP_S + 1);
        assertEquals(List.of(0L, 3L, 4L, 7L), seconds());
        assertNull(history.columns().open().get(2));
    }

    @Test
    void shouldAddUpWhatIsSampledInOneSecond()
    {
        lose(1);
        sample(0, 1);
        for (int i = 1; i <= 20; i++)
        {
            lose(1);
            history.sample((START_S + 1) * 1_000 + i * 49);
        }
        assertEquals(List.of(0L, 1L), seconds());
        assertEquals(List.of(1L, 20L), lost());
    }

    @Test
    void shouldKeepAQuarterOfAnHourOverAPauseOfThatLength()
    {
        for (int i = 0; i < 900; i++)
        {
            sample(i);
        }
        sample(1_800);
        assertEquals(History.SECONDS, seconds().size());
        assertEquals(2, seconds().get(0), "what was before the pause is there, but for its gap and the second since");
        sample(1_801, 1_802);
        assertEquals(4, seconds().get(0));
    }

    @Test
    void shouldForgetWhatIsOlderThanAnHour()
    {
        sample(0, 1, History.MAX_AGE_S);
        assertEquals(List.of(0L, 1L, 2L, History.MAX_AGE_S), seconds());
        sample(History.MAX_AGE_S + 1);
        assertEquals(1, seconds().get(0));
        sample(10 * History.MAX_AGE_S);
        assertEquals(10 * History.MAX_AGE_S, seconds().get(seconds().size() - 1));
        assertEquals(1, seconds().size());
    }

    /** A plot takes no time for an answer that goes back. */
    @Test
    void shouldGoOnWhenTheClockIsSetBack()
    {
        sample(100, 101, 102);
        lose(3);
        sample(101);
        assertEquals(List.of(100L, 101L), seconds());
        assertEquals(List.of(0L, 3L), lost());
        sample(-5_000, -4_999);
        assertEquals(List.of(-5_000L, -4_999L), seconds());
    }

    @Test
    void shouldNotCallALossWhoWasNotLetIn()
    {
        metrics.turnedAway(CloseReason.PEER_SILENT.ordinal());
        metrics.turnedAway(CloseReason.PROTOCOL_ERROR.ordinal());
        sample(0);
        assertEquals(0, history.columns().lost().size());
    }
}
