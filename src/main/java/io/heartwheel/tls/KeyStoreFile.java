package io.heartwheel.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.UnrecoverableKeyException;
import java.util.Collections;

/**
 * A file of keys or certificates. It knows the setting that named it, so that messages can name both.
 */
final class KeyStoreFile
{
    private final String setting;
    private final Path file;
    private final String password;

    KeyStoreFile(final String setting, final Path file, final String password)
    {
        this.setting = setting;
        this.file = file;
        this.password = password;
    }

    /**
     * Load the file, and check that it has a key.
     */
    KeyStore loadKeys() throws KeyStoreException
    {
        final KeyStore store = load();
        for (final String alias : Collections.list(store.aliases()))
        {
            if (store.isKeyEntry(alias))
            {
                return store;
            }
        }
        throw invalid("there is no key in it", null);
    }

    /**
     * Load the file, and check that it has a trusted certificate, which is one without a key.
     */
    KeyStore loadCertificates() throws KeyStoreException
    {
        final KeyStore store = load();
        for (final String alias : Collections.list(store.aliases()))
        {
            if (store.isCertificateEntry(alias))
            {
                return store;
            }
        }
        throw invalid("there is no trusted certificate in it" +
            (null == password ? " that can be read without " + setting + TlsSettings.PASSWORD : ""), null);
    }

    IllegalArgumentException invalid(final String what, final Exception cause)
    {
        return new IllegalArgumentException(setting + "=" + file + ": " + what, cause);
    }

    private KeyStore load()
    {
        if (!Files.exists(file))
        {
            throw invalid("no such file", null);
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file))
        {
            throw invalid(Files.isReadable(file) ? "is not a file" : "must not be read", null);
        }
        try
        {
            return KeyStore.getInstance(file.toFile(), null == password ? null : password.toCharArray());
        }
        catch (final KeyStoreException ex)
        {
            throw invalid("neither PKCS12 nor JKS", ex);
        }
        catch (final IOException ex)
        {
            final boolean isPassword = ex.getCause() instanceof UnrecoverableKeyException;
            throw invalid(isPassword ? setting + TlsSettings.PASSWORD + " is not its password" :
                "cannot be read: " + ex.getMessage(), ex);
        }
        catch (final GeneralSecurityException ex)
        {
            throw invalid(String.valueOf(ex.getMessage()), ex);
        }
    }
}
