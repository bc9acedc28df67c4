package io.heartwheel.fleet.redis;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The registry in Redis answers as that in memory, whatever it is asked.
 */
@Tag("tools")
class ModelTest
{
    @Test
    void shouldAnswerAsTheModel()
    {
        run(100_000);
    }

    @Test
    @Tag("slow")
    void shouldAnswerAsTheModelForLong()
    {
        run(1_000_000);
    }

    private static void run(final int calls)
    {
        try (RedisServer server = RedisServer.start(); ModelRun run = new ModelRun(server, Seed.next()))
        {
            run.run(calls);
        }
    }
}
