package io.heartwheel.bench.attacks;

import io.heartwheel.bench.harness.ClientProcess;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * Runs attackers in a process of their own: ATTACK PORT SOURCE ATTACKERS CONNECTS_PER_S. A line of input starts them, a
 * further one or the end of the input ends them. Then the process prints what they saw.
 */
final class AttackProcess
{
    static final String GO = "go";
    static final String STOP = "stop";

    private AttackProcess()
    {
    }

    public static void main(final String[] args) throws IOException
    {
        final Attackers attackers = new Attackers(
            Attack.of(args[0]),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1])),
            InetAddress.getByName(args[2]),
            Integer.parseInt(args[3]),
            Integer.parseInt(args[4]));
        final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        System.out.println(in.readLine());
        final Thread stopper = new Thread(() -> stop(in, attackers), "stop");
        stopper.setDaemon(true);
        stopper.start();
        attackers.run();

        System.out.println(STOP);
        attackers.report().forEach((name, value) -> System.out.println(name + " " + value));
        System.out.println(ClientProcess.DONE);
    }

    private static void stop(final BufferedReader in, final Attackers attackers)
    {
        try
        {
            in.readLine();
        }
        catch (final IOException ex)
        {
            // As if it had ended.
        }
        attackers.stop();
    }
}
