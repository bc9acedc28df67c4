package io.heartwheel;

import java.io.IOException;

/**
 * What an exception of a socket says about its peer. java.nio gives no error number, only a text.
 */
final class IoFailures
{
    private IoFailures()
    {
    }

    static CloseReason reasonOf(final IOException ex)
    {
        final String message = String.valueOf(ex.getMessage());
        if (message.contains("timed out"))
        {
            return CloseReason.KEEPALIVE_TIMEOUT;
        }
        if (message.contains("unreachable") || message.contains("No route to host"))
        {
            return CloseReason.UNREACHABLE;
        }
        return CloseReason.PEER_RESET;
    }
}
