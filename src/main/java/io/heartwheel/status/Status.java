package io.heartwheel.status;

import java.util.Map;

/**
 * How a server stands at one moment. As JSON it has these names.
 *
 * @param address        it listens at.
 * @param healthy        does its duty cycle turn?
 * @param health         the same in words.
 * @param uptimeMs       since it was started.
 * @param open           connections at present.
 * @param opened         connections since the start.
 * @param refused        connections not let in, or gone before they were.
 * @param neverSpoke     connections that came to look only, as health checks of balancers do: neither lost nor refused.
 * @param readsPerS      reads that brought bytes, since the sample before: in the last second as a rule.
 * @param probesPerS     since then.
 * @param bytesIn        since the start.
 * @param bytesOut       since the start.
 * @param framesIn       since the start.
 * @param framesOut      since the start.
 * @param probes         written since the start.
 * @param answers        to them.
 * @param losses         since the start, by reason, those that occurred.
 * @param stalls         of the server itself.
 * @param longestStallMs of them.
 * @param cutOffs        of bounded steps.
 * @param acceptFailures since the start.
 * @param deadlines      on the wheel.
 * @param roundTripMs    of the last 30 to 60 s, by percentile.
 * @param marginPercent  of the detection time that peers used up.
 * @param latenessMs     of verdicts.
 * @param cycleMs        of the duty cycle.
 */
public record Status(
    String address,
    boolean healthy,
    String health,
    long uptimeMs,
    long open,
    long opened,
    long refused,
    long neverSpoke,
    double readsPerS,
    double probesPerS,
    long bytesIn,
    long bytesOut,
    long framesIn,
    long framesOut,
    long probes,
    long answers,
    Map<String, Long> losses,
    long stalls,
    double longestStallMs,
    long cutOffs,
    long acceptFailures,
    long deadlines,
    Percentiles roundTripMs,
    Percentiles marginPercent,
    Percentiles latenessMs,
    Percentiles cycleMs)
{
    /**
     * All connections lost.
     */
    public long lost()
    {
        return losses.values().stream().mapToLong(Long::longValue).sum();
    }
}
