package io.heartwheel.fleet;

/**
 * A connection has ended and gives its identity back, if it owns it.
 *
 * @param identity   that it may own.
 * @param boot       of the node.
 * @param connection its number in that boot.
 */
public record Release(String identity, String boot, long connection)
{
}
