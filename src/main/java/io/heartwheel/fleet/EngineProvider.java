package io.heartwheel.fleet;

/**
 * Makes engines of one kind. They are found by {@link java.util.ServiceLoader}, so that a host that has no such engine
 * needs none of what it is made of.
 */
public interface EngineProvider
{
    /**
     * Is a registry one of this kind?
     *
     * @param url of it, such as {@code redis://127.0.0.1:6379}.
     * @return true if so.
     */
    boolean isFor(String url);

    /**
     * Make an engine. It connects with its first question, and not before.
     *
     * @param settings for it.
     * @return the engine.
     * @throws io.heartwheel.config.ConfigurationException if the URL is not well formed; no message has a password.
     */
    Engine open(EngineSettings settings);
}
