package io.heartwheel.fleet;

import java.util.List;
import java.util.Set;

/**
 * What was found when a bucket was verified.
 *
 * @param others for each session of which the record was another connection's, that session, newer or older.
 * @param leases of other nodes by which the bucket has records, if it was verified in full; else none.
 */
public record VerifyReply(List<Session> others, Set<String> leases)
{
}
