package io.heartwheel.fleet;

/**
 * A message for the inbox of a node.
 *
 * @param boot    of the node.
 * @param message what it is sent.
 */
public record Envelope(String boot, byte[] message)
{
}
