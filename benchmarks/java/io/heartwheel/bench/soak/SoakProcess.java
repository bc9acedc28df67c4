package io.heartwheel.bench.soak;

import io.heartwheel.bench.harness.ClientProcess;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Runs the clients of the soak in a process of their own: PORT CONNECTIONS STAYING CONNECTS_PER_S SEED FATES. It prints
 * a line when all clients that stay are connected, answers each line of input with one line, and ends with its input.
 */
final class SoakProcess
{
    /** Which connections ended since this was asked last. */
    static final String ENDED = "ended";
    /** Let all go. */
    static final String END = "end";
    /** How many are open, longest gap of the clients in ms, failed connects. */
    static final String STATE = "state";

    private static final String EOF = "";

    private SoakProcess()
    {
    }

    public static void main(final String[] args) throws IOException
    {
        final List<SoakFate> fates = Arrays.stream(args[5].split(",")).map(SoakFate::valueOf).toList();
        final SoakClients clients = new SoakClients(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])),
            Integer.parseInt(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]), fates,
            Long.parseLong(args[4]));
        final BlockingQueue<String> questions = new LinkedBlockingQueue<>();
        final Thread reader = new Thread(() -> read(questions), "questions");
        reader.setDaemon(true);
        reader.start();

        while (!clients.isComplete())
        {
            clients.doWork();
        }
        System.out.println(ClientProcess.CONNECTED);
        for (String question = questions.poll(); !EOF.equals(question); question = questions.poll())
        {
            if (null != question)
            {
                System.out.println(question + " " + answer(question, clients));
            }
            clients.doWork();
        }
        Runtime.getRuntime().halt(0);
    }

    private static String answer(final String question, final SoakClients clients)
    {
        return switch (question)
        {
            case ENDED -> String.join(" ", clients.takeEnded());
            case END ->
            {
                clients.end();
                yield "";
            }
            default -> clients.openCount() + " " + TimeUnit.NANOSECONDS.toMillis(clients.longestGapNs()) + " " +
                clients.failures();
        };
    }

    private static void read(final BlockingQueue<String> questions)
    {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII)))
        {
            for (String line = in.readLine(); null != line; line = in.readLine())
            {
                questions.add(line);
            }
        }
        catch (final IOException ex)
        {
            // As if it had ended.
        }
        questions.add(EOF);
    }
}
