package io.heartwheel.fleet.simulation;

/**
 * Deliberate defects of the fleet, as changes of its sources. How soon the simulation finds them shows its worth.
 */
enum FleetDefect
{
    RELEASES_BY_IDENTITY(1, 100, "fleet/MemoryRegistry",
        "        if (null != current && current.isOf(release.boot(), release.connection()))\n",
        "        if (null != current)\n"),
    SWEEPS_WHO_IS_NOT_LISTED(30, 1000, "fleet/Members",
        "return isAsOf(readNs) ? Life.DEAD : Life.UNKNOWN;",
        "return Life.DEAD;"),
    CLAIM_HAS_NO_DEADLINE(28, 300, "fleet/Claims",
        "clock.leastUs(nowNs) + settings.claimNs() / 1_000;",
        "Long.MAX_VALUE;"),
    STAMP_IS_OF_ARRIVAL(6, 300, "fleet/LocalSession",
        "Math.max(0, nowNs - openedNs) / 1_000",
        "0"),
    HELD_FROM_THE_REPLY(1683, 2000, "fleet/Renewals",
        "        lease.hold(sentNs);\n",
        "        lease.hold(nowNs);\n"),
    NO_AMNESTY(9, 300, "fleet/MemoryLeases",
        "if (2 * gapMs > ttlMs || gapMs < 0)",
        "if (gapMs < 0)"),
    NOTHING_IS_VERIFIED_AFTER_A_RECONNECT(14, 1000, "fleet/FleetNode",
        "            upkeep.onLoss(nowNs);\n",
        ""),
    VERSIONS_REPEAT(7, 300, "fleet/MemoryLeases",
        "version = Math.max(version + 1, nowUs);",
        "version = nodes.size();"),
    CLAIM_IS_SENT_AGAIN_WITH_ITS_FIRST_AGE(3, 500, "fleet/LocalSession",
        "    Claim claim(final String lease, final long nowNs, final long deadlineUs)\n    {\n" +
            "        return new Claim(\n" +
            "            identity, lease, connection, Math.max(0, nowNs - openedNs) / 1_000, deadlineUs, stampUs);",
        "    private long ageUs = -1;\n\n" +
            "    Claim claim(final String lease, final long nowNs, final long deadlineUs)\n    {\n" +
            "        ageUs = ageUs < 0 ? Math.max(0, nowNs - openedNs) / 1_000 : ageUs;\n" +
            "        return new Claim(identity, lease, connection, ageUs, deadlineUs, stampUs);"),
    STAMP_OF_A_MESSAGE_IS_IGNORED(69, 1000, "fleet/Sessions",
        "session.isWanted() && stampUs == session.stampUs ? session : null",
        "session.isWanted() ? session : null"),
    LEASE_IS_JUDGED_BY_THE_ENGINE_ALONE(6, 300, "fleet/Lease",
        "return FleetState.HELD == state && heldUntilNs - nowNs > 0;",
        "return FleetState.HELD == state;"),
    LEASE_IS_TAKEN_TWICE(6, 1000, "fleet/Lease",
        "        ++number;\n",
        "        number = Math.max(1, number);\n"),
    ASKS_ON_AFTER_A_FAILURE(1360, 20000, "fleet/FleetNode",
        "retryNs = nowNs + settings.claimNs() + random.nextLong(RETRY_MAX_NS);",
        "retryNs = nowNs;"),
    THE_OLDER_IS_NOT_TOLD(77, 1000, "fleet/Upkeep",
        "                takeovers.onOther(session, other, nowNs, true);\n",
        ""),
    WHO_ENDS_WHILE_CLAIMED_IS_NOT_RELEASED(7, 1000, "fleet/Sessions",
        "            firstDirty.isSent = true;\n",
        ""),
    VERIFY_HAS_NO_DEADLINE(908, 4000, "fleet/MemoryRegistry",
        "        if (clockUs.getAsLong() > deadlineUs)\n        {\n            return null;",
        "        if (clockUs.getAsLong() < 0)\n        {\n            return null;"),
    DEAD_ARE_SHOWN(6, 1000, "fleet/Requests",
        "            if (Members.Life.LIVE == life)\n",
        "            if (Members.Life.UNKNOWN != life)\n"),
    A_NEW_LEASE_IS_NOT_WRITTEN(378, 3000, "fleet/Renewals",
        "            sessions.forgetReleases();\n            upkeep.verifyAll(nowNs);\n",
        "            sessions.forgetReleases();\n"),
    TAKES_ANOTHER_IDENTITY_FOR_THE_OLDER(453, 10000, "fleet/Routing",
        "null != local && local.identity.equals(newer.identity())",
        "null != local"),
    DEAD_ARE_NOT_SWEPT(3, 300, "fleet/Sweeps",
        "        deadLeases.forEach((dead) -> bucketsLeft.putIfAbsent(dead, buckets));\n",
        ""),
    NOBODY_IS_ASKED_TO_LOOK(358, 2000, "fleet/Claims",
        "                batch.forEach((session) -> looks.add(session.bucket));\n",
        ""),
    NOBODY_VERIFIES_WHEN_A_NODE_ENDS(318, 2000, "fleet/Renewals",
        "            upkeep.onNodeEnded(nowNs);\n",
        ""),
    AN_OLDER_RECORD_IS_LEFT(689, 3000, "fleet/Upkeep",
        "                    sessions.dirty(session);\n",
        ""),
    ORPHANS_ARE_NOT_SWEPT(400, 1000, "fleet/Upkeep",
        "                    sweeps.met(bucket, reply.leases(), endNs);\n",
        "");

    final int seed;
    final int seedsMax;
    final String file;
    final String original;
    final String replacement;

    /**
     * @param seed        that found it before, to be tried first.
     * @param seedsMax    within how many seeds, counted from 1, it has to be found.
     * @param file        below the sources of io.heartwheel.
     * @param original    what the file has once.
     * @param replacement what it has instead.
     */
    FleetDefect(
        final int seed, final int seedsMax, final String file, final String original, final String replacement)
    {
        this.seed = seed;
        this.seedsMax = seedsMax;
        this.file = file;
        this.original = original;
        this.replacement = replacement;
    }
}
