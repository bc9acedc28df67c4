package io.heartwheel.simulation;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;

class VirtualTimeTest
{
    private record Event(long atNs, int number)
    {
    }

    @Test
    void eventsHappenInTheOrderOfTheirTimesAndThoseOfOneTimeInThatOfTheirMaking()
    {
        final Seed seed = Seed.next();
        final SplittableRandom random = new SplittableRandom(seed.value());
        final VirtualTime time = new VirtualTime(random.nextLong());
        final List<Event> made = new ArrayList<>();
        final List<Event> happened = new ArrayList<>();
        for (int i = 0; i < 1_000; i++)
        {
            make(time, random, made, happened);
            time.advance(0 == random.nextInt(3) ? random.nextLong(1L << random.nextInt(1, 30)) : 0);
        }
        time.advance(Long.MAX_VALUE >> 1);
        made.sort(Comparator.comparingLong(Event::atNs).thenComparing(Event::number));
        assertEquals(made, happened, seed::toString);
        assertEquals(made.size(), time.eventsDone());
    }

    private static void make(
        final VirtualTime time, final SplittableRandom random, final List<Event> made, final List<Event> happened)
    {
        final long delayNs = random.nextBoolean() ? random.nextLong(10) : random.nextLong(1L << random.nextInt(1, 50));
        final Event event = new Event(time.elapsedNs() + delayNs, made.size());
        made.add(event);
        time.after(delayNs, () ->
        {
            assertEquals(event.atNs, time.elapsedNs());
            happened.add(event);
            if (made.size() < 5_000)
            {
                make(time, random, made, happened);
            }
        });
    }
}
