package io.heartwheel.status;

import java.util.List;
import java.util.Map;

/**
 * The state of a server at one moment. The JSON has the same names. Totals count from the start of the server.
 * Percentiles are of the last 30 to 60 s.
 *
 * @param address        that the server listens at.
 * @param healthy        whether its duty cycle turns.
 * @param health         the same in words.
 * @param uptimeMs       time in ms since the server was started.
 * @param open           connections at present.
 * @param opened         total of connections.
 * @param refused        total of connections that were not let in, or closed before they were.
 * @param neverSpoke     total of connections that closed without a byte, as health checks of balancers do. They count
 *                       neither as lost nor as refused.
 * @param readsPerS      reads a second that brought bytes, since the previous sample, usually one second ago.
 * @param probesPerS     probes written a second, since the previous sample.
 * @param bytesIn        total of bytes read.
 * @param bytesOut       total of bytes written.
 * @param framesIn       total of frames read.
 * @param framesOut      total of frames sent.
 * @param probes         total of probes written.
 * @param answers        total of probes answered.
 * @param losses         totals of losses, for each reason that occurred.
 * @param protocols      each protocol that is spoken.
 * @param webSocket      how WebSockets were refused and closed; null, and not in the JSON, if there is none.
 * @param stalls         total of stalls of the reactor.
 * @param longestStallMs length of the longest stall in ms.
 * @param cutOffs        total of steps of the duty cycle that reached their limit.
 * @param acceptFailures total of failed accepts.
 * @param deadlines      deadlines on the wheel at present.
 * @param roundTripMs    round-trip times in ms.
 * @param marginPercent  percentage of their detection time that peers had used up when they were heard again.
 * @param latenessMs     lateness of verdicts in ms.
 * @param cycleMs        working time of duty cycles in ms.
 * @param reactors       each of several reactors; null, and not in the JSON, if there is one.
 * @param fleet          how the server stands to its fleet; null, and not in the JSON, if it has none.
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
    List<ProtocolStatus> protocols,
    WebSocketStatus webSocket,
    long stalls,
    double longestStallMs,
    long cutOffs,
    long acceptFailures,
    long deadlines,
    Percentiles roundTripMs,
    Percentiles marginPercent,
    Percentiles latenessMs,
    Percentiles cycleMs,
    List<ReactorStatus> reactors,
    FleetStatus fleet)
{
    /**
     * A server that tells of no protocols speaks our own frames.
     */
    public Status
    {
        protocols = null == protocols ? List.of() : protocols;
    }

    /**
     * Total of connections lost, for any reason.
     */
    public long lost()
    {
        return losses.values().stream().mapToLong(Long::longValue).sum();
    }
}
