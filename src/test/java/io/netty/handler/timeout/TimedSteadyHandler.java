package io.netty.handler.timeout;

import io.heartwheel.netty.SteadyIdleStateHandler;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Has the time of its test. In Netty 4.1 that is a method of its package; 4.2 has the channel's clock, and no such
 * method.
 */
public final class TimedSteadyHandler extends SteadyIdleStateHandler
{
    private final LongSupplier clock;

    /**
     * Construct a handler of idle times in seconds.
     */
    public TimedSteadyHandler(
        final LongSupplier clock, final boolean observeOutput, final long reader, final long writer, final long all)
    {
        super(observeOutput, reader, writer, all, TimeUnit.SECONDS);
        this.clock = clock;
    }

    long ticksInNanos()
    {
        return clock.getAsLong();
    }
}
