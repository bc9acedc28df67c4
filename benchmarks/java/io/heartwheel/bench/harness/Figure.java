package io.heartwheel.bench.harness;

/**
 * A figure that is measured for each contender, in the order of the tables. {@code benchmarks/README.md} says what each
 * means.
 */
public enum Figure
{
    CPU_US_PER_HEARTBEAT("CPU µs per heartbeat", 2),
    USER_US_PER_HEARTBEAT("in user mode", 2),
    SYSTEM_US_PER_HEARTBEAT("in the kernel", 2),
    REACTOR_US_PER_HEARTBEAT("CPU µs per heartbeat, reactor thread", 2),
    REACTOR_USER_US_PER_HEARTBEAT("reactor thread in user mode", 2),
    REACTOR_SYSTEM_US_PER_HEARTBEAT("reactor thread in the kernel", 2),
    WAKE_UPS_PER_HEARTBEAT("wake-ups per heartbeat", 3),
    SELECTS_PER_HEARTBEAT("selects per heartbeat", 3),
    ALLOCATED_BYTES_PER_HEARTBEAT("bytes allocated per heartbeat", 1),
    HEARTBEATS_PER_S("heartbeats per s", 0),
    CPU_US_PER_CONNECTION("CPU µs per connect and close", 2),
    CONNECTIONS_PER_S("connects per s", 0),
    RSS_BYTES_PER_CONNECTION("RSS bytes per connection", 0),
    FIRST_RSS_BYTES_PER_CONNECTION("RSS bytes per connection, at first", 0),
    CONNECT_ALL_MS("connect all ms", 0),
    SERVE_ALL_MS("serve all ms", 0),
    SERVED_P50_MS("served p50 ms", 2),
    SERVED_P99_MS("served p99 ms", 2),
    UNSERVED("not served", 0),
    LATENESS_P50_MS("lateness p50 ms", 2),
    LATENESS_P99_MS("lateness p99 ms", 2),
    LATENESS_MAX_MS("lateness max ms", 2),
    LAST_CLOSE_MS("last close after last deadline ms", 2),
    OWN_LATENESS_P50_MS("lateness p50 ms, its own account", 2),
    OWN_LATENESS_P99_MS("lateness p99 ms, its own account", 2),
    OWN_LATENESS_MAX_MS("lateness max ms, its own account", 2),
    OWN_STALLS("stalls it saw of itself", 0),
    ROUND_TRIP_P50_MS("round trip p50 ms", 2),
    ROUND_TRIP_P99_MS("round trip p99 ms", 2),
    LIVING_CLOSED("living closed", 0),
    LIVING_SILENCE_MS("living closed after a silence of at least ms", 1),
    SILENT_MISSED("silent missed", 0),
    SILENT_EARLY("silent closed early", 0),
    CLIENT_GAP_MS("clients' own longest gap ms", 1),
    CLIENT_US_PER_HEARTBEAT("clients' CPU µs per heartbeat", 2),
    CLIENT_USER_US_PER_HEARTBEAT("clients in user mode", 2),
    WAITED_PERCENT("reactor thread waited for a core, %", 2);

    private final String title;
    private final int digits;

    Figure(final String title, final int digits)
    {
        this.title = title;
        this.digits = digits;
    }

    public String title()
    {
        return title;
    }

    public int digits()
    {
        return digits;
    }

    /**
     * Is a contender said to be so many times as good or bad as the floor in this? Counts of mistakes are not, nor what
     * is the same for all or tells of the clients.
     */
    public boolean hasRatio()
    {
        return switch (this)
        {
            case HEARTBEATS_PER_S, CONNECTIONS_PER_S, UNSERVED, OWN_STALLS, LIVING_CLOSED, LIVING_SILENCE_MS,
                SILENT_MISSED, SILENT_EARLY, CLIENT_GAP_MS, CLIENT_US_PER_HEARTBEAT, CLIENT_USER_US_PER_HEARTBEAT,
                WAITED_PERCENT -> false;
            default -> true;
        };
    }
}
