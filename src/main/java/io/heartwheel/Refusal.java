package io.heartwheel;

/**
 * A peer that was not let in, or went before it was.
 *
 * @param epochMs when, in ms since 1970.
 * @param address of the peer, HOST:PORT.
 * @param reason  why.
 * @param detail  more on why, in one line.
 */
public record Refusal(long epochMs, String address, CloseReason reason, String detail)
{
}
