package io.heartwheel;

/**
 * Why a connection ended. Each connection has exactly one reason.
 */
public enum CloseReason
{
    /** The peer closed its end (FIN). */
    PEER_CLOSED(10),

    /** The peer reset the connection (RST). */
    PEER_RESET(11),

    /** The peer said goodbye (BYE). {@link Connection#closeDetail()} has its reason and text. */
    PEER_LEFT(12),

    /** Nothing was heard of the peer for the detection time of its cadence. */
    PEER_SILENT(1),

    /** Bytes waited to be written, and the peer took none of them for the detection time. */
    WRITE_STALLED(2),

    /** The kernel gave the peer up: TCP keepalive or retransmissions went unanswered. */
    KEEPALIVE_TIMEOUT(13),

    /** The network reported that the peer cannot be reached (ICMP). */
    UNREACHABLE(14),

    /** The peer sent something that is no frame of the protocol, or did not complete a frame in time. */
    PROTOCOL_ERROR(3),

    /** The peer sent more than it may, or the most of what was held when that was too much for all peers together. */
    FLOODING(4),

    /** The peer did not do in time what lets it in. */
    HANDSHAKE_TIMEOUT(5),

    /** The peer was not let in, because of the number of connections, its address, or its credential. */
    REFUSED(6),

    /** The application closed the connection. */
    LOCAL_CLOSE(7),

    /** The server or client that owns the connection is shutting down. */
    SHUTDOWN(8),

    /** The listener threw an exception while it handled the connection. */
    LISTENER_FAILED(9),

    /** This end failed while it handled the connection: a fault of Heartwheel, or of the JVM. */
    INTERNAL_ERROR(15),

    /**
     * The peer went (FIN or RST) within a second and had not sent a byte. Most likely a load balancer looked whether
     * this server is there. Only a server gives this reason.
     */
    NEVER_SPOKE(16),

    /** The {@link Protocol} of the application failed: it threw an exception, or broke its contract. */
    PROTOCOL_FAILED(17),

    /** A newer connection of the same identity has taken the place of this one. A client does not come back at once. */
    TAKEN_OVER(18);

    private static final CloseReason[] VALUES = values();

    private final int code;

    CloseReason(final int code)
    {
        this.code = code;
    }

    /**
     * The number of this reason in a BYE frame.
     *
     * @return 1 to 255.
     */
    public int code()
    {
        return code;
    }

    /**
     * The meaning of a code in a BYE frame.
     *
     * @param code 0 to 255.
     * @return the name of the reason, or the number if no reason has it.
     */
    public static String nameOf(final int code)
    {
        for (final CloseReason reason : VALUES)
        {
            if (code == reason.code)
            {
                return reason.name();
            }
        }
        return Integer.toString(code);
    }

    /**
     * Was the connection lost? It was not if one end closed it on purpose and said so, or if the peer never spoke.
     *
     * @return false for LOCAL_CLOSE, SHUTDOWN, PEER_LEFT, NEVER_SPOKE and TAKEN_OVER.
     */
    public boolean isLoss()
    {
        return LOCAL_CLOSE != this && SHUTDOWN != this && PEER_LEFT != this && NEVER_SPOKE != this &&
            TAKEN_OVER != this;
    }

    /**
     * May the application close a connection for this reason? See {@link Connection#close(CloseReason)}.
     *
     * @return true for LOCAL_CLOSE, SHUTDOWN, REFUSED and TAKEN_OVER.
     */
    public boolean isOfHost()
    {
        return LOCAL_CLOSE == this || SHUTDOWN == this || REFUSED == this || TAKEN_OVER == this;
    }
}
