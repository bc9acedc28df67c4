package io.heartwheel.bench.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Runs {@link BeatClients} in a process of their own, by the words of a {@link BeatPlan}. It prints a line when all are
 * connected, answers each line of input, and ends with its input.
 */
final class BeatProcess
{
    /** PINGs or answers sent since the last call, and a histogram of round trips. */
    static final String WINDOW = "window";
    /** How many fall silent, and whether together. */
    static final String SILENCE = "silence";
    /** How they were closed: a line for each figure, then {@link ClientProcess#DONE}. */
    static final String DEATHS = "deaths";

    private BeatProcess()
    {
    }

    public static void main(final String[] args) throws IOException
    {
        final BeatClients clients = new BeatClients(BeatPlan.of(args));
        clients.connect();
        clients.churn();
        System.out.println(ClientProcess.CONNECTED);

        final Queue<String> questions = new ConcurrentLinkedQueue<>();
        final Thread reader = new Thread(() -> readQuestions(questions, clients), "questions");
        reader.setDaemon(true);
        reader.start();
        while (true)
        {
            clients.doWork();
            final String question = questions.poll();
            if (null != question)
            {
                answer(question, clients);
            }
        }
    }

    private static void answer(final String question, final BeatClients clients)
    {
        final String[] words = question.split(" ");
        switch (words[0])
        {
            case WINDOW -> System.out.println(WINDOW + " " + clients.takeWindow());
            case SILENCE ->
            {
                clients.fallSilent(Integer.parseInt(words[1]), Boolean.parseBoolean(words[2]));
                System.out.println(question);
            }
            case DEATHS ->
            {
                System.out.println(DEATHS);
                clients.deaths().print(System.out, clients.longestGapNs());
                System.out.println(ClientProcess.DONE);
            }
            default -> throw new IllegalArgumentException(question);
        }
    }

    private static void readQuestions(final Queue<String> questions, final BeatClients clients)
    {
        try
        {
            final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
            for (String line = in.readLine(); null != line; line = in.readLine())
            {
                questions.add(line);
                clients.wakeUp();
            }
        }
        catch (final IOException ex)
        {
            ex.printStackTrace();
        }
        Runtime.getRuntime().halt(0);
    }
}
