package io.heartwheel.admission;

/**
 * What arrived begins with no PROXY header, or with a malformed one. The message names the value in one line of
 * printable ASCII, whatever the peer has sent. Has no stack trace: a peer can cause any number of them.
 */
public final class ProxyHeaderException extends Exception
{
    private static final long serialVersionUID = 1L;

    ProxyHeaderException(final String message)
    {
        super(message, null, false, false);
    }

    static ProxyHeaderException ofByte(final int value, final int index)
    {
        return new ProxyHeaderException(
            "PROXY header with 0x" + Integer.toHexString(value & 0xFF) + " at byte " + index);
    }
}
