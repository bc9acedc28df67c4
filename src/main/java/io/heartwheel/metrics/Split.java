package io.heartwheel.metrics;

/**
 * Counters that are split by a label, each with the name and meaning that exporters show. The values of a label are
 * few, and known from the start: what is none of them counts as the last.
 */
public enum Split
{
    /** Connections opened, by protocol. */
    OPENED("protocol.connections.opened", "protocol", "Connections opened, by protocol"),

    /** Connections closed that had been opened, by protocol. */
    CLOSED("protocol.connections.closed", "protocol", "Connections closed that had been opened, by protocol"),

    /** Connections lost, by protocol. */
    LOST("protocol.connections.lost", "protocol", "Of those, the ones that were lost, by protocol"),

    /** Requests to open a WebSocket that were refused, by status of HTTP. */
    OPENINGS_REFUSED("websocket.openings.refused", "status",
        "Requests to open a WebSocket that were refused, by status of HTTP"),

    /** WebSockets that this end closed, by the code of its CLOSE. */
    CLOSES_SENT("websocket.closes.sent", "code", "WebSockets that this end closed, by the code of its CLOSE"),

    /** WebSockets that the peer closed, by the code of its CLOSE. */
    CLOSES_HEARD("websocket.closes.heard", "code", "WebSockets that the peer closed, by the code of its CLOSE");

    private final String label;
    private final String by;
    private final String meaning;

    Split(final String label, final String by, final String meaning)
    {
        this.label = label;
        this.by = by;
        this.meaning = meaning;
    }

    /**
     * Name for exporters.
     *
     * @return words in lower case, separated by dots.
     */
    public String label()
    {
        return label;
    }

    /**
     * Name of the label.
     *
     * @return one word in lower case.
     */
    public String by()
    {
        return by;
    }

    /**
     * Meaning of the values.
     *
     * @return one line of text.
     */
    public String meaning()
    {
        return meaning;
    }
}
