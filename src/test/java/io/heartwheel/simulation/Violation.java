package io.heartwheel.simulation;

/**
 * A rule was violated. This is an Error, so that no code on the way takes it for the exception of a listener.
 */
final class Violation extends AssertionError
{
    private static final long serialVersionUID = 1;

    Violation(final String message)
    {
        super(message);
    }
}
