package io.heartwheel.fleet;

/**
 * The engine gave no answer. What was asked for may have been done or not.
 */
public final class EngineException extends RuntimeException
{
    private static final long serialVersionUID = 1;

    /**
     * Says what was not answered.
     *
     * @param message what was tried, and what happened, in one line.
     * @param cause   or null.
     */
    public EngineException(final String message, final Throwable cause)
    {
        super(message, cause);
    }
}
