package io.heartwheel.fleet;

/**
 * What a node is sent by others.
 */
public interface Inbox
{
    /**
     * A message has come. It must be taken at once and without waiting: an engine cuts the connection of a slow reader.
     *
     * @param message to keep.
     */
    void onMessage(byte[] message);
}
