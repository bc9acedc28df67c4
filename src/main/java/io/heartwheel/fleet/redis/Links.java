package io.heartwheel.fleet.redis;

import io.heartwheel.fleet.EngineException;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One connection to each master, made when there is something to ask, and made anew after a failure.
 * <p>
 * <b>Note:</b> Not threadsafe but for {@link #connects()} and {@link #close()}.
 */
final class Links
{
    /** What sentinels and clusters announce may be missed: they are asked each time after this. */
    private static final long REFRESH_NS = TimeUnit.SECONDS.toNanos(5);

    private final Masters masters;
    private final Connector connector;
    private final Consumer<Masters> onRefreshed;
    private final NanoClock clock = SystemNanoClock.INSTANCE;
    private final AtomicLong connects = new AtomicLong();
    private final Map<HostAndPort, Wire> wires = new ConcurrentHashMap<>();
    private final Map<HostAndPort, Backoff> backoffs = new HashMap<>();
    private long timeOfRefreshNs;
    private boolean isRefreshDue = true;
    private volatile Sockets opening;
    private volatile boolean isClosed;

    Links(final Masters masters, final Connector connector, final Consumer<Masters> onRefreshed)
    {
        this.masters = masters;
        this.connector = connector;
        this.onRefreshed = onRefreshed;
    }

    long connects()
    {
        return connects.get();
    }

    Masters masters()
    {
        return masters;
    }

    /**
     * Before a batch: ask who is the master, if that is in doubt or was not asked for long. Connections to those that
     * are no masters any more are closed.
     */
    void refresh(final long deadlineNs)
    {
        checkOpen();
        if (isRefreshDue || clock.nanoTime() - timeOfRefreshNs >= REFRESH_NS)
        {
            masters.refresh(deadlineNs);
            isRefreshDue = false;
            timeOfRefreshNs = clock.nanoTime();
            wires.keySet().removeIf((host) -> !masters.all().contains(host) && cut(wires.get(host)));
            onRefreshed.accept(masters);
        }
    }

    private static boolean cut(final Wire wire)
    {
        wire.cut();
        return true;
    }

    /**
     * The connection to a master.
     *
     * @throws EngineException if there is none, or it is too early to try again.
     */
    Wire wireTo(final HostAndPort host, final long deadlineNs)
    {
        final Wire present = wires.get(host);
        if (null != present)
        {
            return present;
        }
        final long waitNs = backoff(host).remainingNs(clock.nanoTime());
        if (waitNs > 0)
        {
            throw new EngineException(
                host + " failed and is tried again in " + TimeUnit.NANOSECONDS.toMillis(waitNs) + " ms", null);
        }
        try
        {
            final Wire wire = connector.open(host, deadlineNs, (sockets) -> opening = sockets);
            wires.put(host, wire);
            connects.incrementAndGet();
            checkOpen();
            checkRole(wire, deadlineNs);
            return wire;
        }
        catch (final JedisException | UncheckedIOException ex)
        {
            throw failed(host, "connect", ex);
        }
    }

    /** A sentinel may be late: the master that it names may be none any more. */
    private void checkRole(final Wire wire, final long deadlineNs)
    {
        if (masters.isChecked())
        {
            final Object role = wire.ask(Call.at(new byte[0], Command.ROLE), deadlineNs);
            if (role instanceof JedisException)
            {
                throw (JedisException)role;
            }
            final String name = Call.text(((List<?>)role).get(0));
            if (!"master".equals(name))
            {
                throw new JedisException("is a " + name);
            }
        }
    }

    /**
     * All went well.
     */
    void succeeded(final HostAndPort host)
    {
        backoff(host).onSuccess();
    }

    /**
     * A connection is given up, as is whatever waits on it.
     *
     * @return what to throw.
     */
    EngineException failed(final HostAndPort host, final Object what, final Exception ex)
    {
        final Wire wire = wires.remove(host);
        if (null != wire)
        {
            wire.cut();
        }
        backoff(host).onFailure(clock.nanoTime());
        isRefreshDue = true;
        return new EngineException(host + " " + what + ": " + (isClosed ? "closed" : ex.getMessage()), ex);
    }

    /**
     * Who has which slot is to be asked before the next batch.
     */
    void doubtMasters()
    {
        isRefreshDue = true;
    }

    private Backoff backoff(final HostAndPort host)
    {
        return backoffs.computeIfAbsent(host, (key) -> new Backoff());
    }

    private void checkOpen()
    {
        if (isClosed)
        {
            close();
            throw new EngineException("the engine is closed", null);
        }
    }

    /** From any thread. */
    void close()
    {
        isClosed = true;
        final Sockets last = opening;
        if (null != last)
        {
            last.cut();
        }
        wires.values().forEach(Wire::cut);
    }
}
