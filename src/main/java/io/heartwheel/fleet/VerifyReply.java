package io.heartwheel.fleet;

import java.util.List;
import java.util.Set;

/**
 * What was found when a bucket was verified.
 *
 * @param newer  for each session that a newer connection has taken, the newer session.
 * @param leases of other nodes by which the bucket has records, if it was verified in full; else none.
 */
public record VerifyReply(List<Session> newer, Set<String> leases)
{
}
