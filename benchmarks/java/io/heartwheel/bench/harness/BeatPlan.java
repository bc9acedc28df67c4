package io.heartwheel.bench.harness;

import java.util.List;
import java.util.Random;

/**
 * What {@link BeatClients} do. It goes from one process to another as words.
 *
 * @param port        of the server, on loopback.
 * @param connections number of them.
 * @param pingMs      interval at which each connection sends a PING, or 0: then it only answers.
 * @param seed        of the order in which connections have their turn within the interval, or 0: then it is the order
 *                    of connecting.
 * @param detectionMs silence after which the server has to close.
 * @param churned     connections that end and are made anew, at random, before anything is measured.
 * @param isSpinning  true to look at the clock all the time, so that each PING leaves in its microsecond. It takes a
 *                    core.
 * @param isWebSocket true if they speak WebSocket, false if our own frames.
 * @param isNamed     true if each tells who it is, by our own frames: a name that no other has.
 */
record BeatPlan(
    int port,
    int connections,
    long pingMs,
    long seed,
    long detectionMs,
    int churned,
    boolean isSpinning,
    boolean isWebSocket,
    boolean isNamed)
{
    static BeatPlan of(final String[] words)
    {
        return new BeatPlan(Integer.parseInt(words[0]), Integer.parseInt(words[1]), Long.parseLong(words[2]),
            Long.parseLong(words[3]), Long.parseLong(words[4]), Integer.parseInt(words[5]),
            Boolean.parseBoolean(words[6]), Boolean.parseBoolean(words[7]), Boolean.parseBoolean(words[8]));
    }

    /**
     * The indexes of connections, in the order in which they have their turn.
     */
    int[] turns()
    {
        final int[] turns = new int[connections];
        final Random random = new Random(seed);
        for (int i = 0; i < connections; i++)
        {
            final int other = 0 == seed ? i : random.nextInt(i + 1);
            turns[i] = turns[other];
            turns[other] = i;
        }
        return turns;
    }

    List<String> words()
    {
        return List.of(Integer.toString(port), Integer.toString(connections), Long.toString(pingMs),
            Long.toString(seed), Long.toString(detectionMs), Integer.toString(churned), Boolean.toString(isSpinning),
            Boolean.toString(isWebSocket), Boolean.toString(isNamed));
    }
}
