package io.heartwheel.tls;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Chooses the key of a file that a handshake uses. Keys with valid certificates come first, then those for the name
 * that the client asks for, then the one that is valid longest. A key whose certificates are not valid is used only if
 * no key of the file has valid ones.
 * <p>
 * The JDK's default choice is the first of a hash map, valid or not. Its other key manager, PKIX, checks validity only
 * among keys of one type, and decrypts the key anew for each handshake.
 */
final class ServerKeys extends X509ExtendedKeyManager
{
    private static final int DNS_NAME = 2;

    private final X509ExtendedKeyManager keys;
    private final List<X509Certificate[]> chains = new ArrayList<>();

    ServerKeys(final KeyStore store, final char[] password) throws GeneralSecurityException
    {
        final KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, password);
        X509ExtendedKeyManager found = null;
        for (final KeyManager manager : factory.getKeyManagers())
        {
            found = manager instanceof X509ExtendedKeyManager extended ? extended : found;
        }
        keys = found;
        for (final String alias : Collections.list(store.aliases()))
        {
            final Certificate[] chain = store.isKeyEntry(alias) ? store.getCertificateChain(alias) : null;
            if (null != chain && chain.length > 0 && Arrays.stream(chain).allMatch(X509Certificate.class::isInstance))
            {
                chains.add(Arrays.copyOf(chain, chain.length, X509Certificate[].class));
            }
        }
    }

    /**
     * Time at which the certificates in use expire: of several chains the latest.
     *
     * @return the time in ms since 1970.
     */
    long notAfterMs()
    {
        return chains.stream().mapToLong(ServerKeys::notAfterMs).max().orElse(0);
    }

    /**
     * Time from which these certificates are valid.
     *
     * @return the time in ms since 1970.
     */
    long notBeforeMs()
    {
        return chains.stream().filter((chain) -> notAfterMs(chain) == notAfterMs())
            .mapToLong((chain) -> chain[0].getNotBefore().getTime()).min().orElse(0);
    }

    @Override
    public String chooseEngineServerAlias(final String keyType, final Principal[] issuers, final SSLEngine engine)
    {
        final String[] aliases = keys.getServerAliases(keyType, issuers);
        if (null == aliases)
        {
            return null;
        }
        final String name = requestedName(engine);
        final boolean isAnyValid = chains.stream().anyMatch(ServerKeys::isValid);
        String best = null;
        for (final String alias : aliases)
        {
            final X509Certificate[] chain = keys.getCertificateChain(alias);
            // If no key of this type qualifies, the engine asks for the next type.
            if (null != chain && isValid(chain) == isAnyValid &&
                (null == best || isBetter(chain, keys.getCertificateChain(best), name)))
            {
                best = alias;
            }
        }
        return best;
    }

    private static boolean isBetter(final X509Certificate[] chain, final X509Certificate[] than, final String name)
    {
        final boolean isFor = isFor(chain[0], name);
        return isFor == isFor(than[0], name) ? notAfterMs(chain) > notAfterMs(than) : isFor;
    }

    private static long notAfterMs(final X509Certificate[] chain)
    {
        long notAfterMs = Long.MAX_VALUE;
        for (final X509Certificate certificate : chain)
        {
            notAfterMs = Math.min(notAfterMs, certificate.getNotAfter().getTime());
        }
        return notAfterMs;
    }

    private static boolean isValid(final X509Certificate[] chain)
    {
        try
        {
            for (final X509Certificate certificate : chain)
            {
                certificate.checkValidity();
            }
            return true;
        }
        catch (final CertificateException ex)
        {
            return false;
        }
    }

    private static String requestedName(final SSLEngine engine)
    {
        if (null != engine && engine.getHandshakeSession() instanceof ExtendedSSLSession session)
        {
            for (final SNIServerName name : session.getRequestedServerNames())
            {
                if (name instanceof SNIHostName host)
                {
                    return host.getAsciiName().toLowerCase(Locale.ROOT);
                }
            }
        }
        return null;
    }

    private static boolean isFor(final X509Certificate certificate, final String name)
    {
        if (null == name)
        {
            return false;
        }
        try
        {
            final Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return null != names && names.stream().anyMatch((each) ->
                Integer.valueOf(DNS_NAME).equals(each.get(0)) &&
                isNamed(((String)each.get(1)).toLowerCase(Locale.ROOT), name));
        }
        catch (final CertificateParsingException ex)
        {
            return false;
        }
    }

    private static boolean isNamed(final String pattern, final String name)
    {
        // A star stands for exactly one label, the leftmost.
        return pattern.startsWith("*.") ?
            name.indexOf('.') > 0 && pattern.substring(1).equals(name.substring(name.indexOf('.'))) :
            pattern.equals(name);
    }

    @Override
    public X509Certificate[] getCertificateChain(final String alias)
    {
        return keys.getCertificateChain(alias);
    }

    @Override
    public PrivateKey getPrivateKey(final String alias)
    {
        return keys.getPrivateKey(alias);
    }

    @Override
    public String[] getServerAliases(final String keyType, final Principal[] issuers)
    {
        return keys.getServerAliases(keyType, issuers);
    }

    @Override
    public String chooseServerAlias(final String keyType, final Principal[] issuers, final Socket socket)
    {
        return chooseEngineServerAlias(keyType, issuers, null);
    }

    /** A server is no client. */
    @Override
    public String[] getClientAliases(final String keyType, final Principal[] issuers)
    {
        return null;
    }

    /** A server is no client. */
    @Override
    public String chooseClientAlias(final String[] keyTypes, final Principal[] issuers, final Socket socket)
    {
        return null;
    }
}
