package io.heartwheel.fleet;

import java.util.List;
import java.util.Set;

/**
 * What was found when a bucket was verified.
 *
 * @param others what was found where a session's record should be and was another connection's, newer or older. It has
 *               been replaced if it is older and of the same node, else it is still there.
 * @param leases of other nodes by which the bucket has records, if it was verified in full; else none.
 */
public record VerifyReply(List<Session> others, Set<String> leases)
{
}
