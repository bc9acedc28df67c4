package io.heartwheel.bench.fleet;

import io.heartwheel.fleet.FleetState;
import io.heartwheel.fleet.redis.RedisServer;

/**
 * What the registry of a fleet does meanwhile, named as in the results.
 */
enum Registry
{
    NONE("no fleet", "NONE"),
    HEALTHY("healthy", FleetState.HELD.name()),
    /** SIGSTOP: connections stay, nobody answers. */
    STOPPED("stopped", FleetState.DETACHED.name())
    {
        @Override
        void begin(final RedisServer redis)
        {
            redis.signal("STOP");
        }

        @Override
        void end(final RedisServer redis)
        {
            redis.signal("CONT");
        }
    },
    /** Killed: nobody listens. */
    REFUSING("refusing", FleetState.DETACHED.name())
    {
        @Override
        void begin(final RedisServer redis)
        {
            redis.kill();
        }

        @Override
        void end(final RedisServer redis)
        {
            redis.restart();
        }
    };

    private final String label;
    private final String state;

    Registry(final String label, final String state)
    {
        this.label = label;
        this.state = state;
    }

    /** Of the lease of a server that has noticed. */
    String state()
    {
        return state;
    }

    void begin(final RedisServer redis)
    {
    }

    void end(final RedisServer redis)
    {
    }

    @Override
    public String toString()
    {
        return label;
    }
}
