package io.heartwheel.fleet;

/**
 * A connection that has opened wants its identity.
 *
 * @param identity   to own.
 * @param lease      that the node holds.
 * @param connection number of the connection in this boot.
 * @param ageUs      how long ago the connection opened, as of the moment when this is sent.
 * @param deadlineUs the engine's clock beyond which nothing is done, as the claim was held up on its way: its age is no
 *                   longer true, and its connection may have ended.
 * @param stampUs    the stamp that it was given before, or 0 if it has none.
 */
public record Claim(String identity, String lease, long connection, long ageUs, long deadlineUs, long stampUs)
{
}
