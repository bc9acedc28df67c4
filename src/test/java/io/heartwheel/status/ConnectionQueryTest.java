package io.heartwheel.status;

import com.google.gson.Gson;
import io.heartwheel.ConnectionView;
import io.heartwheel.ConnectionView.State;
import io.heartwheel.liveness.Cadence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConnectionQueryTest
{
    private static final long SECOND_NS = 1_000_000_000L;

    /** Number i has been silent for i seconds. */
    private static List<ConnectionView> connections(final int size)
    {
        final List<ConnectionView> views = new ArrayList<>();
        for (int i = 0; i < size; i++)
        {
            views.add(new ConnectionView(
                i, new InetSocketAddress("10.0." + i / 250 + "." + (1 + i % 250), 5_000 + i), "heartwheel",
                0 == i % 2 ? null : "u" + i,
                0 == i % 10 ? State.LEAVING : State.OPEN, (size - i) * SECOND_NS, Cadence.STANDARD, i * SECOND_NS,
                i - 1, 3 * i));
        }
        return views;
    }

    private static List<Long> ids(final Map<String, String> parameters, final int size)
    {
        return new ConnectionQuery(parameters).of(connections(size)).connections().stream()
            .map((row) -> Long.valueOf(row.id())).toList();
    }

    @Test
    void shouldShowTheMostSilentFirst()
    {
        assertEquals(List.of(4L, 3L, 2L, 1L, 0L), ids(Map.of(), 5));
    }

    @ParameterizedTest
    @CsvSource({"age,desc,0", "age,asc,4", "id,asc,0", "unsent,desc,4", "roundTrip,asc,0", "silence,asc,0"})
    void shouldSortAsAsked(final String sort, final String order, final long first)
    {
        assertEquals(first, ids(Map.of("sort", sort, "order", order), 5).get(0));
    }

    /** JavaScript would make a number of it the one before. */
    @Test
    void shouldTellIdsAsTextThatLosesNothing()
    {
        final long id = (1L << 53) + 1;
        final ConnectionView view = new ConnectionView(
            id, new InetSocketAddress("10.0.0.1", 1), "mqtt", "alice/phone", State.OPEN, 0, Cadence.STANDARD, 0, 0, 0);
        final String json = new Gson().toJson(new ConnectionQuery(Map.of()).of(List.of(view)));
        assertTrue(json.contains("\"id\":\"9007199254740993\""), json);
        assertTrue(json.contains("\"identity\":\"alice/phone\""), json);
    }

    @Test
    void shouldPageThroughAllOfThem()
    {
        final List<Long> all = new ArrayList<>();
        for (int offset = 0; offset < 205; offset += 50)
        {
            all.addAll(ids(Map.of("sort", "id", "order", "asc", "offset", Integer.toString(offset)), 205));
        }
        assertEquals(205, all.stream().distinct().count());
        assertEquals(205, all.size());
        assertEquals(List.of(), ids(Map.of("offset", "205"), 205));
    }

    @Test
    void shouldFilterByStateAddressAndSilence()
    {
        final ConnectionQuery query = new ConnectionQuery(
            Map.of("state", "open", "address", "10.0.0.", "minSilence", "245s", "limit", "3"));
        final ConnectionQuery.Page page = query.of(connections(600));

        assertEquals(600, page.total());
        assertEquals(5, page.matching(), "245 to 249, all but those that leave, below 10.0.1.");
        assertEquals(List.of("249", "248", "247"), page.connections().stream().map(ConnectionQuery.Row::id).toList());
    }

    @Test
    void shouldShowAConnectionInUnitsForPeople()
    {
        final ConnectionQuery.Row row =
            new ConnectionQuery(Map.of("limit", "1")).of(connections(8)).connections().get(0);

        assertEquals("10.0.0.8:5007", row.address());
        assertEquals("u7", row.identity());
        assertEquals("15s, 5s, 4", row.cadence());
        assertEquals(7_000, row.silenceMs());
        assertEquals(20, row.usedPercent(), "7 of 35 s");
        assertEquals(1, row.ageS());
        assertEquals(21, row.unsentBytes());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "sort|size|sort=size: expected one of age, id, roundTrip, silence, unsent",
        "limit|0|limit=0: expected a whole number from 1 to 1000",
        "limit|1001|limit=1001: expected a whole number from 1 to 1000",
        "offset|-1|offset=-1: expected a whole number from 0 to 2147483647",
        "offset|+1|offset=+1: expected a whole number from 0 to 2147483647",
        "offset|\u0661|offset=\u0661: expected a whole number from 0 to 2147483647",
        "offset|x|offset=x: expected a whole number from 0 to 2147483647",
        "state|gone|state=gone: expected one of [JOINING, OPEN, LEAVING, CONDEMNED]",
        "minSilence|5|minSilence=5: expected a duration with its unit, such as 10s",
        "srot|age|unknown parameter srot: there are address, limit, minSilence, offset, order, sort, state"})
    void shouldNameWhatItCannotRead(final String name, final String value, final String message)
    {
        assertEquals(message, assertThrows(
            IllegalArgumentException.class, () -> new ConnectionQuery(Map.of(name, value))).getMessage());
    }
}
