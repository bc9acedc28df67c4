package io.heartwheel.fleet.redis;

import io.heartwheel.fleet.EngineException;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Commands that are sent together, each to the master of its slot, and their replies. What a master did not do, as it
 * has not the slot or the script, is done again elsewhere or with the script. What fails at one master is thrown after
 * the others have been heard.
 */
final class Batch
{
    /** Sent before anything is read: what the kernel takes, so that no write waits for a Redis that hangs. */
    private static final int BYTES_MAX = 64 * 1_024;
    private static final int CALLS_MAX = 256;
    private static final int ROUNDS_MAX = 5;
    private static final long PAUSE_NS = 10_000_000;

    private final Links links;
    private final long deadlineNs;
    private EngineException failure;

    private Batch(final Links links, final long deadlineNs)
    {
        this.links = links;
        this.deadlineNs = deadlineNs;
    }

    /**
     * Run calls, in pipelines.
     *
     * @return a reply for each, none of them an error.
     */
    static Object[] run(final Links links, final List<Call> calls, final long deadlineNs)
    {
        links.refresh(deadlineNs);
        final Object[] replies = new Object[calls.size()];
        int from = 0;
        while (from < replies.length)
        {
            final List<Integer> some = new ArrayList<>();
            for (int bytes = 0; from < replies.length && bytes < BYTES_MAX && some.size() < CALLS_MAX; from++)
            {
                some.add(from);
                bytes += calls.get(from).bytes;
            }
            new Batch(links, deadlineNs).run(calls, some, replies);
        }
        return replies;
    }

    /**
     * What a master tells of itself.
     */
    static String info(final Links links, final HostAndPort master, final String section, final long deadlineNs)
    {
        final Call call = Call.at(new byte[0], Command.INFO, Call.bytes(section));
        final Batch batch = new Batch(links, deadlineNs);
        final Object[] replies = {""};
        batch.attempt(master, call, () -> replies[0] = links.wireTo(master, deadlineNs).ask(call, deadlineNs));
        if (null != batch.failure)
        {
            throw batch.failure;
        }
        // Who may not ask is not told.
        return replies[0] instanceof byte[] ? Call.text(replies[0]) : "";
    }

    private void run(final List<Call> calls, final List<Integer> some, final Object[] replies)
    {
        List<Integer> open = some;
        for (int round = 0; round < ROUNDS_MAX && !open.isEmpty(); round++)
        {
            if (round > 1)
            {
                // A slot is on its way.
                LockSupport.parkNanos(round * PAUSE_NS);
                links.doubtMasters();
                links.refresh(deadlineNs);
            }
            final Map<Wire, List<Integer>> sent = send(calls, open);
            final List<Integer> again = new ArrayList<>();
            sent.forEach((wire, indices) -> read(wire, calls, indices, replies, again));
            if (null != failure)
            {
                throw failure;
            }
            open = again;
        }
        if (!open.isEmpty())
        {
            throw new EngineException(calls.get(open.get(0)) + " was sent from one master to the other", null);
        }
    }

    private Map<Wire, List<Integer>> send(final List<Call> calls, final List<Integer> open)
    {
        final Map<HostAndPort, List<Integer>> byMaster = new LinkedHashMap<>();
        for (final int i : open)
        {
            final HostAndPort master = links.masters().of(calls.get(i).slot);
            if (null == master)
            {
                links.doubtMasters();
                throw new EngineException("no master has slot " + calls.get(i).slot + " for " + calls.get(i), null);
            }
            byMaster.computeIfAbsent(master, (key) -> new ArrayList<>()).add(i);
        }
        final Map<Wire, List<Integer>> sent = new LinkedHashMap<>();
        byMaster.forEach((master, indices) -> attempt(master, calls.get(indices.get(0)), () ->
        {
            final Wire wire = links.wireTo(master, deadlineNs);
            indices.forEach((i) -> wire.send(calls.get(i)));
            wire.flushAll();
            sent.put(wire, indices);
        }));
        return sent;
    }

    private void read(final Wire wire, final List<Call> calls, final Collection<Integer> indices,
        final Object[] replies, final List<Integer> again)
    {
        final Set<Script> missing = new HashSet<>();
        final Map<Integer, HostAndPort> asking = new LinkedHashMap<>();
        attempt(wire.host(), calls.get(indices.iterator().next()), () ->
        {
            for (final int i : indices)
            {
                replies[i] = wire.reply(deadlineNs);
            }
            for (final int i : indices)
            {
                if (replies[i] instanceof JedisDataException)
                {
                    onError(wire, calls.get(i), i, (JedisDataException)replies[i], missing, asking, again);
                }
            }
            for (final Script script : missing)
            {
                load(wire, script);
            }
            links.succeeded(wire.host());
        });
        asking.forEach((i, host) -> attempt(host, calls.get(i), () -> ask(host, calls.get(i), i, replies, again)));
    }

    private void onError(final Wire wire, final Call call, final int i, final JedisDataException ex,
        final Set<Script> missing, final Map<Integer, HostAndPort> asking, final List<Integer> again)
    {
        if (ex instanceof JedisNoScriptException)
        {
            missing.add(call.script);
            again.add(i);
        }
        else if (ex instanceof JedisMovedDataException)
        {
            final JedisMovedDataException moved = (JedisMovedDataException)ex;
            links.masters().moved(moved.getSlot(), moved.getTargetNode());
            again.add(i);
        }
        else if (ex instanceof JedisAskDataException)
        {
            asking.put(i, ((JedisAskDataException)ex).getTargetNode());
        }
        else if (ex.getMessage().startsWith("TRYAGAIN"))
        {
            again.add(i);
        }
        else if (Stream.of("READONLY", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "NOREPLICAS")
            .anyMatch(ex.getMessage()::startsWith))
        {
            throw ex;
        }
        else
        {
            fail(new EngineException(wire.host() + " " + call + ": " + ex.getMessage(), ex));
        }
    }

    /** A slot that moves: this key is there already, and the master that sends us has not given up the slot yet. */
    private void ask(
        final HostAndPort host, final Call call, final int i, final Object[] replies, final List<Integer> again)
    {
        final Wire wire = links.wireTo(host, deadlineNs);
        if (null != call.script)
        {
            load(wire, call.script);
        }
        wire.send(Call.at(new byte[0], Command.ASKING));
        wire.send(call);
        wire.flushAll();
        wire.reply(deadlineNs);
        replies[i] = wire.reply(deadlineNs);
        if (replies[i] instanceof JedisDataException)
        {
            again.add(i);
        }
    }

    private void load(final Wire wire, final Script script)
    {
        final Object reply =
            wire.ask(Call.at(new byte[0], Command.SCRIPT, Call.bytes("LOAD"), script.source), deadlineNs);
        if (reply instanceof JedisDataException)
        {
            throw new EngineException(
                wire.host() + " SCRIPT LOAD: " + ((JedisDataException)reply).getMessage(), (JedisDataException)reply);
        }
    }

    private void attempt(final HostAndPort host, final Call call, final Runnable task)
    {
        try
        {
            task.run();
        }
        catch (final JedisException ex)
        {
            fail(links.failed(host, call, ex));
        }
        catch (final EngineException ex)
        {
            fail(ex);
        }
    }

    /** The first is told. */
    private void fail(final EngineException ex)
    {
        failure = null == failure ? ex : failure;
    }
}
