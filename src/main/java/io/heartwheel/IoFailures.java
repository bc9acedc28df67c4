package io.heartwheel;

import java.io.IOException;
import java.util.List;

/**
 * What an exception of a socket says about its peer.
 */
final class IoFailures
{
    private static final List<String> TIMED_OUT = ErrorTexts.translate(System.getenv(), "Connection timed out");
    private static final List<String> UNREACHABLE = ErrorTexts.translate(System.getenv(),
        "No route to host",
        "Network is unreachable",
        "Host is down",
        "Network is down",
        "Protocol not available",
        "Connection refused");
    private static final List<String> RESET = ErrorTexts.translate(System.getenv(),
        "Connection reset by peer",
        "Broken pipe",
        "Software caused connection abort");

    private IoFailures()
    {
    }

    /**
     * Why a connection is lost whose read or write failed.
     *
     * @param ex        of the read or write.
     * @param isSilent  was the peer silent for longer than the kernel is patient? An error of an unknown text is then
     *                  the kernel's verdict, else taken for a reset: the commonest by far.
     */
    static CloseReason reasonOf(final IOException ex, final boolean isSilent)
    {
        final String text = String.valueOf(ex.getMessage());
        // JDK's own words for ECONNRESET, in every language: SocketDispatcher.
        if (text.startsWith("Connection reset") || RESET.contains(text))
        {
            return CloseReason.PEER_RESET;
        }
        if (TIMED_OUT.contains(text))
        {
            return CloseReason.KEEPALIVE_TIMEOUT;
        }
        if (UNREACHABLE.contains(text))
        {
            return CloseReason.UNREACHABLE;
        }
        return isSilent ? CloseReason.KEEPALIVE_TIMEOUT : CloseReason.PEER_RESET;
    }
}
