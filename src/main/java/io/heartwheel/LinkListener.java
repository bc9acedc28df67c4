package io.heartwheel;

/**
 * Told what happens to the links of a client, and to their connections. See {@link ConnectionListener} for the rules.
 */
public interface LinkListener extends ConnectionListener
{
    /**
     * A link has no connection, and another try will be made. If the last try failed, {@link Link#failure()} says why.
     * It is empty if a connection ended instead. {@link Link#reconnect()} does not wait for the time of the try; it may
     * be called here.
     *
     * @param link    that is without a connection.
     * @param attempt number of the try to come, counted from 1 since the link was last stable.
     * @param delayNs until that try, in nanoseconds.
     */
    void onReconnecting(Link link, int attempt, long delayNs);

    /**
     * A link is given up: so many tries in a row have failed ({@code heartwheel.reconnect.limit}). {@link
     * Link#failure()} says why the last one failed.
     *
     * @param link that is closed now.
     */
    default void onGivenUp(final Link link)
    {
    }
}
