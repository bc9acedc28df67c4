package io.heartwheel.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A real nginx or HAProxy in front of a server. It cuts connections that are quiet for a while.
 */
public final class HttpProxy implements AutoCloseable
{
    private static final int TRIES = 400;
    private static final int TRY_MS = 25;

    private final InetSocketAddress address;
    private final Process process;

    /**
     * @param name   nginx or haproxy.
     * @param folder for its files; nginx serves those in it that are named .html or .js, but proxies all else.
     * @param to     port of the server on the loopback.
     * @param quietS seconds after which it cuts a connection that is quiet.
     */
    public HttpProxy(final String name, final Path folder, final int to, final int quietS)
        throws IOException, InterruptedException
    {
        Tool.require(name);
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort());
        final boolean isNginx = "nginx".equals(name);
        final Path config = folder.resolve("proxy.conf");
        Files.writeString(config, isNginx ? nginx(folder, to, quietS) : haproxy(to, quietS));
        final ProcessBuilder builder = isNginx ?
            new ProcessBuilder(name, "-p", folder.toString(), "-e", "stderr", "-c", config.toString(),
                "-g", "daemon off;") :
            new ProcessBuilder(name, "-db", "-f", config.toString());
        final Path log = folder.resolve("log");
        process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        int tries = TRIES;
        while (tries-- > 0 && !isListening())
        {
            Thread.sleep(TRY_MS);
        }
        assertTrue(tries > 0, Files.readString(log));
    }

    /**
     * A port of the loopback that nobody listens at.
     */
    public static int freePort() throws IOException
    {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()))
        {
            return free.getLocalPort();
        }
    }

    /** Where it listens. */
    public InetSocketAddress address()
    {
        return address;
    }

    private String nginx(final Path folder, final int to, final int quietS)
    {
        return """
            pid %1$s/pid;
            master_process off;
            events { worker_connections 64; }
            http {
              access_log off;
              client_body_temp_path %1$s/a; proxy_temp_path %1$s/b; fastcgi_temp_path %1$s/c;
              uwsgi_temp_path %1$s/d; scgi_temp_path %1$s/e;
              types { text/html html; text/javascript js; }
              server {
                listen 127.0.0.1:%2$d;
                location ~ [.](html|js)$ {
                  root %1$s;
                }
                location / {
                  proxy_pass http://127.0.0.1:%3$d;
                  proxy_http_version 1.1;
                  proxy_set_header Upgrade $http_upgrade;
                  proxy_set_header Connection "upgrade";
                  proxy_set_header Host $http_host;
                  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                  proxy_read_timeout %4$ds;
                  proxy_send_timeout %4$ds;
                }
              }
            }
            """.formatted(folder, address.getPort(), to, quietS);
    }

    private String haproxy(final int to, final int quietS)
    {
        return """
            defaults
              mode http
              option forwardfor
              timeout connect 5s
              timeout client %3$ds
              timeout server %3$ds
              timeout tunnel %3$ds
            frontend in
              bind 127.0.0.1:%1$d
              default_backend out
            backend out
              server heartwheel 127.0.0.1:%2$d
            """.formatted(address.getPort(), to, quietS);
    }

    private boolean isListening()
    {
        try (Socket socket = new Socket(address.getAddress(), address.getPort()))
        {
            return socket.isConnected();
        }
        catch (final IOException ex)
        {
            return false;
        }
    }

    @Override
    public void close()
    {
        process.destroy();
        try
        {
            assertTrue(process.waitFor(10, TimeUnit.SECONDS), "the proxy does not end");
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
    }
}
