package io.heartwheel;

/**
 * A peer that was not let in, or went before it was.
 *
 * @param epochMs when, in milliseconds since 1970.
 * @param address of the peer, as HOST:PORT.
 * @param reason  why.
 * @param detail  more on why, in one line, possibly empty.
 */
public record Refusal(long epochMs, String address, CloseReason reason, String detail)
{
}
