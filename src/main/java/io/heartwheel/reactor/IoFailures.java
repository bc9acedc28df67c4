package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.host.ErrorTexts;

import java.io.IOException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.List;

/**
 * Tells from the exception of a socket what became of its peer.
 */
final class IoFailures
{
    /** The words of glibc, musl and macOS. Only glibc has them in other languages. */
    private static final List<String> TIMED_OUT = ErrorTexts.translate(System.getenv(),
        "Connection timed out",
        "Operation timed out");
    private static final List<String> UNREACHABLE = ErrorTexts.translate(System.getenv(),
        "No route to host",
        "Host is unreachable",
        "Network is unreachable",
        "Network unreachable",
        "Host is down",
        "Network is down",
        "Protocol not available",
        "Connection refused");
    private static final List<String> RESET = ErrorTexts.translate(System.getenv(),
        "Connection reset by peer",
        "Broken pipe",
        "Software caused connection abort",
        "Connection aborted");

    private IoFailures()
    {
    }

    /**
     * The text of an exception, or what its class means if it has none.
     *
     * @return text that is not empty.
     */
    static String textOf(final Throwable ex)
    {
        if (ex instanceof UnresolvedAddressException)
        {
            return "unknown host";
        }
        if (ex instanceof UnsupportedAddressTypeException)
        {
            return "this JVM speaks IPv4 only (java.net.preferIPv4Stack)";
        }
        final String text = ex.getMessage();
        return null == text || text.isBlank() ? ex.getClass().getSimpleName() : text;
    }

    /**
     * The reason by which a connection is lost after a failed read or write.
     *
     * @param ex        that the read or write threw.
     * @param isSilent  true if the peer was silent for longer than the kernel is patient. An error of an unknown text
     *                  is then taken for the kernel's verdict, else for a reset, which is the commonest by far.
     */
    static CloseReason reasonOf(final IOException ex, final boolean isSilent)
    {
        final String text = String.valueOf(ex.getMessage());
        // The JDK has its own words for ECONNRESET, the same in every language: SocketDispatcher.
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
