package io.heartwheel.status;

/**
 * A connection that was lost. The JSON has the same names.
 *
 * @param epochMs     time of the loss, in ms since 1970.
 * @param id          of the connection: a text, as JavaScript has no numbers of 64 bits.
 * @param address     of the peer.
 * @param protocol    that it spoke.
 * @param reason      name of the reason.
 * @param detail      a text that says more.
 * @param ageMs       time in ms that the connection was open.
 * @param roundTripMs last round-trip time in ms, or -1 if none was measured.
 */
public record Loss(
    long epochMs,
    String id,
    String address,
    String protocol,
    String reason,
    String detail,
    double ageMs,
    double roundTripMs)
{
}
