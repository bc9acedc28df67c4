package io.heartwheel.metrics;

/**
 * The counters and gauges of a reactor, each with the name, unit and meaning that exporters show.
 */
public enum Counter
{
    /** Connections opened. */
    OPENED("connections.opened", Kind.TOTAL, "Connections opened"),

    /** Connections closed that had been opened. */
    CLOSED("connections.closed", Kind.TOTAL, "Connections closed that had been opened"),

    /** Reads that brought bytes. */
    HEARD("reads", Kind.TOTAL, "Reads that brought bytes"),

    /** Bytes read. */
    BYTES_IN("bytes.in", Kind.TOTAL, "Bytes read"),

    /** Bytes written. */
    BYTES_OUT("bytes.out", Kind.TOTAL, "Bytes written"),

    /** Frames read, those of unknown types left out. */
    FRAMES_IN("frames.in", Kind.TOTAL, "Frames read, those of unknown types left out"),

    /** Frames sent: DATA and BYE when they are queued, the others when they are written. */
    FRAMES_OUT("frames.out", Kind.TOTAL,
        "Frames sent: DATA and BYE when they are queued, the others when they are written"),

    /** Probes written to silent peers. */
    PROBES("probes", Kind.TOTAL, "Probes written to silent peers"),

    /** Probes answered by a PONG with their token. */
    ANSWERS("probe.answers", Kind.TOTAL, "Probes answered by a PONG with their token"),

    /** Messages (DATA frames) received. */
    MESSAGES("messages", Kind.TOTAL, "Messages (DATA frames) received"),

    /** Times that accepting failed, for lack of file descriptors most likely. */
    ACCEPT_FAILURES("accept.failures", Kind.TOTAL,
        "Times that accepting failed, for lack of file descriptors most likely"),

    /** Exceptions thrown by the listener, or by a check that lets peers in. */
    LISTENER_FAILURES("listener.failures", Kind.TOTAL, "Exceptions thrown by the listener or a check of who is let in"),

    /** Gaps between our own duty cycles above the threshold. */
    STALLS("stalls", Kind.TOTAL, "Gaps between our own duty cycles above the threshold"),

    /** Duty cycles. */
    CYCLES("cycles", Kind.TOTAL, "Duty cycles"),

    /** Length of the longest stall, in nanoseconds. */
    LONGEST_STALL_NS("longest.stall", Kind.PRESENT_NS, "Length of the longest stall, in nanoseconds"),

    /** Times that a step of the duty cycle left work to the next one, as it had done as much as it may. */
    CUT_OFFS("cut.offs", Kind.TOTAL,
        "Times that a step of the duty cycle left work to the next one, as it had done as much as it may"),

    /** Bytes held for peers at present: of frames that are not whole, behind credentials, unsent. */
    HELD_BYTES("held.bytes", Kind.PRESENT,
        "Bytes held for peers at present: of frames that are not whole, behind credentials, unsent"),

    /** Deadlines on the wheel at present. */
    DEADLINES("deadlines", Kind.PRESENT, "Deadlines on the wheel at present"),

    /** For how long what arrives gathers at present before it is read, in nanoseconds; 0 if it is read at once. */
    GATHER_NS("gather", Kind.PRESENT_NS,
        "For how long what arrives gathers at present before it is read, in nanoseconds; 0 if it is read at once"),

    /** Waits in which heartbeats gathered. */
    GATHERS("gathers", Kind.TOTAL, "Waits in which heartbeats gathered"),

    /** When the certificate shown ends to be valid, in seconds since 1970; 0 without TLS. */
    TLS_NOT_AFTER_S("tls.not.after", Kind.PRESENT_S,
        "When the certificate shown ends to be valid, in seconds since 1970; 0 without TLS");

    private final String label;
    private final Kind kind;
    private final String meaning;

    private enum Kind
    {
        TOTAL, PRESENT, PRESENT_S, PRESENT_NS
    }

    Counter(final String label, final Kind kind, final String meaning)
    {
        this.label = label;
        this.kind = kind;
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
     * May the value decrease?
     *
     * @return false if it only grows.
     */
    public boolean isGauge()
    {
        return Kind.TOTAL != kind;
    }

    /**
     * Are the values of several reactors added up?
     *
     * @return false if the highest of them counts for all.
     */
    public boolean isAddedUp()
    {
        return Kind.TOTAL == kind || Kind.PRESENT == kind;
    }

    /**
     * Unit in which exporters show the value.
     *
     * @return {@code seconds}, or null for a plain number.
     */
    public String unit()
    {
        return Kind.PRESENT_NS == kind || Kind.PRESENT_S == kind ? "seconds" : null;
    }

    /**
     * Factor by which exporters divide the recorded value to get {@link #unit()}.
     *
     * @return the factor.
     */
    public double perUnit()
    {
        return Kind.PRESENT_NS == kind ? 1e9 : 1;
    }

    /**
     * Meaning of the value.
     *
     * @return one line of text.
     */
    public String meaning()
    {
        return meaning;
    }
}
