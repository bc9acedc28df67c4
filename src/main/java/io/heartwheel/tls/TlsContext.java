package io.heartwheel.tls;

import javax.net.ssl.SSLContext;

/**
 * The content of the files that {@link TlsSettings} names.
 *
 * @param sslContext  that makes engines.
 * @param notBeforeMs time from which the certificates in use are valid, in ms since 1970.
 * @param notAfterMs  time at which they expire, in ms since 1970. Of several keys the one that is valid longest counts,
 *                    and of its chain the certificate that expires first.
 */
public record TlsContext(SSLContext sslContext, long notBeforeMs, long notAfterMs)
{
}
