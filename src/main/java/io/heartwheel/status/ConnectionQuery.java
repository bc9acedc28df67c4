package io.heartwheel.status;

import io.heartwheel.ConnectionView;
import io.heartwheel.config.Configuration;
import io.heartwheel.config.Durations;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A query for connections: {@code /connections?sort=silence&limit=20&minSilence=10s}. It filters, sorts and pages.
 */
final class ConnectionQuery
{
    static final int LIMIT_DEFAULT = 50;
    static final int LIMIT_MAX = 1_000;

    private static final Set<String> NAMES =
        Set.of("sort", "order", "offset", "limit", "address", "state", "minSilence");
    private static final Map<String, Comparator<ConnectionView>> SORTS = new TreeMap<>(Map.of(
        "silence", Comparator.comparingLong(ConnectionView::silenceNs),
        "age", Comparator.comparingLong(ConnectionView::ageNs),
        "roundTrip", Comparator.comparingLong(ConnectionView::roundTripNs),
        "unsent", Comparator.comparingInt(ConnectionView::unsentBytes),
        "id", Comparator.comparingLong(ConnectionView::id)));

    private final Map<String, String> parameters;
    private final Comparator<ConnectionView> order;
    private final int offset;
    private final int limit;
    private final String address;
    private final ConnectionView.State state;
    private final long minSilenceNs;

    /**
     * One connection in the form of the JSON. The id is a text, as JavaScript has no numbers of 64 bits. The identity
     * is empty if there is none.
     */
    record Row(
        String id,
        String address,
        String protocol,
        String identity,
        String state,
        double ageS,
        String cadence,
        double silenceMs,
        double usedPercent,
        double roundTripMs,
        int unsentBytes)
    {
    }

    /**
     * The answer to a query.
     *
     * @param total    number of connections that are open.
     * @param matching number of these that match the query.
     * @param offset   of the first one of this page, among those that match.
     */
    record Page(int total, int matching, int offset, List<Row> connections)
    {
    }

    /**
     * @param parameters by name.
     * @throws IllegalArgumentException if one is unknown or unreadable; the message has its name and value.
     */
    ConnectionQuery(final Map<String, String> parameters)
    {
        this.parameters = parameters;
        parameters.keySet().stream().filter((name) -> !NAMES.contains(name)).findAny().ifPresent((name) ->
        {
            throw new IllegalArgumentException("unknown parameter " + name + ": there are " +
                NAMES.stream().sorted().collect(Collectors.joining(", ")));
        });
        final Comparator<ConnectionView> least = SORTS.get(oneOf("sort", "silence", SORTS.keySet()));
        order = "asc".equals(oneOf("order", "desc", Set.of("asc", "desc"))) ? least : least.reversed();
        offset = number("offset", 0, 0, Integer.MAX_VALUE);
        limit = number("limit", LIMIT_DEFAULT, 1, LIMIT_MAX);
        address = parameters.getOrDefault("address", "");
        state = parameters.containsKey("state") ? state(parameters.get("state")) : null;
        minSilenceNs = silence(parameters.getOrDefault("minSilence", "0"));
    }

    Page of(final List<ConnectionView> connections)
    {
        final List<ConnectionView> matching = connections.stream().filter(this::isAskedFor).toList();
        return new Page(connections.size(), matching.size(), offset,
            matching.stream().sorted(order).skip(offset).limit(limit).map(ConnectionQuery::row).toList());
    }

    private boolean isAskedFor(final ConnectionView connection)
    {
        return connection.silenceNs() >= minSilenceNs &&
            (null == state || state == connection.state()) &&
            (address.isEmpty() || Configuration.addressText(connection.remoteAddress()).contains(address));
    }

    private static Row row(final ConnectionView connection)
    {
        final long detectionNs = connection.cadence().detectionNs();
        return new Row(
            Long.toString(connection.id()),
            Configuration.addressText(connection.remoteAddress()),
            connection.protocol(),
            null == connection.identity() ? "" : connection.identity(),
            connection.state().name(),
            Math.round(connection.ageNs() / 1e8) / 10.0,
            connection.cadence().isOff() ? "off" : Durations.text(connection.cadence().idleNs()) + ", " +
                Durations.text(connection.cadence().intervalNs()) + ", " + connection.cadence().count(),
            ms(connection.silenceNs()),
            0 == detectionNs ? 0 : Math.round(1_000.0 * connection.silenceNs() / detectionNs) / 10.0,
            connection.roundTripNs() < 0 ? -1 : ms(connection.roundTripNs()),
            connection.unsentBytes());
    }

    private static double ms(final long ns)
    {
        return Math.round(ns / 1e4) / 100.0;
    }

    private String oneOf(final String name, final String otherwise, final Set<String> known)
    {
        final String value = parameters.getOrDefault(name, otherwise);
        if (!known.contains(value))
        {
            throw unreadable(name, "one of " + known.stream().sorted().collect(Collectors.joining(", ")));
        }
        return value;
    }

    private int number(final String name, final int otherwise, final int min, final int max)
    {
        final String text = parameters.getOrDefault(name, Integer.toString(otherwise));
        // ASCII digits only: Long.parseLong takes digits of any script.
        final long value = text.matches("[0-9]{1,10}") ? Long.parseLong(text) : -1;
        if (value >= Math.max(0, min) && value <= max)
        {
            return (int)value;
        }
        throw unreadable(name, "a whole number from " + min + " to " + max);
    }

    private ConnectionView.State state(final String text)
    {
        return Arrays.stream(ConnectionView.State.values())
            .filter((each) -> each.name().equals(text.toUpperCase(Locale.ROOT))).findAny()
            .orElseThrow(() -> unreadable("state", "one of " + Arrays.toString(ConnectionView.State.values())));
    }

    private long silence(final String text)
    {
        try
        {
            return Durations.parseNs(text);
        }
        catch (final IllegalArgumentException ex)
        {
            throw unreadable("minSilence", "a duration with its unit, such as 10s");
        }
    }

    private IllegalArgumentException unreadable(final String name, final String expected)
    {
        return new IllegalArgumentException(name + "=" + parameters.get(name) + ": expected " + expected);
    }
}
