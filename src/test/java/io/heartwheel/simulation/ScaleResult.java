package io.heartwheel.simulation;

import org.HdrHistogram.Histogram;

import java.util.List;

/**
 * The result of a fleet.
 *
 * @param connections   of it.
 * @param footprint     when all were connected.
 * @param load          from then on.
 * @param stalls        of the reactor.
 * @param verdicts      that were right.
 * @param falseVerdicts on peers that were well.
 * @param missed        peers that are gone, and not condemned.
 * @param lateness      of verdicts.
 * @param faults        in words; none if all went well.
 */
record ScaleResult(
    int connections,
    Footprint footprint,
    Load load,
    long stalls,
    int verdicts,
    int falseVerdicts,
    int missed,
    Histogram lateness,
    List<String> faults)
{
    /**
     * What was done, and how long it really took.
     *
     * @param seconds   of virtual time.
     * @param wallNs    real time.
     * @param reactorNs of it, what the simulation did not take for itself.
     * @param events    of the simulation.
     * @param heard     reads that brought bytes.
     * @param probes    sent.
     */
    record Load(double seconds, long wallNs, long reactorNs, long events, long heard, long probes)
    {
        double wallMsPerSecond()
        {
            return wallNs / 1e6 / seconds;
        }

        double reactorMsPerSecond()
        {
            return reactorNs / 1e6 / seconds;
        }
    }
}
