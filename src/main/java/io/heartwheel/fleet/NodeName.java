package io.heartwheel.fleet;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Names of nodes that were given none.
 */
public final class NodeName
{
    private NodeName()
    {
    }

    /** {@return the name of this host and the id of this process} */
    static String ofProcess()
    {
        return of(Long.toString(ProcessHandle.current().pid()));
    }

    /**
     * The name of this host, and what tells apart the nodes on it.
     *
     * @param suffix such as a port.
     * @return {@code host:suffix}.
     */
    public static String of(final String suffix)
    {
        return hostName().replaceAll("[^\\p{L}\\p{M}\\p{N}._-]", "-") + ":" + suffix;
    }

    private static String hostName()
    {
        try
        {
            return InetAddress.getLocalHost().getHostName();
        }
        catch (final UnknownHostException ex)
        {
            return "localhost";
        }
    }
}
