package io.heartwheel.websocket;

/**
 * The codes of a CLOSE frame (RFC 6455, section 7.4.1, and the registry of IANA that it founded), and which of them
 * tells each reason of an end.
 */
public final class CloseCode
{
    /** The purpose of the connection is fulfilled. */
    public static final int NORMAL = 1000;

    /** The server is shutting down. */
    public static final int GOING_AWAY = 1001;

    /** The peer broke the protocol. */
    public static final int PROTOCOL_ERROR = 1002;

    /** The peer sent a kind of message that is not taken here, such as text. */
    public static final int NOT_TAKEN = 1003;

    /** The server restarts, and its clients are to come back after a random time. */
    public static final int RESTARTING = 1012;

    /** Stands for a CLOSE without a code. Never sent. */
    public static final int NONE = 1005;

    /** The peer sent text that is no UTF-8. */
    public static final int BAD_TEXT = 1007;

    /** The peer broke a rule that has no code of its own: it was not let in, or sent too much. */
    public static final int POLICY = 1008;

    /** The peer sent a message that is too long. */
    public static final int TOO_LONG = 1009;

    /** This end failed. */
    public static final int FAILED = 1011;

    /** What is added to the code of a reason that WebSocket has no code for: 4000 to 4999 are for private use. */
    public static final int PRIVATE = 4000;

    /** A newer connection has taken the place of this one: {@link #PRIVATE} and the code of that reason. */
    public static final int TAKEN_OVER = 4018;

    private static final int LAST_KNOWN = 1014;
    private static final int FIRST_REGISTERED = 3000;
    private static final int LAST_PRIVATE = 4999;

    private CloseCode()
    {
    }

    /**
     * The code that tells a reason.
     *
     * @param reason code of the reason in a BYE frame, 1 to 255.
     * @return the code in a CLOSE frame: {@link #PRIVATE} and the reason if WebSocket has none for it.
     */
    public static int of(final int reason)
    {
        return switch (reason)
        {
            case 3 -> PROTOCOL_ERROR;
            case 4, 6 -> POLICY;
            case 7 -> NORMAL;
            case 8 -> GOING_AWAY;
            case 9, 15 -> FAILED;
            default -> PRIVATE + reason;
        };
    }

    /**
     * The reason that a code of a server tells, as far as it tells one alone: 1008 and 1011 stand for several, 1000 for
     * none, and codes for private use for another with each server. 4018 is believed all the same: were it not, two
     * clients would throw each other out for ever, and a server that means something else by it only waits a while.
     *
     * @param code in a CLOSE frame.
     * @return code of the reason in a BYE frame, 1 to 255; 0 if there is none.
     */
    public static int reasonOf(final int code)
    {
        return switch (code)
        {
            case GOING_AWAY, RESTARTING -> 8;
            case PROTOCOL_ERROR, NOT_TAKEN, BAD_TEXT, TOO_LONG -> 3;
            case TAKEN_OVER -> 18;
            default -> 0;
        };
    }

    /**
     * May a CLOSE frame have this code? Codes that only stand for something (1005, 1006, 1015), and those that nobody
     * has given a meaning to, may not be sent (RFC 6455, section 7.4).
     *
     * @param code 0 to 65535.
     * @return false if the code breaks the protocol.
     */
    public static boolean isValid(final int code)
    {
        return code >= NORMAL && code <= NOT_TAKEN || code >= BAD_TEXT && code <= LAST_KNOWN ||
            code >= FIRST_REGISTERED && code <= LAST_PRIVATE;
    }
}
