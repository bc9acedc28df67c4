package io.heartwheel.fleet;

/**
 * What became of a {@link Claim}.
 *
 * @param outcome of the claim.
 * @param stampUs of the connection, if it won; of the newer one, if not; 0 if it came too late.
 * @param other   if it won, whose record it replaced, or null; if not, who has a newer one.
 */
public record ClaimReply(Outcome outcome, long stampUs, Session other)
{
    /** What became of it. */
    public enum Outcome
    {
        /** The connection owns the identity. */
        WON,

        /** A connection that was opened later owns it. */
        TAKEN,

        /** The claim arrived after its deadline, and is to be sent again with its true age. */
        LATE
    }
}
