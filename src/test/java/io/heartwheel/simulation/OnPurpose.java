package io.heartwheel.simulation;

import org.agrona.concurrent.AgentTerminationException;

/**
 * An exception that an application throws because the scenario says so. It is a fault of the engine only if the engine
 * throws it on.
 */
final class OnPurpose
{
    private static final String TEXT = "on purpose";

    private OnPurpose()
    {
    }

    static RuntimeException exception()
    {
        return new IllegalStateException(TEXT);
    }

    /**
     * One of those that a JVM throws when it is at its end, or half of a program is missing.
     */
    static Error error(final int number)
    {
        return switch (Math.floorMod(number, 4))
        {
            case 0 -> new OutOfMemoryError(TEXT);
            case 1 -> new StackOverflowError(TEXT);
            case 2 -> new NoClassDefFoundError(TEXT);
            default -> new AssertionError(TEXT);
        };
    }

    static AgentTerminationException termination()
    {
        return new AgentTerminationException(TEXT);
    }

    static boolean is(final Throwable thrown)
    {
        return null != thrown && (TEXT.equals(thrown.getMessage()) || is(thrown.getCause()));
    }
}
