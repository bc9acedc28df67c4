package io.heartwheel.tls;

import javax.net.ssl.SSLContext;

/**
 * What was read of the files of {@link TlsSettings}.
 *
 * @param sslContext  for engines.
 * @param notBeforeMs when the certificates that are shown began to be valid, or will, in ms since 1970.
 * @param notAfterMs  when they end to be, or have ended, in ms since 1970: of several keys the one that is valid
 *                    longest, of its chain the certificate that ends first.
 */
public record TlsContext(SSLContext sslContext, long notBeforeMs, long notAfterMs)
{
}
