package io.heartwheel.simulation;

/**
 * What must not happen has. An error, so that nobody on the way takes it for a failing listener's.
 */
final class Violation extends AssertionError
{
    private static final long serialVersionUID = 1;

    Violation(final String message)
    {
        super(message);
    }
}
