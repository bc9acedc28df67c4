package io.heartwheel.fleet;

import java.util.List;
import java.util.Map;

/**
 * How the fleet stands, as told with each renewal.
 *
 * @param isHeld     whether the lease holds. A lease that does not is dead, with all its records. False after
 *                   {@link LeaseAction#LEAVE} and {@link LeaseAction#SHOW}.
 * @param engineUs   the engine's clock, in microseconds.
 * @param registryId of the registry's life: another one means that all data was lost meanwhile. Empty after SHOW.
 * @param version    of the members. Lives of a registry, and its histories before and after a failover, share none. 0
 *                   after SHOW.
 * @param reaped     leases that had run out and were ended by this call, the caller's own among them: the caller sweeps
 *                   their records. At most 256, the oldest first.
 * @param members    lease to node of all that live, or null if {@code version} is what the caller knew.
 */
public record LeaseReply(
    boolean isHeld, long engineUs, String registryId, long version, List<String> reaped, Map<String, String> members)
{
}
