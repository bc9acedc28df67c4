package io.heartwheel.config;

/**
 * A setting is unknown, unreadable, out of its range or at odds with another. The message names it and its value.
 */
public final class ConfigurationException extends IllegalArgumentException
{
    private static final long serialVersionUID = 1L;

    /**
     * Construct with a message.
     *
     * @param message that names the setting and its value.
     */
    public ConfigurationException(final String message)
    {
        super(message);
    }
}
