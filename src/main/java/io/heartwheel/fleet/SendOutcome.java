package io.heartwheel.fleet;

/**
 * What became of a message to an identity.
 */
public enum SendOutcome
{
    /** It was sent to the node that has the connection, which delivers it at most once. */
    SENT,

    /** The node that has the connection does not listen, or the connection has ended or was taken over. */
    UNREACHED,

    /** No connection has the identity. */
    ABSENT,

    /** It is not known, as this node has no lease at present or the engine does not answer. */
    UNKNOWN
}
