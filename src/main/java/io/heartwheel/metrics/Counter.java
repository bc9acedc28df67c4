package io.heartwheel.metrics;

/**
 * What a reactor counts, and the names by which exporters call it.
 */
public enum Counter
{
    /** Connections opened. */
    OPENED("connections.opened", false, "Connections opened"),

    /** Connections closed that had been opened. */
    CLOSED("connections.closed", false, "Connections closed that had been opened"),

    /** Reads that brought bytes. */
    HEARD("reads", false, "Reads that brought bytes"),

    /** Bytes read. */
    BYTES_IN("bytes.in", false, "Bytes read"),

    /** Bytes written. */
    BYTES_OUT("bytes.out", false, "Bytes written"),

    /** Frames read, those of unknown types left out. */
    FRAMES_IN("frames.in", false, "Frames read, those of unknown types left out"),

    /** Frames sent: DATA and BYE when they are queued, the others when they are written. */
    FRAMES_OUT("frames.out", false,
        "Frames sent: DATA and BYE when they are queued, the others when they are written"),

    /** Probes written to silent peers. */
    PROBES("probes", false, "Probes written to silent peers"),

    /** Probes answered by a PONG with their token. */
    ANSWERS("probe.answers", false, "Probes answered by a PONG with their token"),

    /** Messages (DATA frames) received. */
    MESSAGES("messages", false, "Messages (DATA frames) received"),

    /** Times that accepting failed, for lack of file descriptors most likely. */
    ACCEPT_FAILURES("accept.failures", false, "Times that accepting failed, for lack of file descriptors most likely"),

    /** Exceptions thrown by the listener. */
    LISTENER_FAILURES("listener.failures", false, "Exceptions thrown by the listener"),

    /** Gaps between our own duty cycles above the threshold. */
    STALLS("stalls", false, "Gaps between our own duty cycles above the threshold"),

    /** Duty cycles. */
    CYCLES("cycles", false, "Duty cycles"),

    /** Length of the longest stall, in nanoseconds. */
    LONGEST_STALL_NS("longest.stall.ns", true, "Length of the longest stall, in nanoseconds"),

    /** Times that a step of the duty cycle left work to the next one, as it had done as much as it may. */
    CUT_OFFS("cut.offs", false,
        "Times that a step of the duty cycle left work to the next one, as it had done as much as it may"),

    /** Deadlines on the wheel at present. */
    DEADLINES("deadlines", true, "Deadlines on the wheel at present");

    private final String label;
    private final boolean isGauge;
    private final String meaning;

    Counter(final String label, final boolean isGauge, final String meaning)
    {
        this.label = label;
        this.isGauge = isGauge;
        this.meaning = meaning;
    }

    /**
     * Name for exporters.
     *
     * @return words in lower case, with dots between them.
     */
    public String label()
    {
        return label;
    }

    /**
     * May it become less?
     *
     * @return false if it only grows.
     */
    public boolean isGauge()
    {
        return isGauge;
    }

    /**
     * What it counts, in one line.
     *
     * @return one line of text.
     */
    public String meaning()
    {
        return meaning;
    }
}
