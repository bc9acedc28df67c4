package io.heartwheel.status;

/**
 * A connection that was lost. As JSON it has these names.
 *
 * @param epochMs     when.
 * @param id          of the connection: a text, as JavaScript has no numbers of 64 bits.
 * @param address     of the peer.
 * @param reason      why.
 * @param detail      more on why.
 * @param ageMs       how long it had been open.
 * @param roundTripMs last measured, or -1.
 */
public record Loss(
    long epochMs, String id, String address, String reason, String detail, double ageMs, double roundTripMs)
{
}
