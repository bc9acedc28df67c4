package io.heartwheel.network;

import java.io.IOException;

/**
 * Something done to the hosts, the end that watches, or its peer.
 */
interface Step
{
    Step NOTHING = cell -> {};
    Step DROP = rule("drop");
    Step PASS = script(Hosts.PASS);

    void run(Cell cell) throws IOException, InterruptedException;

    default Step then(final Step next)
    {
        return cell ->
        {
            run(cell);
            next.run(cell);
        };
    }

    static Step script(final String script)
    {
        return cell -> cell.hosts.run(script);
    }

    /** A rule for what the router forwards. */
    static Step rule(final String rule)
    {
        return script(Hosts.rule(rule));
    }

    static Step signal(final String signal)
    {
        return cell -> cell.peer.signal(signal);
    }

    static Step signalWatched(final String signal)
    {
        return cell -> cell.watched.signal(signal);
    }

    /** Tell the peer, and wait until it has done it. */
    static Step order(final String command)
    {
        return cell ->
        {
            cell.peer.tell(command);
            cell.peer.await("done");
        };
    }

    static Step orderWatched(final String command)
    {
        return cell -> cell.watched.tell(command);
    }

    static Step waitS(final double seconds)
    {
        return cell -> Thread.sleep((long)(seconds * 1000));
    }
}
