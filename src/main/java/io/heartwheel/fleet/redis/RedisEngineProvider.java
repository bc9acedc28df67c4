package io.heartwheel.fleet.redis;

import io.heartwheel.config.ConfigurationException;
import io.heartwheel.config.Knob;
import io.heartwheel.fleet.Engine;
import io.heartwheel.fleet.EngineProvider;
import io.heartwheel.fleet.EngineSettings;

import java.util.concurrent.TimeUnit;

/**
 * Makes engines of Redis. It can be loaded without Jedis, and says so if that is not there.
 */
public final class RedisEngineProvider implements EngineProvider
{
    /** For {@link java.util.ServiceLoader}. */
    public RedisEngineProvider()
    {
    }

    @Override
    public boolean isFor(final String url)
    {
        return url.matches("rediss?(-sentinel|-cluster)?:.*");
    }

    @Override
    public Engine open(final EngineSettings settings)
    {
        try
        {
            return new RedisEngine(new RedisContext()
                .url(settings.url())
                .passwordFile(settings.passwordFile())
                .trustFile(settings.trustFile())
                .commandTimeoutMs((int)TimeUnit.NANOSECONDS.toMillis(settings.timeoutNs()))
                .buckets(settings.buckets())
                .replicas(settings.replicas()));
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ConfigurationException(Knob.FLEET.propertyName() + "=" + ex.getMessage());
        }
        catch (final NoClassDefFoundError ex)
        {
            throw new ConfigurationException(Knob.FLEET.propertyName() + " is Redis, and redis.clients:jedis is not " +
                "on the class path");
        }
    }
}
