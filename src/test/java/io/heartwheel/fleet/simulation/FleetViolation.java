package io.heartwheel.fleet.simulation;

/**
 * A rule was violated. This is an Error, so that no code on the way takes it for a failure of the engine.
 */
final class FleetViolation extends AssertionError
{
    private static final long serialVersionUID = 1;

    FleetViolation(final String message)
    {
        super(message);
    }

    static void require(final boolean isTrue, final String message)
    {
        if (!isTrue)
        {
            throw new FleetViolation(message);
        }
    }
}
