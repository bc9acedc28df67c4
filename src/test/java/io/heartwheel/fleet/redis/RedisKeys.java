package io.heartwheel.fleet.redis;

import io.heartwheel.support.Tool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and certificates for servers that are reached by TLS, made by openssl in a folder of the test.
 */
public final class RedisKeys
{
    final Path folder;

    /**
     * @param folder that others delete.
     */
    public RedisKeys(final Path folder)
    {
        this.folder = folder;
    }

    /**
     * Make a key, and a certificate that is its own authority: NAME.key, NAME.pem.
     *
     * @param alternative that the certificate is for, as openssl has it.
     */
    public void make(final String name, final String alternative) throws IOException, InterruptedException
    {
        Tool.require("openssl");
        Tool.run(0, "", "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=" + name, "-addext", "subjectAltName=" + alternative,
            "-keyout", path(name + ".key"), "-out", path(name + ".pem"));
    }

    /** Path of a file. */
    public String path(final String name)
    {
        return folder.resolve(name).toString();
    }

    /**
     * A server with the key of this name, which is reached by TLS alone.
     *
     * @param options of redis-server.
     */
    public RedisServer start(final String name, final List<String> clientOptions, final String... options)
    {
        final List<String> client = new ArrayList<>(List.of("--tls", "--cacert", path(name + ".pem")));
        client.addAll(clientOptions);
        final List<String> all = new ArrayList<>(List.of(
            "--port", "0", "--tls-port", "PORT", "--tls-cert-file", path(name + ".pem"),
            "--tls-key-file", path(name + ".key"), "--tls-auth-clients", "no"));
        all.addAll(List.of(options));
        return RedisServer.start(client, all.toArray(String[]::new));
    }
}
