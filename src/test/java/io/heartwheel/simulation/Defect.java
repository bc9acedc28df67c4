package io.heartwheel.simulation;

/**
 * Things that could be wrong with the engine, as a change of its sources: what a simulation is worth shows in how soon
 * it finds them.
 */
enum Defect
{
    NO_FINAL_READ(30, "Watcher",
        "        reactor.io.read(connection);\n",
        ""),
    JUDGES_AFTER_ONE_FULL_BATCH(1500, "Reactor",
        "for (int batches = connections.size() / FULL_BATCH + 2; batches > 0 && !isAllHeard; batches--)",
        "for (int batches = parkNs > 0 ? 0 : 1; batches > 0; batches--)"),
    COUNTS_A_PROBE_BEFORE_IT_IS_WRITTEN(100, "Watcher",
        "        connection.outbound.ping(connection.nextPingToken());\n",
        "        connection.outbound.ping(connection.nextPingToken());\n        tracker.probeWritten(slot, nowNs);\n"),
    LEAVES_A_TIMER_TO_THE_NEXT_TENANT(30, "liveness/LivenessTracker",
        "            wheel.cancel(slot);\n        }\n    }\n\n    /**\n     * The watcher itself",
        "        }\n    }\n\n    /**\n     * The watcher itself"),
    GIVES_IDS_TWICE(30, "ConnectionTable",
        "generations[slot] + 1 & Integer.MAX_VALUE",
        "generations[slot]"),
    DEADLINES_DRIFT(30, "liveness/LivenessTracker",
        "            waits.ask(slot, dueNs);\n",
        "            waits.ask(slot, nowNs);\n"),
    WHEEL_IS_LATE_BY_A_TICK(100, "wheel/TimingWheel",
        "return (deadlineNs - startNs + (1L << tickShift) - 1) >> tickShift;",
        "return (deadlineNs - startNs + (1L << tickShift) - 1 >> tickShift) + 1;"),
    WHEEL_FORGETS_WHAT_A_STALL_PASSED(100, "wheel/TimingWheel",
        "nextTick = Math.max(nextTick, nowTick - spokeMask);",
        "nextTick = Math.max(nextTick, nowTick - 64);"),
    COMPARES_TIMES_ACROSS_THE_OVERFLOW(30, "liveness/LivenessTracker",
        "        if (dueNs - nowNs > 0)\n",
        "        if (dueNs > nowNs)\n"),
    PARKS_ACROSS_THE_OVERFLOW(30, "Reactor",
        "return Math.max(0, Math.min(maxParkNs, nextDeadlineNs() - nowNs));",
        "return nextDeadlineNs() <= nowNs ? 0 : maxParkNs;"),
    PARKS_TOO_SHORT(30, "Reactor",
        "final long parkMs = (parkNs + 999_999) / 1_000_000;",
        "final long parkMs = parkNs / 1_000_000;"),
    GATHERS_PAST_DEADLINES(100, "Coalescer",
        "Math.min(parkNs, coalesceNs - (isQuiet ? 0 : nowNs - lookNs));",
        "50_000_000;"),
    LISTENER_ENDS_THE_BATCH(30, "GuardedListener",
        "        metrics.add(Counter.LISTENER_FAILURES, 1);\n",
        "        if (ex instanceof RuntimeException failure)\n        {\n            throw failure;\n        }\n"),
    STALLS_ARE_NOT_LEFT_OUT(30, "AttendedClock",
        "            stalledNs += gapNs - stallThresholdNs;\n",
        ""),
    NO_GRACE_AFTER_A_STALL(200, "liveness/LivenessTracker",
        "        if (waits.isSet(slot, graced) || attentiveSinceNs + graceNs - deadlineNs <= 0)\n",
        "        if (graceNs > 0)\n"),
    LATE_PROBE_HAS_LESS_TIME(300, "liveness/Waits",
        "cadences[slot].intervalNs() >> LATE_PROBE_SHIFT",
        "cadences[slot].intervalNs()"),
    HEARD_AT_THE_BEGIN_OF_THE_BATCH(4000, "Reactor",
        "        watcher.onSample(nowNs);\n",
        ""),
    WAITS_BEGIN_WITH_THE_BATCH(500, "Watcher",
        "isCut || isPingSent ? reactor.sample() : reactor.nowNs()",
        "reactor.nowNs()"),
    CONTROL_FRAMES_ARE_NO_LIFE(30, "Inbound",
        "        onHeard(connection);\n        bytes = in;\n",
        "        current = connection;\n        if (in.remaining() > 4)\n        {\n" +
            "            onHeard(connection);\n        }\n        bytes = in;\n"),
    BLOCKED_PEER_IS_IMMORTAL(100, "liveness/LivenessTracker",
        "        if (isWatched(slot) && (progressed || !waits.isSet(slot, Waits.UNSENT)))\n",
        "        if (isWatched(slot))\n"),
    ROOM_IS_NOT_LOOKED_FOR(100, "Watcher",
        "        reactor.io.flush(reactor.connections.at(slot));\n",
        ""),
    END_IS_TAKEN_FOR_SILENCE(30, "SocketIo",
        "        {\n            reactor.departures.condemn(connection, CloseReason.PEER_CLOSED, \"\");\n        }\n" +
            "        else",
        "        {\n            reactor.departures.condemn(connection, CloseReason.PEER_SILENT, \"\");\n        }\n" +
            "        else"),
    CLOSES_TWICE(30, "Departures",
        "            condemned.add(connection);\n        }\n        else\n",
        "            condemned.add(connection);\n            condemned.add(connection);\n        }\n        else\n"),
    LINGERS_INTO_THE_NEXT_TENANT(100, "Departures",
        "            reactor.curfew.lift(connection);\n            reactor.held.release(connection);\n",
        "            reactor.held.release(connection);\n"),
    CLOSE_LIMIT_LOSES_ONE(30, "Departures",
        "            close(condemned.poll());\n",
        "            close(condemned.poll());\n            condemned.poll();\n"),
    CONTROL_FRAME_CUTS_INTO_A_MESSAGE(30, "wire/Outbound",
        "        copyQueued(out, 0, halfWrittenLength);\n        if (out.remaining()",
        "        if (out.remaining()"),
    HALF_FRAME_IS_DROPPED(30, "Inbound",
        "decoder.decode(half, in, this)",
        "decoder.decode(null, in, this)"),
    DEATH_WITHIN_A_FRAME_IS_AN_ERROR(300, "Curfew",
        "        if (idleNs > 0 && nowNs - connection.lastHeardNs() >= idleNs)\n",
        "        if (idleNs < 0)\n"),
    FIRST_WORDS_ARE_NOT_HEARD(100, "Admission",
        "        if (null == ctx.credentialCheck())\n        {\n            open(connection);\n",
        "        if (null == ctx.credentialCheck())\n        {\n"),
    ACCEPTING_SPINS_WITHOUT_DESCRIPTORS(200, "Acceptor",
        "        key.interestOps(0);\n",
        ""),
    ACCEPTING_NEVER_RESUMES(200, "Acceptor",
        "        if (isPaused && resumeNs - reactor.nowNs() <= 0)\n",
        "        if (isPaused && resumeNs - reactor.nowNs() > Long.MAX_VALUE - 1)\n"),
    CLIENT_LEAKS_A_SOCKET(500, "Dialer",
        "        reactor.faults.close(link.connecting);\n",
        ""),
    CLIENT_DOES_NOT_SPEAK_TO_A_LISTENING_SERVER(500, "Connector",
        "        final boolean isPassive = 0 == hello.count() && hello.idleMs() > 0;\n",
        "        final boolean isPassive = false;\n"),
    CLIENT_WAITS_FOR_A_CONNECT_WITHOUT_END(1000, "Connector",
        "            case Link.CONNECTING -> fail(link, \"not connected within \" + timeoutText());\n",
        "            case Link.CONNECTING -> link.speakNs = 0;\n"),
    BACK_OFF_GROWS_WITHOUT_LIMIT(30, "Backoff",
        "return Math.min(limitNs, maxNs);",
        "return limitNs * 2;"),
    PROBES_WAIT_BEHIND_MEGABYTES(60, "SocketSettings",
        "        if (ctx.sendBufferLength() > 0)\n",
        "        if (ctx.sendBufferLength() < 0)\n"),
    HELLO_RESTARTS_THE_WAIT_FOR_PROGRESS(200, "liveness/Waits",
        "final boolean isUnsentJudged = isSet(slot, UNSENT) && UNJUDGED != states[slot];",
        "final boolean isUnsentJudged = false;"),
    STALLS_ARE_NOT_CREDITED(200, "Inbound",
        "+ 2 * lengthNs;",
        "+ lengthNs;"),
    OFF_IS_THE_STRICTEST_WATCH(200, "Hellos",
        "return 0 == ms ? maxNs : Math.max(",
        "return Math.max("),
    LINK_COMES_BACK_THOUGH_IT_WAS_CLOSED(600, "Connector",
        "final boolean isSpread)\n    {\n        if (isClosed || link.isClosing())\n",
        "final boolean isSpread)\n    {\n        if (isClosed)\n"),
    CLOSES_ITSELF_WITHIN_A_CALLBACK(100, "ReactorAgent",
        "        else if (!isAtWork)\n",
        "        else\n"),
    ERROR_LEAVES_EVERYTHING_OPEN(60, "ReactorAgent",
        "        catch (final Throwable ex)\n        {\n            fail(ex);\n        }\n        isAtWork",
        "        catch (final RuntimeException ex)\n        {\n            fail(ex);\n        }\n        isAtWork"),
    ERROR_HANDLER_DOES_HARM(60, "Faults",
        "            Log.error(ex);\n",
        "            throw ex;\n"),
    INTERRUPT_IS_LEFT(100, "Faults",
        "        if (!wasInterrupted && Thread.interrupted())\n",
        "        if (wasInterrupted && Thread.interrupted())\n");

    final int seedsMax;
    final String file;
    final String original;
    final String replacement;

    /**
     * @param seedsMax    within how many seeds it has to be found.
     * @param file        below the sources of io.heartwheel.
     * @param original    what the file has once.
     * @param replacement what it has instead.
     */
    Defect(final int seedsMax, final String file, final String original, final String replacement)
    {
        this.seedsMax = seedsMax;
        this.file = file;
        this.original = original;
        this.replacement = replacement;
    }
}
