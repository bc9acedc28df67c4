package io.heartwheel.status;

/**
 * The state of one of several reactors at one moment. The JSON has the same names.
 *
 * @param reactor        index of it.
 * @param open           connections at present.
 * @param opened         total of connections.
 * @param readsPerS      reads a second that brought bytes, since the previous sample.
 * @param stalls         total of stalls.
 * @param longestStallMs length of the longest stall in ms.
 * @param cutOffs        total of steps of the duty cycle that reached their limit.
 * @param heldBytes      bytes held at present for its peers.
 * @param cycleMs        working time of its duty cycles in ms.
 */
public record ReactorStatus(
    int reactor,
    long open,
    long opened,
    double readsPerS,
    long stalls,
    double longestStallMs,
    long cutOffs,
    long heldBytes,
    Percentiles cycleMs)
{
}
