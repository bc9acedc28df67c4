package io.netty.handler.timeout;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Netty's own handler with the time of its test, as {@link TimedSteadyHandler} has it.
 */
public final class TimedIdleHandler extends IdleStateHandler
{
    private final LongSupplier clock;

    /**
     * Construct a handler of idle times in seconds.
     */
    public TimedIdleHandler(
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
