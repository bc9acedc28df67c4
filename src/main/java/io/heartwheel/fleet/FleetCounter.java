package io.heartwheel.fleet;

/**
 * What a {@link FleetNode} counts.
 */
public enum FleetCounter
{
    /** Exchanges with the engine, whatever came of them. */
    EXCHANGES,

    /** Exchanges to which the engine gave no answer. */
    EXCHANGES_FAILED,

    /** Leases taken. */
    JOINS,

    /** Leases that could not be renewed in time. */
    LAPSES,

    /** How often the engine lost data, or may have. */
    ENGINE_LOSSES,

    /** Connections that own their identity now, at the first time or again. */
    CLAIMS_WON,

    /** Claims that were too long on their way, and are made again. */
    CLAIMS_LATE,

    /** Identities given back. */
    RELEASES,

    /** How often more releases waited than there is room for. */
    RELEASES_OVERFLOWN,

    /** Connections closed for a newer one. */
    TAKEN_OVER,

    /** Connections refused for an older one. */
    REFUSED,

    /** Buckets verified. */
    BUCKETS_VERIFIED,

    /** Buckets swept. */
    BUCKETS_SWEPT,

    /** Records of dead nodes that were erased. */
    SESSIONS_SWEPT,

    /** Messages sent to other nodes, those of nodes among each other too. */
    SENT,

    /** Messages that reached no node. */
    UNREACHED,

    /** Messages handed to a connection. */
    DELIVERED,

    /** Messages dropped, as they are for a connection that has ended or has no right to them, or are none of ours. */
    DROPPED,

    /** Messages dropped, as the inbox was full. */
    INBOX_FULL,

    /** How often the inbox was deaf, and was made anew. */
    INBOX_RENEWED,

    /** Requests of the application refused, as too many wait. */
    REQUESTS_REFUSED
}
