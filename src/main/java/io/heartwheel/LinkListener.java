package io.heartwheel;

/**
 * What happens to the links of a client, and to their connections. See {@link ConnectionListener} for the rules.
 */
public interface LinkListener extends ConnectionListener
{
    /**
     * A link is without a connection, and another try will be made. {@link Link#failure()} says why the one before
     * failed, if it was a try and not a connection that ended.
     *
     * @param link    that is without a connection.
     * @param attempt number of the try to come, counted from 1 since the link was last stable.
     * @param delayNs until then.
     */
    void onReconnecting(Link link, int attempt, long delayNs);

    /**
     * So many tries in a row have failed to connect that no other will be made ({@code heartwheel.reconnect.limit}).
     * {@link Link#failure()} says why the last one did.
     *
     * @param link that is closed now.
     */
    default void onGivenUp(final Link link)
    {
    }
}
