package io.heartwheel.host;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.InetAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;

import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(10)
class NameResolverTest
{
    private final BlockingQueue<String> outcomes = new LinkedBlockingQueue<>();

    private void onResolved(final InetAddress[] found, final String failure)
    {
        outcomes.add(null == failure ? "found " + found.length : failure);
    }

    /** While the system has no more threads each look-up fails by itself, and the next one works. */
    @Test
    void shouldFailTheLookUpForWhichThereIsNoThread() throws InterruptedException
    {
        final AtomicBoolean isExhausted = new AtomicBoolean(true);
        final ThreadFactory threads = (task) ->
        {
            if (isExhausted.get())
            {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return new Thread(task);
        };
        try (NameResolver resolver = new NameResolver((host) -> new InetAddress[1], threads))
        {
            resolver.resolve("one", this::onResolved);
            assertEquals("cannot look up: unable to create native thread", outcomes.take());
            isExhausted.set(false);
            resolver.resolve("other", this::onResolved);
            assertEquals("found 1", outcomes.take());
        }
    }

    @Test
    void shouldTellWhateverTheLookUpThrows() throws InterruptedException
    {
        try (NameResolver resolver = new NameResolver((host) ->
        {
            throw new SecurityException(host);
        }))
        {
            resolver.resolve("one", this::onResolved);
            assertEquals("cannot look up: java.lang.SecurityException: one", outcomes.take());
        }
    }
}
