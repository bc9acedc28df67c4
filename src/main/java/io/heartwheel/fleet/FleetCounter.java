package io.heartwheel.fleet;

import java.util.Locale;

/**
 * What a {@link FleetNode} counts.
 */
public enum FleetCounter
{
    /** Exchanges with the engine, whatever came of them. */
    EXCHANGES("Exchanges with the engine, whatever came of them"),

    /** Exchanges to which the engine gave no answer. */
    EXCHANGES_FAILED("Exchanges to which the engine gave no answer"),

    /** Leases taken. */
    JOINS("Leases taken"),

    /** Leases that could not be renewed in time. */
    LAPSES("Leases that could not be renewed in time"),

    /** How often the engine lost data, or may have. */
    ENGINE_LOSSES("How often the engine lost data, or may have"),

    /** Connections that own their identity now, at the first time or again. */
    CLAIMS_WON("Connections that own their identity now, at the first time or again"),

    /** Claims that were too long on their way, and are made again. */
    CLAIMS_LATE("Claims that were too long on their way, and are made again"),

    /** Identities given back. */
    RELEASES("Identities given back"),

    /** How often more releases waited than there is room for. */
    RELEASES_OVERFLOWN("How often more releases waited than there is room for"),

    /** Connections closed for a newer one. */
    TAKEN_OVER("Connections closed for a newer one"),

    /** Connections refused for an older one. */
    REFUSED("Connections refused for an older one"),

    /** Buckets verified. */
    BUCKETS_VERIFIED("Buckets verified"),

    /** Buckets swept. */
    BUCKETS_SWEPT("Buckets swept"),

    /** Records of dead nodes that were erased. */
    SESSIONS_SWEPT("Records of dead nodes that were erased"),

    /** Messages sent to other nodes, those of nodes among each other too. */
    SENT("Messages sent to other nodes, those of nodes among each other too"),

    /** Messages that reached no node. */
    UNREACHED("Messages that reached no node"),

    /** Messages handed to a connection. */
    DELIVERED("Messages handed to a connection"),

    /** Messages handed to a connection that did not take them, as it had ended or reads too slowly. */
    UNDELIVERED("Messages handed to a connection that did not take them, as it had ended or reads too slowly"),

    /** Messages dropped, as they are for a connection that has ended or has no right to them, or are none of ours. */
    DROPPED(
        "Messages dropped, as they are for a connection that has ended or has no right to them, or are none of ours"),

    /** Messages dropped, as the inbox was full. */
    INBOX_FULL("Messages dropped, as the inbox was full"),

    /** How often the inbox was deaf, and was made anew. */
    INBOX_RENEWED("How often the inbox was deaf, and was made anew"),

    /** Requests of the application refused, as too many wait. */
    REQUESTS_REFUSED("Requests of the application refused, as too many wait");

    private final String meaning;

    FleetCounter(final String meaning)
    {
        this.meaning = meaning;
    }

    /** {@return its name for exporters: words in lower case, separated by dots} */
    public String label()
    {
        return name().toLowerCase(Locale.ROOT).replace('_', '.');
    }

    /** {@return its meaning in one line} */
    public String meaning()
    {
        return meaning;
    }
}
