package io.heartwheel.fleet.redis;

import io.heartwheel.fleet.EngineException;
import io.heartwheel.fleet.Inbox;
import io.heartwheel.host.Log;
import org.agrona.concurrent.SystemNanoClock;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.JedisClusterCRC16;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Listens to the inbox of a boot, on a connection of its own that is made anew whenever it ends. It waits without
 * limit: others cut it when nothing comes that should.
 */
final class InboxThread extends Thread
{
    private final byte[] channel;
    private final Inbox inbox;
    private final Masters masters;
    private final Connector connector;
    private final long timeoutNs;
    private final Backoff backoff = new Backoff();
    private final AtomicLong connects;
    private final CountDownLatch listening = new CountDownLatch(1);
    private volatile HostAndPort host;
    private volatile Sockets sockets;
    private volatile boolean isClosed;

    InboxThread(final byte[] channel, final Inbox inbox, final Masters masters, final Connector connector,
        final long timeoutNs, final AtomicLong connects)
    {
        super("heartwheel-inbox");
        setDaemon(true);
        this.channel = channel;
        this.inbox = inbox;
        this.masters = masters;
        this.connector = connector;
        this.timeoutNs = timeoutNs;
        this.connects = connects;
    }

    /**
     * Wait until it listens for the first time, or the time is over.
     */
    void awaitListening()
    {
        try
        {
            listening.await(timeoutNs, TimeUnit.NANOSECONDS);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run()
    {
        while (!isClosed)
        {
            try
            {
                listen();
            }
            catch (final RuntimeException ex)
            {
                if (!isClosed)
                {
                    Log.line(Level.DEBUG, "the inbox at {0} ended: {1}", host, ex.getMessage());
                }
            }
            cut();
            backoff.onFailure(SystemNanoClock.INSTANCE.nanoTime());
            pause();
        }
    }

    private void pause()
    {
        try
        {
            if (!isClosed)
            {
                TimeUnit.NANOSECONDS.sleep(backoff.remainingNs(SystemNanoClock.INSTANCE.nanoTime()));
            }
        }
        catch (final InterruptedException ex)
        {
            // It is to end, or to go on.
        }
    }

    private void listen()
    {
        final long deadlineNs = SystemNanoClock.INSTANCE.nanoTime() + timeoutNs;
        masters.refresh(deadlineNs);
        host = masters.of(JedisClusterCRC16.getSlot(channel));
        if (null == host)
        {
            throw new EngineException("no master has the slot of the inbox", null);
        }
        final Wire wire = connector.open(host, deadlineNs, this::onOpening);
        final Object answer = wire.ask(
            Call.of(masters.isCluster() ? Command.SSUBSCRIBE : Command.SUBSCRIBE, channel), deadlineNs);
        if (answer instanceof JedisException)
        {
            throw (JedisException)answer;
        }
        wire.setSoTimeout(0);
        connects.incrementAndGet();
        backoff.onSuccess();
        listening.countDown();
        boolean isSubscribed = true;
        while (isSubscribed)
        {
            isSubscribed = onReply(wire.reply());
        }
    }

    private void onOpening(final Sockets opening)
    {
        sockets = opening;
        if (isClosed)
        {
            opening.cut();
        }
    }

    /** Kind, channel, message. */
    private boolean onReply(final Object reply)
    {
        if (!(reply instanceof List))
        {
            throw new JedisException("the inbox was told " + reply);
        }
        final List<?> parts = (List<?>)reply;
        final String kind = Call.text(parts.get(0));
        if (kind.endsWith("message"))
        {
            try
            {
                inbox.onMessage((byte[])parts.get(2));
            }
            catch (final RuntimeException ex)
            {
                Log.line(Level.WARNING, "the inbox threw {0}", ex);
            }
        }
        // The slot of the channel has moved.
        return !kind.endsWith("unsubscribe");
    }

    /**
     * Connect anew, if it is connected elsewhere than the master that has its channel now.
     */
    void follow(final Masters current)
    {
        final HostAndPort master = current.of(JedisClusterCRC16.getSlot(channel));
        if (0 == listening.getCount() && null != master && !master.equals(host))
        {
            cut();
        }
    }

    /**
     * Connect anew. From any thread.
     */
    void cut()
    {
        final Sockets last = sockets;
        if (null != last)
        {
            last.cut();
        }
    }

    /** From any thread. */
    void close()
    {
        isClosed = true;
        cut();
        interrupt();
    }
}
