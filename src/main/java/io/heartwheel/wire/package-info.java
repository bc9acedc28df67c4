/**
 * Reads and writes the frames of the wire protocol in byte buffers. The package knows no socket and no connection.
 * <pre>
 *   byte 0   byte 1   bytes 2-3                  then
 *   type     token    payload length, unsigned   payload
 * </pre>
 * Network byte order. A heartbeat is a header and nothing else.
 */
package io.heartwheel.wire;
