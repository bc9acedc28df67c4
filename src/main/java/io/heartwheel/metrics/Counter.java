package io.heartwheel.metrics;

/**
 * What a reactor counts.
 */
public enum Counter
{
    /** Connections opened. */
    OPENED,

    /** Connections closed that had been opened. */
    CLOSED,

    /** Reads that brought bytes. */
    HEARD,

    /** Bytes read. */
    BYTES_IN,

    /** Bytes written. */
    BYTES_OUT,

    /** Probes written to silent peers. */
    PROBES,

    /** Probes answered by a PONG with their token. */
    ANSWERS,

    /** Messages (DATA frames) received. */
    MESSAGES,

    /** Times that accepting failed, for lack of file descriptors most likely. */
    ACCEPT_FAILURES,

    /** Exceptions thrown by the listener. */
    LISTENER_FAILURES,

    /** Gaps between our own duty cycles above the threshold. */
    STALLS,

    /** Length of the longest stall, in nanoseconds. */
    LONGEST_STALL_NS
}
