package io.heartwheel.simulation;

/**
 * A mistake that is made in a copy of the engine, and has to be found by a {@link ReactorsWorld}.
 */
enum ReactorsDefect
{
    CONNECTIONS_ARE_LIMITED_FOR_EACH("reactor/Totals",
        "connections.incrementAndGet() > maxConnections",
        "connections.incrementAndGet() > maxConnections * shares.size()"),
    THOSE_WHO_LEFT_STILL_COUNT("reactor/Totals",
        "final int left = connections.decrementAndGet();",
        "final int left = connections.get();"),
    REACTORS_GIVE_THE_SAME_IDS("reactor/PeerId",
        "reactor << SLOT_BITS | slot",
        "slot"),
    HANDED_OVER_TO_NOBODY("reactor/Intake",
        "if (taker == reactor.share || !taker.offer(socket, number))",
        "if (taker == reactor.share)"),
    FULL_REACTOR_LOSES_WHAT_IS_OFFERED("reactor/Share",
        "if (isClosed || offers.size() >= OFFERS_MAX)\n            {\n                return false;",
        "if (isClosed || offers.size() >= 2)\n            {\n                return true;"),
    ONE_OFFER_IS_TAKEN_AND_THE_REST_FORGOTTEN("reactor/Share",
        "            offered = offers.size();\n            return offer;",
        "            offers.clear();\n            offered = 0;\n            return offer;"),
    A_STALL_IS_THAT_OF_ALL("reactor/AttendedClock",
        "    private long stalledNs;\n",
        "    private static long stalledNs;\n"),
    A_LOOK_OF_ANOTHER_HIDES_A_STALL("reactor/AttendedClock",
        "    private long lastSampleNs;\n",
        "    private static long lastSampleNs;\n"),
    REFUSED_BY_ADDRESS_STILL_COUNTS("reactor/Admission",
        "            if (null == peer)\n            {\n                rules.leave();",
        "            if (null != peer)\n            {\n                rules.leave();");

    final String file;
    final String original;
    final String replacement;

    ReactorsDefect(final String file, final String original, final String replacement)
    {
        this.file = file;
        this.original = original;
        this.replacement = replacement;
    }
}
