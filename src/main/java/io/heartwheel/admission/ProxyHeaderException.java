package io.heartwheel.admission;

/**
 * A connection does not begin with a PROXY header, or with a malformed one. The message names the value in one line of
 * printable ASCII, whatever the peer has sent. There is no stack trace, as a peer can cause any number of these.
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
